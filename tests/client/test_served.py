"""The client against the real server: typed and open calls, refusals, tokens, files."""

from pathlib import Path
from typing import Any

import pytest

from coursewire import (
    AccessDenied,
    InvalidToken,
    MoodleError,
    NoPermission,
    NotFound,
    SiteUnavailable,
)
from coursewire.contracts import core_webservice
from coursewire.contracts.core_group import groups
from coursewire.contracts.parts import CourseId
from coursewire.domain import services
from coursewire.domain.services import Changes
from coursewire.store import services as service_rows
from tests.client.asking import Shell
from tests.support import making
from tests.support.web import EVERYTHING, Web


def test_a_typed_call_takes_a_struct_and_gives_structs(web: Web, served: str, shell: Shell) -> None:
    course = making.course(web.site, "ALG")
    params = groups.CreateGroups(
        groups=[groups.NewGroup(courseid=course, name="Rød / red", description="<p>é</p>")]
    )
    (made,) = shell.ask(served, lambda it: it.call(groups.create_groups, params), web.token())
    assert isinstance(made, groups.CreatedGroup)
    listed = shell.ask(
        served, lambda it: it.call(groups.get_course_groups, CourseId(courseid=course)), web.token()
    )
    assert [(it.id, it.name, it.description) for it in listed] == [
        (made.id, "Rød / red", "<p>é</p>")
    ]
    gone = groups.GroupIds(groupids=[made.id])
    assert shell.ask(served, lambda it: it.call(groups.delete_groups, gone), web.token()) is None


def test_an_open_call_takes_and_gives_plain_values(web: Web, served: str, shell: Shell) -> None:
    course = making.course(web.site, "ALG")
    new = {"courseid": course, "name": "Red", "description": "", "participation": False}
    (made,) = shell.ask(served, lambda it: it.core_group_create_groups(groups=[new]), web.token())
    assert made["participation"] is False
    listed = shell.ask(
        served, lambda it: it.core_group_get_course_groups(courseid=course), web.token()
    )
    assert [it["name"] for it in listed] == ["Red"]


def test_site_info_has_the_type_of_its_contract(web: Web, served: str, shell: Shell) -> None:
    info = shell.ask(
        served,
        lambda it: it.call(core_webservice.get_site_info, core_webservice.GetSiteInfo()),
        web.token(),
    )
    assert info.sitename == "My Learning Site"
    assert "core_group_create_groups" in [it.name for it in info.functions]


def test_an_unchecked_call_is_left_to_the_site(web: Web, served: str, shell: Shell) -> None:
    with pytest.raises(NotFound) as raised:
        shell.ask(served, lambda it: it.call_unchecked("local_own_thing", {"a": [1]}), web.token())
    assert raised.value.errorcode == "invalidrecordunknown"
    assert raised.value.sent == {"a[0]": "(1 characters)"}


REFUSED: dict[str, tuple[type[MoodleError], str, dict[str, Any]]] = {
    "core_group_get_groups": (NotFound, "invalidrecordunknown", {"groupids": [999]}),
    "core_group_create_groups": (
        MoodleError,
        "errorcoursecontextnotvalid",
        {"groups": [{"courseid": 999, "name": "x", "description": ""}]},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_an_error_by_its_meaning(
    name: str, web: Web, served: str, shell: Shell
) -> None:
    kind, code, params = REFUSED[name]
    with pytest.raises(kind) as raised:
        shell.ask(served, lambda it: it.call_by_name(name, params), web.token())
    assert type(raised.value) is kind
    assert (raised.value.function, raised.value.errorcode) == (name, code)
    assert raised.value.exception
    assert str(raised.value).startswith(f"{name}: ")


def test_a_missing_capability_is_no_permission(web: Web, served: str, shell: Shell) -> None:
    course = making.course(web.site, "ALG")
    user = making.user_with(web.site, "ann", "webservice/rest:use", "moodle/course:view")
    with pytest.raises(NoPermission) as raised:
        shell.ask(
            served, lambda it: it.core_group_get_course_groups(courseid=course), web.token(user)
        )
    assert raised.value.errorcode == "nopermissions"


def test_an_unknown_token_is_an_invalid_token(web: Web, served: str, shell: Shell) -> None:
    with pytest.raises(InvalidToken) as raised:
        shell.ask(served, lambda it: it.core_webservice_get_site_info(), "0" * 32)
    assert raised.value.errorcode == "invalidtoken"
    assert web.site.now


def test_a_function_outside_the_service_is_denied(web: Web, served: str, shell: Shell) -> None:
    user = making.user_with(web.site, "ann", "webservice/rest:use")
    service = making.service(web.site, "little", "core_webservice_get_site_info", users=[user])
    with pytest.raises(AccessDenied) as raised:
        shell.ask(
            served,
            lambda it: it.core_group_get_course_groups(courseid=1),
            making.token(web.site, user, service),
        )
    assert raised.value.errorcode == "accessexception"


def test_web_services_that_are_off_make_the_site_unavailable(
    web: Web, served: str, shell: Shell
) -> None:
    token = web.token()
    making.setting(web.site, "enablewebservices", value=False)
    with pytest.raises(SiteUnavailable, match="enable web services"):
        shell.ask(served, lambda it: it.core_webservice_get_site_info(), token)


def test_a_token_is_given_out_for_a_password(web: Web, served: str, shell: Shell) -> None:
    stored = web.site.call().passwords.hash("Sunny-Day-7!")
    user = making.user(web.site, "ann", password_hash=stored)
    making.role(web.site, "caller", ["webservice/rest:use", "moodle/webservice:createtoken"])
    making.assign(web.site, "caller", user)
    making.service(web.site, "little", "core_webservice_get_site_info", users=[user])
    given = shell.ask(served, lambda it: it.get_token("ann", "Sunny-Day-7!", "little"), token=None)
    assert given.token not in repr(given)
    info = shell.ask(served, lambda it: it.core_webservice_get_site_info(), given.token)
    assert info["username"] == "ann"


def test_a_wrong_password_is_denied_and_not_repeated(web: Web, served: str, shell: Shell) -> None:
    with pytest.raises(AccessDenied) as raised:
        shell.ask(served, lambda it: it.get_token("ann", "Wrong-1!", "little"), token=None)
    assert raised.value.errorcode == "invalidlogin"
    assert "Wrong-1!" not in repr(vars(raised.value)) + str(raised.value)
    assert web.site.now


def test_without_a_token_nothing_is_sent(shell: Shell, served: str) -> None:
    with pytest.raises(InvalidToken, match="MOODLE_TOKEN"):
        shell.ask(served, lambda it: it.core_webservice_get_site_info(), token="")


def test_files_go_up_and_come_down(web: Web, served: str, shell: Shell, tmp_path: Path) -> None:
    token = files_token(web)
    (tmp_path / "second.txt").write_bytes(b"2")
    content = b"\x00\xff" * 70_000
    first, second = shell.ask(
        served,
        lambda it: it.upload({"first é.bin": content, "2.txt": tmp_path / "second.txt"}),
        token,
    )
    assert (first.filename, first.filesize, first.error) == ("first é.bin", len(content), None)
    assert (second.filename, second.itemid) == ("2.txt", first.itemid)
    address = f"/draftfile.php/{first.contextid}/user/draft/{first.itemid}/first%20%C3%A9.bin"
    got = shell.ask(served, lambda it: it.download(served + address, tmp_path), token)
    assert got == tmp_path / "first é.bin"
    assert got.read_bytes() == content


def test_a_file_that_is_not_there_leaves_nothing_behind(
    web: Web, served: str, shell: Shell, tmp_path: Path
) -> None:
    with pytest.raises(NotFound) as raised:
        shell.ask(
            served,
            lambda it: it.download("webservice/pluginfile.php/1/a/b/0/x.txt", tmp_path / "x.txt"),
            files_token(web),
        )
    assert raised.value.errorcode == "filenotfound"
    assert list(tmp_path.glob("*.txt")) == []
    assert list(tmp_path.glob(".coursewire-*")) == []


def files_token(web: Web) -> str:
    token = web.token()
    call = web.site.call()
    service = service_rows.by_shortname(call.session, EVERYTHING)
    assert service is not None
    services.edit(call, service.id, Changes(uploadfiles=True, downloadfiles=True))
    return token
