"""What reading calls tell of capabilities, against what the user really has."""

import pytest

from coursewire.contracts.registry import entries
from coursewire.doctor.outside.findings import Report
from coursewire.doctor.outside.wanted import Need, Wanted, declared
from coursewire.presets import model
from coursewire.presets.apply import Wanted as Applied
from coursewire.presets.apply import apply
from tests.doctor.visits import assert_nothing_could_change, visit
from tests.support import making
from tests.support.web import Web

PRESET = model.load("cyclr")
FUNCTIONS = ("core_webservice_get_site_info", *PRESET.functions)
WANTED = Wanted(
    functions=FUNCTIONS,
    needs=tuple(Need(capability=each.name, reason=each.reason) for each in PRESET.capabilities),
)
# What a reading call can prove missing.
PROVABLE = {
    "moodle/user:viewalldetails",
    "moodle/site:viewuseridentity",
    "moodle/grade:viewall",
    "moodle/course:managegroups",
}


def account(web: Web, *without: str) -> str:
    """A token of an account with all the preset's capabilities but these."""
    made = [each.name for each in PRESET.capabilities if each.name not in without]
    user_id = making.user_with(web.site, "svc", *made)
    service_id = making.service(web.site, "svc", *FUNCTIONS, users=[user_id])
    return making.token(web.site, user_id, service_id)


def states(report: Report) -> dict[str, str]:
    return {row.name: row.state for row in report.findings if "/" in row.name}


def test_nothing_is_said_to_be_missing_that_is_there(web: Web) -> None:
    making.course(web.site, "hidden", visible=0)
    report = visit(web, account(web), WANTED)
    found = states(report)
    assert "missing" not in found.values()
    seen = ("moodle/user:viewalldetails", "moodle/grade:viewall", "moodle/course:managegroups",
            "moodle/course:view", "moodle/course:viewhiddencourses", "moodle/course:update",
            "webservice/rest:use", "moodle/user:viewdetails")  # fmt: skip
    assert {name: found[name] for name in seen} == dict.fromkeys(seen, "ok")
    assert report.exit_code == 0
    assert_nothing_could_change(web)


@pytest.mark.parametrize("capability", sorted(PROVABLE))
def test_a_missing_capability_is_named(web: Web, capability: str) -> None:
    report = visit(web, account(web, capability), WANTED)
    found = states(report)
    assert {name for name, state in found.items() if state == "missing"} == {capability}
    assert report.exit_code == 1


def test_a_course_that_cannot_be_entered_leaves_open_which_right_is_missing(web: Web) -> None:
    making.course(web.site, "open")
    token = account(web, "moodle/course:view")
    report = visit(web, token, WANTED)
    assert states(report)["moodle/course:view"] == "unknown"


def test_a_hidden_course_that_cannot_be_entered_leaves_open_which_right_is_missing(
    web: Web,
) -> None:
    making.course(web.site, "hidden", visible=0)
    report = visit(web, account(web, "moodle/course:viewhiddencourses"), WANTED)
    assert states(report)["moodle/course:viewhiddencourses"] == "unknown"


def test_an_administrator_has_everything(web: Web) -> None:
    report = visit(web, web.token(), WANTED)
    assert set(states(report).values()) == {"ok"}


def test_what_hinders_the_user_everywhere_is_told(web: Web) -> None:
    token = account(web)
    making.setting(web.site, "sitepolicy", value="https://school.example/policy")
    report = visit(web, token, WANTED)
    rows = {row.name: row.fact for row in report.findings if row.state == "missing"}
    assert "policy" in rows["account in order"]


def test_an_applied_preset_is_in_order(web: Web) -> None:
    made = apply(web.site.call(), PRESET, Applied(new_user="cyclr"), entries().__contains__)
    report = visit(web, made.issued.token, Wanted(functions=PRESET.functions, needs=WANTED.needs))
    assert [row.name for row in report.findings if row.state in ("missing", "fail")] == []
    # The guide's list has no site info: what may write stays open, what is read is told.
    found = {row.name: row.state for row in report.findings}
    assert found["core_user_create_users"] == "unknown"
    assert found["core_user_get_users"] == found["moodle/grade:viewall"] == "ok"
    assert report.exit_code == 0


def test_functions_bring_the_capabilities_that_moodle_declares() -> None:
    found = {need.capability: need.functions for need in declared(PRESET.functions)}
    assert found["moodle/user:create"] == ("core_user_create_users",)
    assert "core_group_create_groups" in found["moodle/course:managegroups"]
