"""What every answer carries and what none does, on every path (OUT, NET-9, NET-10, WEB-7)."""

import pytest
from sqlalchemy import select

from coursewire import __version__
from coursewire.server.asgi import (
    ANONYMOUS_PATH,
    DOWNLOAD_PATH,
    DRAFT_PATH,
    LOGIN_PATH,
    OPENAPI_PATH,
    PAGES_PATH,
    REST_PATH,
    UPLOAD_PATH,
)
from coursewire.store import services
from coursewire.store.schema import audit
from tests.support.console import HOST
from tests.support.sites import TestSite
from tests.support.web import FORM, Answer, Web
from tests.support.web import web as web_application

# Batches of calls are for the site's own pages (protocol.md 9.1).
BATCHES = [ANONYMOUS_PATH, PAGES_PATH]
SCRIPTS = [REST_PATH, LOGIN_PATH, *BATCHES, UPLOAD_PATH, DOWNLOAD_PATH, DRAFT_PATH]
PAGES = ["/", "/static/landing.css", "/healthz", "/readyz", "/nowhere", f"{REST_PATH}x"]
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"]
CANARY = "canary-4f1c"
REST_KEYS = ["exception", "errorcode", "message"]
AJAX_KEYS = ["error", "errorcode", "stacktrace", "debuginfo", "reproductionlink"]
# What makes a database speak of itself.
LOOSE = ("select", "insert", "sqlite", "psycopg", "traceback", "/src/", ".py", CANARY)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", [*SCRIPTS, *PAGES])
def test_out_2_every_answer_has_its_headers(web: Web, path: str, method: str) -> None:
    answer = web.request(method, path)
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "no-referrer"
    assert "no-store" in answer.header("cache-control")
    assert answer.header("server") == ""
    assert answer.header("access-control-allow-credentials") == ""
    kind = answer.header("content-type")
    assert kind == "application/json" or "charset=utf-8" in kind or not answer.body
    shared = answer.header("access-control-allow-origin")
    is_shared = path in SCRIPTS and path not in BATCHES and answer.status != 405
    assert shared == ("*" if is_shared else "")


@pytest.mark.parametrize("path", [*SCRIPTS, *PAGES, OPENAPI_PATH, "/console/sign-in"])
def test_every_answer_tells_its_length(web: Web, path: str) -> None:
    """Without it clients of HTTP 1.0 would get chunks, which they do not know."""
    host = {"host": HOST}
    for method in ("GET", "POST", "PUT"):
        for body in (b"", b"wstoken=x&moodlewsrestformat=json"):
            answer = web.request(method, path, body=body, headers=host)
            assert answer.header("content-length") == str(len(answer.body))


def test_so_does_the_answer_to_a_call_and_one_about_another_host(web: Web, site: TestSite) -> None:
    answer = web.call("core_webservice_get_site_info", web.token())
    assert answer.json["username"] == "admin"
    assert answer.header("content-length") == str(len(answer.body))
    with web_application(site, allowed_hosts=(HOST,)) as particular:
        refused = particular.request("GET", "/", headers={"host": "evil.example"})
        assert refused.status == 400
        assert refused.header("content-length") == str(len(refused.body))


@pytest.mark.parametrize("path", SCRIPTS)
@pytest.mark.parametrize("written", ["/{}", "//{}", "{}/x/y", "/{}/x"])
def test_a_script_is_found_by_other_spellings_of_its_path(
    web: Web, path: str, written: str
) -> None:
    plain = web.request("POST", path)
    other = web.request("POST", written.format(path))
    assert (other.status, other.body) == (plain.status, plain.body)
    assert plain.body.startswith((b"{", b"<?xml"))


@pytest.mark.parametrize("path", SCRIPTS)
def test_a_script_is_found_below_a_folder_that_ends_with_a_slash(web: Web, path: str) -> None:
    for written in (path.replace("/", "//"), f"{path.replace('/', '///')}//x"):
        plain, other = (web.request("POST", one) for one in (path, written))
        assert (other.status, other.body) == (plain.status, plain.body)


@pytest.mark.parametrize(
    "path", ["//", "//healthz", "/x/" + REST_PATH, "//console/", f"/{REST_PATH}x"]
)
def test_other_paths_are_taken_as_they_are_written(web: Web, path: str) -> None:
    assert web.request("GET", path).status == 404


@pytest.mark.parametrize("path", [*SCRIPTS, *PAGES])
def test_net_9_methods_that_no_page_has_are_refused(web: Web, path: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "HACK"):
        answer = web.request(method, path)
        assert answer.status == 405
        assert answer.header("allow") == "GET, POST, HEAD, OPTIONS"
        assert answer.body == b""


@pytest.mark.parametrize("path", [*SCRIPTS, *PAGES])
def test_net_9_options_runs_nothing(web: Web, path: str) -> None:
    answer = web.request("OPTIONS", path, query=b"username=admin&password=x&service=y")
    assert (answer.status, answer.body) == (204, b"")
    allowed = answer.header("access-control-allow-methods") or answer.header("allow")
    assert allowed == "GET, POST, HEAD, OPTIONS"


def test_d_17_head_logs_nobody_in(web: Web, site: TestSite) -> None:
    query = b"username=admin&password=wrong&service=moodle_mobile_app"
    answer = web.request("HEAD", LOGIN_PATH, query=query)
    assert (answer.status, answer.body) == (200, b"")
    attempts = select(audit.audit_records.c.action).where(
        audit.audit_records.c.action.like("login%")
    )
    assert site.session.scalars(attempts) == []
    web.request("GET", LOGIN_PATH, query=query)
    assert len(site.session.scalars(attempts)) == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_net_10_health_tells_strangers_nothing_else(web: Web, path: str) -> None:
    answer = web.request("GET", path)
    assert (answer.status, answer.body) == (200, b"ok\n")
    told = str(answer.headers).lower()
    assert __version__ not in told
    assert "coursewire" not in told


def test_net_6_a_server_that_leaves_is_not_ready(web: Web) -> None:
    web.server.leave()
    assert web.request("GET", "/readyz").status == 503
    assert web.request("GET", "/healthz").status == 200


@pytest.mark.parametrize("raw", ["\r\nx-evil: 1", "\n", "\0", "\x80\xff", "é", "\x1b[31m"])
@pytest.mark.parametrize("path", [*SCRIPTS, *PAGES])
def test_out_3_nothing_of_a_request_reaches_a_header(site: TestSite, path: str, raw: str) -> None:
    hostile = CANARY + raw
    encoded = hostile.encode("latin-1", "replace")
    fields = ("wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettinglang", "token", "file")
    quoted = "".join(f"%{byte:02x}" for byte in encoded)
    form = "&".join(f"{name}={quoted}" for name in fields).encode()
    headers = dict.fromkeys(("origin", "x-forwarded-for", "host", "cookie", "referer"), hostile)
    with web_application(site, development=True) as web:
        for method in ("GET", "POST"):
            for below in ("", f"/{hostile}"):
                answer = web.request(method, path + below, query=form, body=form, headers=headers)
                _clean(answer)


def test_out_3_the_name_of_a_stored_file_is_encoded(web: Web) -> None:
    token = web.token()
    call = web.site.call()
    everything = services.by_shortname(call.session, "everything")
    assert everything is not None
    with call.transaction():
        services.change(call.session, everything.id, {"uploadfiles": 1, "downloadfiles": 1})
    name = 'a"; x=é\u2028.txt'
    body = (
        f'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n'
        f'--b\r\nContent-Disposition: form-data; name="f"; filename="{name.replace(chr(34), "%22")}'
        '"\r\n\r\nhello\r\n--b--\r\n'
    )
    kind = "multipart/form-data; boundary=b"
    stored = web.request("POST", UPLOAD_PATH, body=body.encode(), content_type=kind)
    (file,) = stored.json
    path = f"/{file['contextid']}/user/draft/{file['itemid']}/{file['filename']}"
    given = web.request("GET", DRAFT_PATH + path, query=f"token={token}".encode())
    assert given.body == b"hello"
    disposition = given.header("content-disposition")
    assert disposition.isascii()
    assert disposition.isprintable()
    assert disposition.count('"') == 0


def _clean(answer: Answer) -> None:
    for name, value in answer.headers:
        line = (name + b": " + value).decode("latin-1")
        assert CANARY not in line
        assert line.isascii()
        assert line.isprintable()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("school.example", 200),
        ("SCHOOL.example:8443", 200),
        ("school.example.", 200),
        ("other.example:81", 200),
        ("other.example", 400),
        ("evil.example", 400),
        ("school.example.evil.example", 400),
        ("school.example@evil.example", 400),
        ("", 400),
    ],
)
def test_web_7_the_host_must_be_one_of_ours(site: TestSite, host: str, status: int) -> None:
    names = ("school.example", "other.example:81")
    with web_application(site, allowed_hosts=names) as web:
        token = web.token()
        form = f"wstoken={token}&wsfunction=core_webservice_get_site_info".encode()
        for path in (REST_PATH, LOGIN_PATH, "/"):
            answer = web.request("POST", path, body=form, content_type=FORM, headers={"host": host})
            assert answer.status == status
            assert not host or host.encode() not in answer.body
        assert web.request("GET", "/readyz", headers={"host": host}).status == 200


def test_web_7_addresses_are_built_from_the_configuration(web: Web) -> None:
    token = web.token()
    form = f"wstoken={token}&wsfunction=core_webservice_get_site_info".encode()
    query = b"moodlewsrestformat=json"
    answer = web.request(query=query, body=form, headers={"host": "evil.example"})
    assert answer.json["siteurl"] == "https://moodle.example.com"
    assert b"evil" not in answer.body
    assert b"evil" not in web.request("GET", "/", headers={"host": "evil.example"}).body
