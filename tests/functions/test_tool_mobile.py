"""tool_mobile and the app's built-in service, bytes in and bytes out."""

import json
from typing import Any

import pytest

from coursewire.contracts import registry
from coursewire.contracts.registry import MOBILE_SERVICE
from coursewire.domain import builtin_services, front_page, services
from coursewire.domain.services import Changes
from coursewire.store import services as service_rows
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

CALL = "tool_mobile_call_external_functions"
SITE_INFO = "core_webservice_get_site_info"


@pytest.fixture
def admin(web: Web) -> str:
    return web.token()


def responses(web: Web, token: str, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = web.call(CALL, token, requests=list(requests)).json["responses"]
    return found


def test_the_public_configuration_tells_of_the_site(web: Web, admin: str) -> None:
    found = web.call("tool_mobile_get_public_config", admin).json
    assert (found["sitename"], found["wwwroot"]) == ("My Learning Site", web.site.load().url)
    assert (found["enablewebservices"], found["enablemobilewebservice"]) == (1, 0)


def test_logging_in_by_address_is_told_once_it_is_allowed(web: Web, admin: str) -> None:
    function = "tool_mobile_get_public_config"
    assert web.call(function, admin).json["authloginviaemail"] == 0
    making.setting(web.site, "authloginviaemail", value=True)
    assert web.call(function, admin).json["authloginviaemail"] == 1


def test_the_mobile_service_shows_once_it_is_on(web: Web, admin: str, site: TestSite) -> None:
    builtin_services.ensure(site.call())
    mobile = service_rows.by_shortname(site.session, MOBILE_SERVICE)
    assert mobile is not None
    services.edit(site.call(), mobile.id, Changes(enabled=True))
    found = web.call("tool_mobile_get_public_config", admin).json
    assert found["enablemobilewebservice"] == 1


def test_the_mobile_service_is_built_in_and_holds_all_its_functions(site: TestSite) -> None:
    builtin_services.ensure(site.call())
    builtin_services.ensure(site.call())
    mobile = service_rows.by_shortname(site.session, MOBILE_SERVICE)
    assert mobile is not None
    assert (mobile.component, mobile.enabled, mobile.restrictedusers) == ("moodle", 0, 0)
    held = service_rows.functions(site.session, mobile.id)
    assert sorted(held) == sorted(registry.in_service(MOBILE_SERVICE))


@pytest.mark.parametrize(
    ("section", "some"),
    [
        ("", "fullname"),
        ("calendar", "calendartype"),
        ("themesettings", "customusermenuitems"),
        ("themesettingsadvanced", "customusermenuitems"),
        ("nosuch", None),
    ],
)
def test_settings_come_by_section(web: Web, admin: str, section: str, some: str | None) -> None:
    found = web.call("tool_mobile_get_config", admin, section=section).json["settings"]
    names = [setting["name"] for setting in found]
    assert (some in names) if some else names == []


def test_the_names_of_the_site_are_shown_as_everywhere(web: Web, admin: str) -> None:
    front_page.rename(web.site.call(), fullname="A & B <i>c</i>", shortname="A&B")

    def names(**settings: Any) -> list[str]:
        found = web.call("tool_mobile_get_config", admin, section="frontpagesettings", **settings)
        return [setting["value"] for setting in found.json["settings"][:2]]

    assert names() == ["A &amp; B c", "A&amp;B"]
    assert web.call("tool_mobile_get_public_config", admin).json["sitename"] == names()[0]
    assert names(moodlewssettingraw=1) == ["A & B <i>c</i>", "A&B"]


def test_one_setting_is_for_those_who_configure_the_site(web: Web, site: TestSite) -> None:
    other = web.token(making.user_with(site, "other", "webservice/rest:use"))
    for token, shown in ((web.token(), True), (other, False)):
        found = web.call("tool_mobile_get_config", token, section="frontpagesettings").json
        names = [setting["name"] for setting in found["settings"]]
        assert ("defaultfrontpageroleid" in names) is shown


def test_several_calls_are_answered_in_order(web: Web, admin: str) -> None:
    first, second = responses(
        web,
        admin,
        {"function": SITE_INFO},
        {"function": "core_course_get_courses", "arguments": '{"options": {"ids": [1]}}'},
    )
    assert json.loads(first["data"])["sitename"] == "My Learning Site"
    assert [course["id"] for course in json.loads(second["data"])] == [1]


def test_a_function_that_returns_nothing_has_null_for_data(web: Web, admin: str) -> None:
    category = making.category(web.site, "Old")
    change = {
        "function": "core_course_update_categories",
        "arguments": json.dumps({"categories": [{"id": category, "name": "New"}]}),
    }
    nothing, after = responses(web, admin, change, {"function": SITE_INFO})
    assert nothing == {"error": False, "data": None}
    assert after["error"] is False


def test_arguments_that_are_no_object_count_as_none(web: Web, admin: str) -> None:
    for arguments in ("[1]", "5", "no json", "[" * 5000):
        (one,) = responses(web, admin, {"function": SITE_INFO, "arguments": arguments})
        assert one["error"] is False


def test_null_is_taken_only_where_a_page_says_so(web: Web, admin: str) -> None:
    course, user = making.course(web.site, "ALG"), making.user(web.site, "sam")
    enrol = {"roleid": making.role_id(web.site, "student"), "userid": user, "courseid": course}
    enrolment = {
        "function": "enrol_manual_enrol_users",
        "arguments": json.dumps({"enrolments": [{**enrol, "timeend": None}]}),
    }
    (refused,) = responses(web, admin, enrolment)
    assert json.loads(refused["exception"])["errorcode"] == "invalidparameter"
    preference = {
        "function": "core_user_update_user_preferences",
        "arguments": json.dumps({"userid": user, "emailstop": None}),
    }
    (done,) = responses(web, admin, preference)
    assert done == {"error": False, "data": None}


def test_nothing_follows_the_first_error_and_what_was_done_stays(web: Web, admin: str) -> None:
    course = making.course(web.site, "ALG")
    group = {"courseid": course, "name": "Red", "description": ""}
    create = {
        "function": "core_group_create_groups",
        "arguments": json.dumps({"groups": [group]}),
    }
    done, refused = responses(web, admin, create, create, {"function": SITE_INFO})
    assert done["error"] is False
    exception = json.loads(refused["exception"])
    assert exception["errorcode"] == "invalidparameter"
    assert set(exception) == {"message", "errorcode", "link", "moreinfourl"}
    listed = web.call("core_group_get_course_groups", admin, courseid=course).json
    assert len(listed) == 1


def test_tok_6_a_function_outside_the_service_stays_closed(web: Web, site: TestSite) -> None:
    user_id = making.user_with(site, "small", "webservice/rest:use")
    service = making.service(site, "small", CALL, "mod_quiz_get_user_attempts", users=[user_id])
    token = making.token(site, user_id, service)
    (one,) = responses(web, token, {"function": SITE_INFO})
    expected = {"errorcode": "accessexception", "module": "webservice"}
    assert json.loads(one["exception"]) == expected
    (other,) = responses(web, token, {"function": "mod_quiz_get_user_attempts"})
    assert json.loads(other["exception"])["errorcode"] == "functionnotimplemented"


def test_the_settings_of_each_call_are_its_own(web: Web, admin: str) -> None:
    making.course(web.site, "AB", fullname="A & B")
    arguments = '{"options": {"ids": [2]}}'
    request = {"function": "core_course_get_courses", "arguments": arguments}
    cooked, raw = responses(web, admin, request, {**request, "settingraw": 1})
    assert json.loads(cooked["data"])[0]["fullname"] == "A &amp; B"
    assert json.loads(raw["data"])[0]["fullname"] == "A & B"


def test_no_calls_are_no_call(web: Web, admin: str) -> None:
    assert web.call(CALL, admin).error[1] == "invalidparameter"
