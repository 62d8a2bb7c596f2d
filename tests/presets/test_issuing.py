"""One screen's worth of an integration: seen before, made in one piece, told field by field."""

import pytest
from msgspec.structs import replace

from coursewire.contracts.function import AnyFunction
from coursewire.contracts.registry import entries
from coursewire.domain import roles, services, tokens, users
from coursewire.functions import catalogue
from coursewire.presets import issuing
from coursewire.presets.integration import Known, NewIntegration, problems
from coursewire.presets.issuing import Impossible
from coursewire.store import audit
from coursewire.store import services as service_rows
from coursewire.store import users as user_rows
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import web

BUILT_IN = catalogue.built_in()


def _contract(name: str) -> AnyFunction | None:
    bound = BUILT_IN.get(name)
    return None if bound is None else bound.contract


KNOWN = Known(tuple(entries()), _contract)
HEALTH = NewIntegration(what="health-check", new_user="svc-health", turn_on=True)
CYCLR = NewIntegration(what="cyclr", new_user="svc-cyclr", turn_on=True)


def fields(site: TestSite, wanted: NewIntegration) -> list[str]:
    return [problem.field for problem in problems(site.call(), wanted, KNOWN)]


def test_a_preview_leaves_nothing_behind(site: TestSite) -> None:
    before = len(audit.records(site.session, limit=1000))
    found = issuing.preview(site.call(), CYCLR, KNOWN)
    assert "may call 23 functions (11 read, 12 write) of Cyclr as svc-cyclr" in found.sentence
    assert "role cyclr with 20 capabilities" in found.changes
    assert "web services and REST on" in found.changes
    assert not [answer for answer in found.checks if answer.state == "fail"]
    assert not [each for each in found.functions if each.state == "refused"]
    assert user_rows.by_username(site.session, "svc-cyclr") is None
    assert roles.find(site.session, "cyclr") is None
    assert not site.load().webservices_enabled
    assert len(audit.records(site.session, limit=1000)) == before


def test_what_was_seen_is_what_is_made(site: TestSite) -> None:
    seen = issuing.preview(site.call(), HEALTH, KNOWN)
    made = issuing.issue(site.call(), HEALTH, KNOWN)
    assert seen.changes == (*made.done, *made.also)
    with web(site) as served:
        info = served.call("core_webservice_get_site_info", made.issued.token).json
        assert info["username"] == "svc-health"


def test_without_the_switches_the_doors_stay_closed(site: TestSite) -> None:
    found = issuing.preview(site.call(), replace(HEALTH, turn_on=False), KNOWN)
    assert [answer.name for answer in found.checks if answer.state == "fail"] == [
        "web services on",
        "REST on",
    ]
    assert found.functions[0].state == "refused"


def test_an_unticked_capability_shows_what_will_fail(site: TestSite) -> None:
    wanted = replace(CYCLR, without=frozenset({"moodle/role:assign", "moodle/user:viewalldetails"}))
    found = issuing.preview(site.call(), wanted, KNOWN)
    states = {each.name: each.state for each in found.functions}
    assert states["enrol_manual_enrol_users"] == "refused"
    assert states["core_user_get_users"] == "limited"
    assert "moodle/role:assign" in {each.name for each in found.capabilities}


def test_a_custom_service_gets_the_role_that_its_functions_need(site: TestSite) -> None:
    wanted = NewIntegration(
        what="custom",
        service_name="Group sync",
        functions=("core_group_create_groups", "core_group_get_course_groups"),
        new_user="svc-groups",
        turn_on=True,
    )
    found = issuing.preview(site.call(), wanted, KNOWN)
    assert {each.state for each in found.functions} == {"allowed"}
    issuing.issue(site.call(), wanted, KNOWN)
    role = roles.find(site.session, "svc_group_sync")
    assert role is not None
    assert fields(site, replace(wanted, new_user="svc-other")) == ["service_name"]


def test_a_role_can_be_given_in_a_course_only(site: TestSite) -> None:
    course = making.course(site, "ALG")
    other = making.course(site, "GEO")
    making.setting(site, "enablewebservices", value=True)
    making.setting(site, "webserviceprotocols", value=("rest",))
    made = issuing.issue(site.call(), replace(CYCLR, course_ids=(course,)), KNOWN)
    with web(site) as served:
        token = made.issued.token
        groups = served.call("core_group_get_course_groups", token, courseid=course)
        assert groups.json == []
        refused = served.call("core_group_get_course_groups", token, courseid=other)
        assert refused.error[1] == "errorcoursecontextnotvalid"


def test_a_copy_has_the_same_rights(site: TestSite) -> None:
    first = issuing.issue(site.call(), CYCLR, KNOWN)
    copied = NewIntegration(what="copy", copy_of=first.issued.handle)
    same = issuing.issue(site.call(), copied, KNOWN)
    assert same.username == "svc-cyclr"
    other = issuing.issue(site.call(), replace(copied, new_user="svc-2", token_name="two"), KNOWN)
    found = issuing.preview(
        site.call(), NewIntegration(what="copy", copy_of=other.issued.handle), KNOWN
    )
    assert not [each for each in found.functions if each.state == "refused"]


def test_a_copy_makes_as_many_calls_and_turns_on_what_was_asked_for(site: TestSite) -> None:
    first = issuing.issue(site.call(), replace(HEALTH, turn_on=False), KNOWN)
    tokens.edit(site.call(), first.issued.id, tokens.Changes(rate=30, burst=3))
    copied = NewIntegration(what="copy", copy_of=first.issued.handle, turn_on=True)
    seen = issuing.preview(site.call(), copied, KNOWN)
    assert "web services and REST on" in seen.changes
    made = issuing.issue(site.call(), copied, KNOWN)
    token = tokens.require(site.call(), made.issued.id)
    assert (token.rate, token.burst) == (30, 3)
    with web(site) as served:
        assert served.call("core_webservice_get_site_info", made.issued.token).json["username"]


def test_a_copy_is_not_confined_to_places(site: TestSite) -> None:
    first = issuing.issue(site.call(), CYCLR, KNOWN)
    course = making.course(site, "ALG")
    copied = NewIntegration(what="copy", copy_of=first.issued.handle, new_user="svc-2")
    assert fields(site, replace(copied, course_ids=(course,))) == ["places"]


def test_everything_wrong_is_told_at_once(site: TestSite) -> None:
    making.user(site, "off", suspended=True)
    wanted = NewIntegration(
        what="custom",
        functions=("core_group_get_group", "core_group_get_groups"),
        user="off",
        token_name="n" * 300,
        iprestriction="192.0.2.1, not-an-ip",
        validuntil="2027-02-31",
        course_ids=(99,),
    )
    found = {problem.field: problem for problem in problems(site.call(), wanted, KNOWN)}
    assert list(found) == [
        "functions",
        "service_name",
        "user",
        "token_name",
        "iprestriction",
        "validuntil",
        "places",
    ]
    assert "core_group_get_groups" in found["functions"].remedy
    assert "off is suspended" in found["user"].text
    assert "'not-an-ip'" in found["iprestriction"].text
    assert "'2027-02-31' is not a date" in found["validuntil"].text
    with pytest.raises(Impossible):
        issuing.issue(site.call(), wanted, KNOWN)


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("what", replace(HEALTH, what="percipio")),
        ("what", replace(HEALTH, what="moodle")),
        ("copy_of", replace(HEALTH, what="copy", copy_of="nothing")),
        ("functions", replace(HEALTH, what="custom", service_name="A")),
        ("new_user", replace(HEALTH, new_user="")),
        ("new_user", replace(HEALTH, new_user="Upper Case")),
        ("new_user", replace(HEALTH, new_user="admin")),
        ("user", replace(HEALTH, user="2")),
        ("user", replace(HEALTH, new_user="", user="nobody")),
        ("user", replace(HEALTH, new_user="", user="guest")),
        ("confirmed", replace(HEALTH, new_user="", user="admin")),
        ("confirmed", replace(HEALTH, new_user="", user="2", confirmed="root")),
        ("validuntil", replace(HEALTH, validuntil="2001-01-01")),
        ("validuntil", replace(HEALTH, validuntil="soon")),
        ("validuntil", replace(HEALTH, validuntil="00001" + "9" * 30)),
    ],
)
def test_each_field_is_checked(site: TestSite, field: str, wanted: NewIntegration) -> None:
    assert fields(site, wanted) == [field]


def test_an_administrator_is_confirmed_by_name(site: TestSite) -> None:
    wanted = replace(HEALTH, new_user="", user="admin", confirmed="admin")
    assert issuing.issue(site.call(), wanted, KNOWN).username == "admin"


def test_a_name_is_given_once(site: TestSite) -> None:
    made = issuing.issue(site.call(), replace(HEALTH, token_name="monitor"), KNOWN)
    again = replace(HEALTH, new_user="", user="svc-health", token_name="monitor")
    assert fields(site, again) == ["token_name"]
    tokens.revoke(site.call(), made.issued.id)
    assert fields(site, again) == []


def test_a_disabled_service_of_a_preset_is_enabled(site: TestSite) -> None:
    issuing.issue(site.call(), HEALTH, KNOWN)
    found = service_rows.by_shortname(site.session, "health_check")
    assert found is not None
    services.edit(site.call(), found.id, services.Changes(enabled=False))
    wanted = replace(HEALTH, new_user="", user="svc-health")
    assert not [a for a in issuing.preview(site.call(), wanted, KNOWN).checks if a.state == "fail"]
    assert not services.require(site.call(), found.id).enabled


@pytest.mark.parametrize(("written", "days"), [("", 90), ("7", 7), ("365", 365), ("never", None)])
def test_ends_are_chosen_by_days(site: TestSite, written: str, days: int | None) -> None:
    made = issuing.issue(site.call(), replace(HEALTH, validuntil=written), KNOWN)
    assert made.issued.validuntil == (0 if days is None else site.now + days * 86_400)
    assert users.by_username(site.session, "svc-health").auth == "manual"
