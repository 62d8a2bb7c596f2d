"""Uploads and downloads by token: who may, where files land, and what a path may not do."""

import base64
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import pytest

from coursewire.domain import activities, contexts, services, stored_files, tokens
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.services import Changes
from coursewire.domain.stored_files import Area, NewFile
from coursewire.domain.tokens import NewToken
from coursewire.store import files as file_rows
from coursewire.store import preferences, users
from coursewire.store.problems import OutcomeUnknown
from coursewire.store.session import Session
from coursewire.wire.limits import Limits
from tests.support import making
from tests.support.sites import URL, TestSite
from tests.support.web import Answer, Web
from tests.support.web import web as web_application

UPLOAD = "/webservice/upload.php"
DOWNLOAD = "/webservice/pluginfile.php"
DRAFT = "/webservice/draftfile.php"
LOGIN = "/login/token.php"
BOUNDARY = "boundary"
SEARCH = {"criterianame": "search", "criteriavalue": "ALG"}


class Person:
    """A user with a token for a service that takes and gives files."""

    def __init__(self, web: Web, name: str = "ann") -> None:
        self.web, self.site = web, web.site
        self.user_id = making.user_with(self.site, name, "webservice/rest:use")
        self.service_id = making.service(self.site, name, users=[self.user_id])
        changes = Changes(uploadfiles=True, downloadfiles=True)
        services.edit(self.site.call(), self.service_id, changes)
        self.token = self.issue()

    def issue(self, **limits: object) -> str:
        new = NewToken(user_id=self.user_id, service_id=self.service_id, **limits)  # type: ignore[arg-type]
        return tokens.issue(self.site.call(), new).token

    def upload(self, *files: tuple[str, bytes], **fields: str) -> Answer:
        parts = [(f'name="{k}"', v.encode()) for k, v in {"token": self.token, **fields}.items()]
        parts += [(f'name="f{n}"; filename="{k}"', v) for n, (k, v) in enumerate(files)]
        body = b"".join(
            b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n"
            % (BOUNDARY.encode(), head.encode(), content)
            for head, content in parts
        )
        return self.web.request(
            path=UPLOAD,
            body=body + b"--%b--\r\n" % BOUNDARY.encode(),
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
        )

    def download(
        self, path: str, script: str = DOWNLOAD, method: str = "GET", **options: Any
    ) -> Answer:
        query = f"token={self.token}".encode()
        return self.web.request(method, script + path, query=query, content_type="", **options)


@pytest.fixture
def ann(web: Web) -> Person:
    return Person(web)


def test_an_upload_lands_in_the_draft_area_and_can_be_read_back(ann: Person) -> None:
    answer = ann.upload(("h.txt", b"Hello\n"))
    assert answer.header("content-type") == "text/plain; charset=utf-8"
    (item,) = answer.json
    assert {k: item[k] for k in ("component", "filearea", "filename", "filepath", "filesize")} == {
        "component": "user",
        "filearea": "draft",
        "filename": "h.txt",
        "filepath": "/",
        "filesize": 6,
    }
    assert item["userid"] == str(ann.user_id)
    path = f"/{item['contextid']}/user/draft/{item['itemid']}/h.txt"
    found = ann.download(path, DRAFT)
    assert (found.status, found.body) == (200, b"Hello\n")
    assert found.header("content-disposition") == "attachment; filename*=UTF-8''h.txt"
    assert found.header("content-type") == "text/plain"
    assert ann.download(path, DRAFT, "HEAD").body == b""


@pytest.mark.parametrize(
    ("headers", "status", "content_range", "body"),
    [
        ({}, 200, "", b"0123456789"),
        ({"range": "bytes=0-4"}, 206, "bytes 0-4/10", b"01234"),
        ({"range": "bytes=7-"}, 206, "bytes 7-9/10", b"789"),
        ({"range": "bytes=-2"}, 206, "bytes 8-9/10", b"89"),
        ({"range": "bytes=0-1,3-4"}, 200, "", b"0123456789"),
        ({"range": "bytes=10-"}, 416, "bytes */10", b""),
        ({"range": "bytes=7-", "if-range": "ETAG"}, 206, "bytes 7-9/10", b"789"),
        ({"range": "bytes=7-", "if-range": "MODIFIED"}, 206, "bytes 7-9/10", b"789"),
        ({"range": "bytes=7-", "if-range": '"another"'}, 200, "", b"0123456789"),
    ],
)
def test_a_part_of_a_file(
    ann: Person, headers: dict[str, str], status: int, content_range: str, body: bytes
) -> None:
    (item,) = ann.upload(("n.txt", b"0123456789")).json
    path = f"/{item['contextid']}/user/draft/{item['itemid']}/n.txt"
    whole = ann.download(path, DRAFT)
    assert whole.header("accept-ranges") == "bytes"
    versions = {"ETAG": whole.header("etag"), "MODIFIED": whole.header("last-modified")}
    sent = {name: versions.get(value, value) for name, value in headers.items()}
    answer = ann.download(path, DRAFT, headers=sent)
    assert (answer.status, answer.body) == (status, body)
    assert answer.header("content-range") == content_range
    assert answer.header("content-length") == str(len(body))
    assert answer.header("etag") == whole.header("etag")
    head = ann.download(path, DRAFT, "HEAD", headers=sent)
    assert (head.status, head.header("content-length"), head.body) == (200, "10", b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"range": "bytes=0-4"}, 206),
        ({"range": "bytes=90-"}, 416),
        ({"if-none-match": "*"}, 304),
    ],
)
def test_out_2_a_file_has_the_headers_of_every_answer(
    ann: Person, headers: dict[str, str], status: int
) -> None:
    """What was uploaded as a page, or as a picture with a script, is no page of this site."""
    for name in ("n.html", "n.svg"):
        (item,) = ann.upload((name, b"<svg onload='alert(1)'>")).json
        path = f"/{item['contextid']}/user/draft/{item['itemid']}/{name}"
        answer = ann.download(path, DRAFT, headers=headers)
        assert answer.status == status
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("referrer-policy") == "no-referrer"
        assert "no-store" in answer.header("cache-control")
        assert answer.header("content-security-policy") == "default-src 'none'; sandbox"
        assert answer.header("access-control-allow-credentials") == ""
        if status != 304:
            assert answer.header("content-disposition").startswith("attachment;")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if-none-match": "ETAG"}, 304),
        ({"if-none-match": '"another", W/ETAG'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": "ETAG", "range": "bytes=0-4"}, 304),
        ({"if-none-match": '"another"'}, 200),
        ({"if-none-match": '"another"', "if-modified-since": "MODIFIED"}, 200),
        ({"if-none-match": '"another"', "range": "bytes=0-4"}, 206),
        ({"if-modified-since": "MODIFIED"}, 304),
        ({"if-modified-since": "Sun, 06 Nov 1994 08:49:37 GMT"}, 200),
        ({"if-modified-since": "lately"}, 200),
    ],
)
def test_what_the_client_holds_already_is_not_sent_again(
    ann: Person, headers: dict[str, str], status: int
) -> None:
    (item,) = ann.upload(("n.txt", b"0123456789")).json
    path = f"/{item['contextid']}/user/draft/{item['itemid']}/n.txt"
    whole = ann.download(path, DRAFT)
    versions = {"ETAG": whole.header("etag"), "MODIFIED": whole.header("last-modified")}
    sent = headers
    for word, version in versions.items():
        sent = {name: value.replace(word, version) for name, value in sent.items()}
    answer = ann.download(path, DRAFT, headers=sent)
    assert answer.status == status
    assert answer.body == {304: b"", 206: b"01234", 200: b"0123456789"}[status]
    assert answer.header("etag") == versions["ETAG"]
    assert answer.header("last-modified") == versions["MODIFIED"]
    assert answer.header("cache-control") == "private, no-store"
    head = ann.download(path, DRAFT, "HEAD", headers=sent)
    assert (head.status, head.body) == (304 if status == 304 else 200, b"")
    by_post = f"token={ann.token}".encode()
    posted = ann.web.request("POST", DRAFT + path, body=by_post, headers=sent)
    assert posted.status != 304


def test_a_file_that_is_no_longer_theirs_is_not_told_as_unchanged(ann: Person) -> None:
    (item,) = ann.upload(("n.txt", b"0123456789")).json
    path = f"/{item['contextid']}/user/draft/{item['itemid']}/n.txt"
    etag = ann.download(path, DRAFT).header("etag")
    services.edit(ann.site.call(), ann.service_id, Changes(downloadfiles=False))
    answer = ann.download(path, DRAFT, headers={"if-none-match": etag})
    assert answer.json["errorcode"] == "accessexception"


def test_a_picture_that_is_made_when_asked_for_is_not_sent_again(ann: Person) -> None:
    place = making.course_context(ann.site, making.course(ann.site, "ALG"))
    path = f"/{place.id}/course/generated/course.svg"
    etag = ann.download(path).header("etag")
    ann.site.clock.pass_seconds(60)
    assert ann.download(path, headers={"if-none-match": etag}).status == 304


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_file_of_any_size_comes_whole(ann: Person, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    (item,) = ann.upload(("n.bin", content)).json
    path = f"/{item['contextid']}/user/draft/{item['itemid']}/n.bin"
    assert ann.download(path, DRAFT).body == content
    last = ann.download(path, DRAFT, headers={"range": f"bytes=1-{size + 1}"})
    assert last.status == (206 if size > 1 else 416)
    assert last.body == content[1:]


def test_pages_of_other_sites_may_ask_for_parts(web: Web) -> None:
    answer = web.request("OPTIONS", DOWNLOAD)
    assert "range" in answer.header("access-control-allow-headers").split(", ")


def test_content_is_kept_once(ann: Person, site: TestSite) -> None:
    ann.upload(("a.txt", b"same"), ("b.txt", b"same"))
    call = site.call()
    (a, b) = file_rows.of_area(call.session, {"filearea": "draft"})
    assert a.contenthash == b.contenthash


def test_a_name_that_is_taken_is_told_in_its_place_and_the_rest_goes_on(ann: Person) -> None:
    first, second, third = ann.upload(
        ("a.txt", b"1"), ("a.txt", b"2"), ("b.txt", b"3"), itemid="77"
    ).json
    assert (first["filename"], third["filename"]) == ("a.txt", "b.txt")
    assert second["errortype"] == "filenameexist"


def test_dur_7_an_upload_that_the_database_fails_leaves_none_of_its_files(ann: Person) -> None:
    real, stored = file_rows.add, list[str]()

    def add(session: Session, values: Mapping[str, Any]) -> int:
        stored.append(values["filename"])
        if len(stored) == 2:
            raise OutcomeUnknown
        return real(session, values)

    files = ("a.txt", b"1"), ("b.txt", b"2")
    with patch.object(file_rows, "add", add):
        assert ann.upload(*files, itemid="7").status == 503
    assert file_rows.of_area(ann.site.session, {"filearea": "draft"}) == []
    assert [item.get("filesize") for item in ann.upload(*files, itemid="7").json] == [1, 1]


def test_an_upload_without_files_answers_an_empty_list(ann: Person) -> None:
    assert ann.upload().json == []


def test_files_above_the_quota_are_refused(ann: Person, site: TestSite) -> None:
    making.setting(site, "userquota", 10)
    assert ann.upload(("a.txt", b"0123456789")).json[0]["filesize"] == 10
    assert ann.upload(("b.txt", b"1")).json["errorcode"] == "userquotalimit"


@pytest.mark.parametrize("name", ["../x", "..", "a/b", "a\\b", "a:b", "a<b"])
def test_web_6_a_name_that_is_no_plain_file_name_is_not_stored(ann: Person, name: str) -> None:
    for item in ann.upload((name, b"x")).json or [{"errortype": "none"}]:
        assert item.get("filename") != name or "errortype" in item


@pytest.mark.parametrize(
    "sent", ["h.txt", "photos/h.txt", "/home/ann/h.txt", "../h.txt", "photos\\h.txt", "C:\\h.txt"]
)
def test_the_folders_in_which_a_file_lay_are_no_part_of_its_name(ann: Person, sent: str) -> None:
    (item,) = ann.upload((sent, b"Hi")).json
    assert (item["filename"], item["filepath"], item["source"]) == ("h.txt", "/", "h.txt")


@pytest.mark.parametrize("sent", ["photos/", "photos/..", "photos/h:txt"])
def test_a_name_without_folders_must_be_one(ann: Person, sent: str) -> None:
    (item,) = ann.upload((sent, b"Hi")).json
    assert item["errortype"] == "invalidparameter"


def test_a_form_whose_file_was_not_chosen_is_refused_as_a_whole(ann: Person) -> None:
    answer = ann.upload(("a.txt", b"1"), ("", b""))
    assert answer.json["errorcode"] == "upload_error_no_file"
    assert answer.header("content-type") == "text/plain; charset=utf-8"
    assert ann.upload(("a.txt", b"1"), itemid="7").json[0]["filename"] == "a.txt"


def test_a_file_that_is_too_large_is_told_in_its_place_and_the_rest_goes_on(
    ann: Person, site: TestSite
) -> None:
    making.setting(site, "maxbytes", 3)
    large, small = ann.upload(("a.txt", b"1234"), ("b.txt", b"123")).json
    assert (large["filename"], large["errortype"]) == ("a.txt", "fileoversized")
    assert small["filename"] == "b.txt"


@pytest.mark.parametrize("body", [1024, 3000, 200_000])
def test_in_2_a_file_of_the_size_that_is_told_can_be_uploaded(site: TestSite, body: int) -> None:
    with web_application(site, limits=Limits(body=body)) as web:
        ann = Person(web)
        told = web.call("core_webservice_get_site_info", web.token(ann.user_id)).json
        size = told["usermaxuploadfilesize"]
        (sent,) = ann.upload(("a.txt", b"x" * size), itemid="0").json
        assert (sent["filename"], sent["filesize"]) == ("a.txt", size)
        assert ann.upload(("a.txt", b"x" * body)).status == 413


def test_fields_of_the_file_scripts_are_cleaned(ann: Person) -> None:
    (item,) = ann.upload(("h.txt", b"Hi"), itemid=" 77x", token=f" {ann.token}!").json
    assert item["itemid"] == 77
    ann.token = f"-{ann.token}"
    path = f"/{item['contextid']}/user/draft/77/h.txt"
    assert ann.download(path, DRAFT).body == b"Hi"


@pytest.mark.parametrize("field", ["token", "filepath", "itemid"])
def test_a_list_in_place_of_a_field_is_no_call(ann: Person, field: str) -> None:
    answer = ann.upload(("a.txt", b"1"), **{f"{field}[]": "x"})
    assert answer.json["errorcode"] == "codingerror"


def test_lists_in_place_of_the_fields_of_a_download(ann: Person) -> None:
    for query in (b"token[]=x", b"file[]=x&token=" + ann.token.encode()):
        answer = ann.web.request("GET", DOWNLOAD, query=query, content_type="")
        assert answer.json["errorcode"] == "codingerror"


@pytest.mark.parametrize("path", [LOGIN, DOWNLOAD, DRAFT, UPLOAD])
def test_errors_for_requests_with_files_are_plain_text(ann: Person, path: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    answer = ann.web.request(path=path, body=part, content_type=kind)
    assert answer.json["errorcode"] == "missingparam"
    assert answer.header("content-type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["x", "/../", "/a//b/", "/a/../b/", "/a"])
def test_web_6_a_path_that_is_no_folder_is_refused(ann: Person, path: str) -> None:
    assert ann.upload(("a.txt", b"x"), filepath=path).json["errorcode"] == "invalidparameter"


@pytest.mark.parametrize(
    "path",
    ["", "/", "/1", "/x/user/draft/1/a", "/1/user/draft/1/../../../etc/passwd", "/99999/a/b/c"],
)
def test_web_6_a_path_that_leads_nowhere_is_not_found(ann: Person, path: str) -> None:
    answer = ann.download(path, DRAFT)
    assert (answer.status, answer.json["errorcode"]) == (404, "filenotfound")


def test_slashes_that_a_path_has_twice_count_once(ann: Person) -> None:
    (item,) = ann.upload(("h.txt", b"Hello\n"), filepath="/a/b/").json
    place = f"{item['contextid']}/user/draft/{item['itemid']}"
    for path in (f"//{place}/a/b/h.txt", f"/{place}//a/b//h.txt"):
        assert ann.download(path, DRAFT).body == b"Hello\n"


def test_drafts_are_for_their_owner_and_their_script_only(ann: Person, web: Web) -> None:
    (item,) = ann.upload(("h.txt", b"Hello\n")).json
    path = f"/{item['contextid']}/user/draft/{item['itemid']}/h.txt"
    assert ann.download(path, DOWNLOAD).status == 404
    assert Person(web, "bob").download(path, DRAFT).status == 404


def test_a_file_of_an_activity_is_for_those_who_may_enter_it(ann: Person, web: Web) -> None:
    site = web.site
    course = making.course(site, "ALG")
    module = making.activity(site, course, "resource", name="Handout")
    place = contexts.get(site.session, contexts.MODULE, module)
    area = Area(context_id=place.id, component="mod_resource", filearea="content")
    call = site.call()
    with call.transaction():
        stored_files.add(call, area, NewFile(filename="handout.txt", content=b"levers"))
    path = f"/{place.id}/mod_resource/content/3/handout.txt"
    assert ann.download(path).status == 404
    making.enrol(site, ann.user_id, course)
    assert ann.download(path).body == b"levers"
    by_field = f"file={path}&token={ann.token}".encode()
    assert web.request("GET", DOWNLOAD, query=by_field, content_type="").body == b"levers"
    assert activities.get(site.session, module) is not None


def test_pages_and_pictures_are_made_when_asked_for(ann: Person, site: TestSite) -> None:
    course = making.course(site, "ALG")
    module = making.activity(site, course, "page", content="<p>Hello</p><script>x</script>")
    making.enrol(site, ann.user_id, course)
    place = contexts.get(site.session, contexts.MODULE, module)
    page = ann.download(f"/{place.id}/mod_page/content/index.html")
    assert (page.header("content-type"), page.body) == ("text/html", b"<p>Hello</p>")
    assert "sandbox" in page.header("content-security-policy")
    there = making.course_context(site, course)
    picture = ann.download(f"/{there.id}/course/generated/course.svg")
    assert picture.header("content-type") == "image/svg+xml"
    assert picture.body.startswith(b"<svg ")
    assert ann.download(f"/{place.id}/mod_page/intro/index.html").status == 404
    assert ann.download(f"/{there.id}/course/generated/other.svg").status == 404


def test_the_picture_of_a_course_is_for_all_who_may_know_of_it(ann: Person, web: Web) -> None:
    site = web.site
    course = making.course(site, "ALG")
    place = making.course_context(site, course)
    path = f"/{place.id}/course/generated/course.svg"
    asked = web.call("core_course_search_courses", web.token(ann.user_id), **SEARCH).json
    assert [found["courseimage"] for found in asked["courses"]] == [f"{URL}{DOWNLOAD}{path}"]
    assert ann.download(path).status == 200
    assert ann.download(f"/{place.id}/course/section/course.svg").status == 404
    category = contexts.get(site.session, contexts.CATEGORY, 1)
    making.override(site, "user", "moodle/category:viewcourselist", -1, category)
    assert ann.download(path).status == 404
    making.enrol(site, ann.user_id, course)
    assert ann.download(path).status == 200


def test_a_picture_that_a_course_was_given_stands_in_lists(ann: Person, web: Web) -> None:
    site = web.site
    course = making.course(site, "ALG")
    making.course(site, "ALG 2")
    making.enrol(site, ann.user_id, course)
    place = making.course_context(site, course)
    call = site.call()
    area = Area(context_id=place.id, component="course", filearea="overviewfiles")
    for name, content in (("a note.txt", b"text"), ("b pic.png", b"picture")):
        stored_files.add(call, area, NewFile(filename=name, content=content))
    section = Area(context_id=place.id, component="course", filearea="section", itemid=1)
    stored_files.add(call, section, NewFile(filename="map.png", content=b"map"))
    token = web.token(ann.user_id)
    drawn, given = web.call("core_course_search_courses", token, **SEARCH).json["courses"]
    assert (drawn["overviewfiles"], drawn["courseimage"][-10:]) == ([], "course.svg")
    path = f"/{place.id}/course/overviewfiles/b%20pic.png"
    assert given["courseimage"] == f"{URL}{DOWNLOAD}{path}"
    assert [file["filename"] for file in given["overviewfiles"]] == ["a note.txt", "b pic.png"]
    assert given["overviewfiles"][1] == {
        "filename": "b pic.png",
        "filepath": "/",
        "filesize": 7,
        "fileurl": f"{URL}{DOWNLOAD}{path}",
        "timemodified": call.now,
        "mimetype": "image/png",
        "isexternalfile": False,
    }
    (mine,) = web.call("core_enrol_get_users_courses", token, userid=ann.user_id).json
    for name in ("courseimage", "overviewfiles"):
        assert mine[name] == given[name]
    assert ann.download(f"/{place.id}/course/overviewfiles/b pic.png").body == b"picture"


def test_the_picture_of_a_hidden_course_is_for_those_who_see_it(ann: Person, web: Web) -> None:
    course = making.course(web.site, "HID", visible=0)
    place = making.course_context(web.site, course)
    path = f"/{place.id}/course/generated/course.svg"
    making.enrol(web.site, ann.user_id, course)
    assert ann.download(path).status == 404
    making.override(web.site, "ann", "moodle/course:viewhiddencourses", 1)
    assert ann.download(path).status == 200


def test_who_must_change_the_password_gets_no_files(ann: Person, web: Web) -> None:
    course = making.course(web.site, "ALG")
    place = making.course_context(web.site, course)
    with web.site.session.transaction():
        preferences.put(web.site.session, ann.user_id, {FORCE_PASSWORD_CHANGE: "1"})
    assert ann.download(f"/{place.id}/course/generated/course.svg").status == 404


def _off(person: Person) -> None:
    making.setting(person.site, "enablewebservices", value=False)


def _unknown(person: Person) -> None:
    person.token = "0" * 32


def _expired(person: Person) -> None:
    person.token = person.issue(validuntil=person.site.now + 5)
    person.site.clock.pass_seconds(6)


def _elsewhere(person: Person) -> None:
    person.token = person.issue(iprestriction="10.1.2.3")


def _user(**values: object) -> Callable[[Person], None]:
    def change(person: Person) -> None:
        with person.site.session.transaction():
            users.change(person.site.session, person.user_id, values)

    return change


def _service(**values: Any) -> Callable[[Person], None]:
    def change(person: Person) -> None:
        services.edit(person.site.call(), person.service_id, Changes(**values))

    return change


REFUSALS: list[tuple[Callable[[Person], None], str]] = [
    (_off, "accessexception"),
    (_unknown, "invalidtoken"),
    (_expired, "accessexception"),
    (_elsewhere, "accessexception"),
    (_user(deleted=1), "invalidrecordunknown"),
    (_user(confirmed=0), "usernotconfirmed"),
    (_user(suspended=1), "wsaccessusersuspended"),
    (_user(auth="nologin"), "wsaccessusernologin"),
    (_service(enabled=False), "accessexception"),
    (_service(uploadfiles=False, downloadfiles=False), "accessexception"),
]


@pytest.mark.parametrize(("break_it", "errorcode"), REFUSALS, ids=map(str, range(len(REFUSALS))))
def test_authz_5_the_file_scripts_check_the_token_in_their_order(
    ann: Person, break_it: Callable[[Person], None], errorcode: str
) -> None:
    break_it(ann)
    assert ann.upload(("a.txt", b"x")).json["errorcode"] == errorcode
    if break_it is not _expired:
        assert ann.download("/1/a/b/c").json["errorcode"] == errorcode


@pytest.mark.parametrize(
    ("query", "body", "errorcode"),
    [
        ("token={}", "", "accessexception"),
        ("tok%65n={}", "", "accessexception"),
        ("token={}", "x=1", "accessexception"),
        ("", "token={}", "filenotfound"),
        ("token={}", "token={}", "filenotfound"),
        ("file=/1/a/b/token=1", "token={}", "filenotfound"),
    ],
)
def test_tok_10_the_service_may_forbid_tokens_in_the_query(
    ann: Person, query: str, body: str, errorcode: str
) -> None:
    _service(forbid_query_tokens=True)(ann)
    answer = ann.web.request(
        "POST",
        DOWNLOAD,
        query=query.format(ann.token).encode(),
        body=body.format(ann.token).encode(),
    )
    assert answer.json["errorcode"] == errorcode


def test_a_missing_token_is_named(web: Web) -> None:
    for path in (UPLOAD, DOWNLOAD):
        assert web.request(path=path).json["errorcode"] == "missingparam"


def test_core_files_upload_and_get_files(web: Web, site: TestSite) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    token = web.token(user_id)
    own = contexts.get(site.session, contexts.USER, user_id)
    content = base64.b64encode(b"Hello").decode()
    draft: dict[str, Any] = {"component": "user", "filearea": "draft", "itemid": 5, "filepath": "/"}
    sent: dict[str, Any] = {
        **draft,
        "filename": "h.txt",
        "filecontent": content,
        "contextid": own.id,
    }
    stored = web.call("core_files_upload", token, **sent).json
    assert (stored["filename"], stored["itemid"]) == ("h.txt", 5)
    found = web.call("core_files_get_files", token, **draft, contextid=own.id, filename="").json
    assert [file["filename"] for file in found["files"]] == ["h.txt"]
    assert found["parents"] == []


@pytest.mark.parametrize(
    ("changes", "errorcode"),
    [
        ({}, "fileexist"),
        ({"component": "mod_page", "filearea": "content"}, "codingerror"),
        ({"contextid": 1}, "nofile"),
        ({"contextid": 0}, "invalidparameter"),
        ({"contextid": 98765}, "invalidparameter"),
        ({"filepath": "/deep/", "filename": "n.txt"}, "nofile"),
        ({"filename": "a/b.txt"}, "invalidparameter"),
        ({"component": "mod_page", "contextid": 98765}, "codingerror"),
    ],
)
def test_core_files_upload_refuses(
    web: Web, site: TestSite, changes: dict[str, Any], errorcode: str
) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    token = web.token(user_id)
    own = contexts.get(site.session, contexts.USER, user_id)
    sent: dict[str, Any] = {
        "contextid": own.id,
        "component": "user",
        "filearea": "draft",
        "itemid": 5,
        "filepath": "/",
        "filename": "h.txt",
        "filecontent": base64.b64encode(b"Hello").decode(),
    }
    web.call("core_files_upload", token, **sent)
    assert web.call("core_files_upload", token, **{**sent, **changes}).error[1] == errorcode


def own_draft(site: TestSite, user_id: int, **values: Any) -> dict[str, Any]:
    own = contexts.get(site.session, contexts.USER, user_id)
    sent: dict[str, Any] = {"contextid": own.id, "component": "user", "filearea": "draft"}
    return {**sent, "itemid": 5, "filepath": "/", "filename": "h.txt", "filecontent": "", **values}


@pytest.mark.parametrize(
    ("sent", "content"),
    [
        ("SGVs bG8=\n", b"Hello"),
        ("SGVsbG8", b"Hello"),
        ("SGVs=bG8=", b"Hello"),
        ("SGVsbG8=A", b"Hello\x00"),
        ("na\u00efve!", b"\x9d\xab\xde"),
        ("!!!", b""),
        ("A", b""),
        ("", b""),
    ],
)
def test_content_is_read_for_what_base64_there_is(
    web: Web, site: TestSite, sent: str, content: bytes
) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    stored = web.call(
        "core_files_upload", web.token(user_id), **own_draft(site, user_id, filecontent=sent)
    ).json
    area = Area(context_id=stored["contextid"], component="user", filearea="draft", itemid=5)
    (file,) = stored_files.of_area(site.call(), area)
    assert stored_files.content(site.call(), file) == content


def test_a_file_without_a_name_or_a_number_gets_them(web: Web, site: TestSite) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    token = web.token(user_id)
    for item in (0, -3):
        sent = own_draft(site, user_id, itemid=item, filename="")
        stored = web.call("core_files_upload", token, **sent).json
        assert stored["itemid"] > 0
        assert stored["filename"].endswith(".tmp")


def test_the_address_of_a_draft_is_written_as_addresses_are(web: Web, site: TestSite) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    sent = own_draft(site, user_id, filename="\u00fc 1.txt")
    stored = web.call("core_files_upload", web.token(user_id), **sent).json
    assert stored["filename"] == "\u00fc 1.txt"
    assert stored["url"].endswith("/user/draft/5/%C3%BC%201.txt")


def test_a_file_goes_into_a_folder_that_is_there(web: Web, site: TestSite) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    token = web.token(user_id)
    own = contexts.get(site.session, contexts.USER, user_id)
    area = Area(context_id=own.id, component="user", filearea="draft", itemid=5)
    with (call := site.call(user_id)).transaction():
        new = NewFile(filename="1.txt", content=b"x", filepath="/a/b/")
        stored_files.add(call, area, new)

    def put(path: str, name: str = "h.txt", item: int = 5) -> Answer:
        sent = own_draft(site, user_id, filepath=path, filename=name, itemid=item)
        return web.call("core_files_upload", token, **sent)

    for path in ("/a/", "/a/b/"):
        stored = put(path).json
        assert (stored["filepath"], stored["filename"]) == (path, "h.txt")
        assert stored["url"].endswith(f"/user/draft/5{path}h.txt")
    assert put("/a/b/", "1.txt").error[1] == "fileexist"
    for path in ("/a", "/ab/", "/a/c/", ""):
        assert put(path, "n.txt").error[1] == "nofile"
    assert put("/a/", item=6).error[1] == "nofile"


def test_an_upload_does_not_tell_what_others_have(web: Web, site: TestSite) -> None:
    token = web.token(making.user_with(site, "eve", "webservice/rest:use"))
    bob = making.user(site, "bob")
    sent = own_draft(site, bob)
    area = Area(context_id=sent["contextid"], component="user", filearea="draft", itemid=5)
    with (call := site.call(bob)).transaction():
        stored_files.add(call, area, NewFile(filename="h.txt", content=b"x"))
    assert web.call("core_files_upload", token, **sent).error[1] == "nofile"


@pytest.mark.parametrize("setting", ["maxbytes", "userquota"])
def test_core_files_upload_keeps_to_sizes(web: Web, site: TestSite, setting: str) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    making.setting(site, setting, 3)
    sent = own_draft(site, user_id, filecontent=base64.b64encode(b"four").decode())
    code = {"maxbytes": "fileoversized", "userquota": "userquotalimit"}[setting]
    assert web.call("core_files_upload", web.token(user_id), **sent).error[1] == code


def test_core_files_upload_asks_the_service(ann: Person) -> None:
    session = ann.site.session
    with session.transaction():
        names = ["core_files_upload"]
        services.add_functions(ann.site.call(), ann.service_id, names, lambda _name: True)
    sent = own_draft(ann.site, ann.user_id)
    services.edit(ann.site.call(), ann.service_id, Changes(uploadfiles=False))
    refused = ann.web.call("core_files_upload", ann.token, **sent)
    assert refused.error == ("webservice_access_exception", "accessexception")
    services.edit(ann.site.call(), ann.service_id, Changes(uploadfiles=True))
    assert ann.web.call("core_files_upload", ann.token, **sent).json["filename"] == "h.txt"


def test_folders_of_a_draft_are_listed_level_by_level(web: Web, site: TestSite) -> None:
    user_id = making.user_with(site, "eve", "webservice/rest:use")
    token = web.token(user_id)
    own = contexts.get(site.session, contexts.USER, user_id)
    area = Area(context_id=own.id, component="user", filearea="draft", itemid=5)
    with (call := site.call(user_id)).transaction():
        for path, name in (("/", "t.txt"), ("/a/", "1.txt"), ("/a/b/", "2.txt"), ("/ab/", "3")):
            stored_files.add(call, area, NewFile(filename=name, content=b"x", filepath=path))

    def listed(**asked: Any) -> list[tuple[str, str, bool]]:
        sent: dict[str, Any] = {**own_draft(site, user_id, filename=""), **asked}
        del sent["filecontent"]
        found = web.call("core_files_get_files", token, **sent).json
        assert found["parents"] == []
        assert all((file["url"] is None) == file["isdir"] for file in found["files"])
        return sorted(
            (file["filepath"], file["filename"], file["isdir"]) for file in found["files"]
        )

    top = [("/", "t.txt", False), ("/a/", "a", True), ("/ab/", "ab", True)]
    assert listed() == listed(filepath="/") == top
    assert listed(filepath="/a/") == [("/a/", "1.txt", False), ("/a/b/", "b", True)]
    assert listed(filename="t.txt") == [("/", "t.txt", False)]
    assert listed(filepath="/c/") == listed(filename="a") == []
    assert listed(modified=site.now + 10) == []


def test_other_peoples_drafts_list_empty(web: Web, site: TestSite) -> None:
    token = web.token(making.user_with(site, "eve", "webservice/rest:use"))
    other = contexts.get(site.session, contexts.USER, making.user(site, "bob"))
    asked: dict[str, Any] = {"component": "user", "filearea": "draft", "itemid": 5, "filepath": "/"}
    found = web.call("core_files_get_files", token, **asked, contextid=other.id, filename="")
    assert found.json == {"parents": [], "files": []}


@pytest.mark.parametrize("place", [{"contextid": 98765}, {"contextid": -1}])
def test_core_files_get_files_needs_a_place(
    web: Web, site: TestSite, place: dict[str, Any]
) -> None:
    token = web.token(making.user_with(site, "eve", "webservice/rest:use"))
    asked: dict[str, Any] = {"component": "user", "filearea": "draft", "itemid": 5, "filepath": "/"}
    found = web.call("core_files_get_files", token, **asked, **place, filename="")
    assert found.error == ("core\\exception\\invalid_parameter_exception", "invalidparameter")


@pytest.mark.parametrize("sign", [b"\xff", b"\0", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"%"])
def test_in_7_what_no_database_takes_in_a_text_names_no_file(ann: Person, sign: bytes) -> None:
    for head, value in (
        (b'name="f"; filename="a%b.txt"' % sign, b"x"),
        (b'name="filepath"', b"/a%b/" % sign),
        (b'name="itemid"', sign),
    ):
        parts = ((b'name="token"', ann.token.encode()), (head, value))
        body = b"".join(
            b"--x\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % part for part in parts
        )
        kind = "multipart/form-data; boundary=x"
        answer = ann.web.request(path=UPLOAD, body=body + b"--x--\r\n", content_type=kind)
        assert answer.status in (200, 400), answer.body
        assert b"internalerror" not in answer.body
    quoted = "".join(f"%{byte:02X}" for byte in sign)
    for path in (f"/1/a{quoted}/b/c", f"/1/a/b{quoted}/c", f"/1/user/draft/1/c{quoted}"):
        query = f"token={ann.token}&file={path}".encode()
        for script in (DOWNLOAD, DRAFT):
            answer = ann.web.request("GET", script, query=query, content_type="")
            assert (answer.status, answer.json["errorcode"]) == (404, "filenotfound")
