"""Every state of the protocol's order of checks that Coursewire can be put into, examined."""

from collections.abc import Callable

import pytest

from coursewire.doctor.outside.causes import WORKS
from coursewire.doctor.outside.wanted import Wanted
from tests.doctor.patients import (
    EVERY_CIRCUMSTANCE,
    ILLNESSES,
    READ,
    SITE_INFO,
    WRITE,
    Circumstances,
    Illness,
    Patient,
)
from tests.doctor.visits import assert_nothing_could_change, called, visit
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

sqlite_only = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def _setting(name: str, value: object) -> Callable[[TestSite], None]:
    return lambda site: making.setting(site, name, value=value)  # type: ignore[arg-type]


SITE_WIDE = [
    ("web-services-off", _setting("enablewebservices", value=False)),
    ("rest-off", _setting("webserviceprotocols", value=())),
    ("maintenance", _setting("maintenance_enabled", value=True)),
]


@pytest.mark.parametrize("circumstances", EVERY_CIRCUMSTANCE)
def test_a_token_that_works_is_said_to_work(web: Web, circumstances: Circumstances) -> None:
    report = visit(web, Patient(web.site, "well", circumstances).value)
    assert report.causes == (WORKS,)
    assert report.exit_code == 0
    assert_nothing_could_change(web)


@pytest.mark.parametrize("illness", ILLNESSES, ids=lambda each: f"{each.row} {each.name}")
def test_the_true_cause_is_in_the_set_and_alone_where_it_can_be(web: Web, illness: Illness) -> None:
    for number, circumstances in enumerate(EVERY_CIRCUMSTANCE):
        patient = Patient(web.site, f"patient{number}", circumstances)
        illness.infect(patient)
        report = visit(web, patient.value)
        expected = illness.expected(circumstances) if illness.expected else (illness.cause,)
        assert illness.cause in report.causes, circumstances
        assert report.causes == expected, circumstances
        # With another function that can be called the token is good; it only lacks one.
        assert report.exit_code == (1 if report.causes == ("not-in-service",) else 4)
    assert_nothing_could_change(web)


@sqlite_only
@pytest.mark.parametrize("illness", ILLNESSES, ids=lambda each: f"{each.row} {each.name}")
def test_headers_of_coursewire_tell_the_doctor_nothing(web: Web, illness: Illness) -> None:
    found = []
    for number, headers in enumerate((True, False)):
        patient = Patient(web.site, f"patient{number}", EVERY_CIRCUMSTANCE[0])
        illness.infect(patient)
        report = visit(web, patient.value, headers=headers)
        # The site's own words name the user, who is another one each time.
        rows = [(row.state, row.name, row.fix) for row in report.findings]
        found.append((report.causes, report.seen, rows))
    assert found[0] == found[1]


@pytest.mark.parametrize(("cause", "befall"), SITE_WIDE, ids=lambda each: str(each)[:20])
def test_a_state_of_the_whole_site(
    web: Web, cause: str, befall: Callable[[TestSite], None]
) -> None:
    patient = Patient(web.site, "well", EVERY_CIRCUMSTANCE[0])
    befall(web.site)
    report = visit(web, patient.value)
    assert report.causes == (cause,)
    assert report.exit_code == (4 if cause == "maintenance" else 5)


# Somebody who is deleted for real can get no second fault.
FIRST = [each for each in ILLNESSES if each.name != "deleted user"]


@sqlite_only
@pytest.mark.parametrize("first", FIRST, ids=lambda each: f"{each.row} {each.name}")
def test_of_two_faults_the_first_is_named(web: Web, first: Illness) -> None:
    later = ILLNESSES[ILLNESSES.index(first) + 1 :]
    for number, second in enumerate(later):
        # A token is not made bad in two ways, and the checks of one row share their answer.
        if second.row == first.row or "token" in second.name or second.name == "deleted user":
            continue
        patient = Patient(web.site, f"patient{number}", Circumstances(downloads=True, reads=True))
        first.infect(patient)
        second.infect(patient)
        assert first.cause in visit(web, patient.value).causes, second.name


@pytest.mark.parametrize("illness", ILLNESSES, ids=lambda each: f"{each.row} {each.name}")
@sqlite_only
def test_maintenance_hides_the_states_of_a_user(web: Web, illness: Illness) -> None:
    patient = Patient(web.site, "patient", EVERY_CIRCUMSTANCE[-1])
    illness.infect(patient)
    making.setting(web.site, "maintenance_enabled", value=True)
    hidden = int(illness.row) > 9
    expected = "maintenance" if hidden else illness.cause
    assert expected in visit(web, patient.value).causes


def test_without_consuming_no_token_is_sent(web: Web) -> None:
    patient = Patient(web.site, "patient", EVERY_CIRCUMSTANCE[0])
    patient.value, _ = patient.issue(validuntil=web.site.now + 10)
    web.site.clock.pass_seconds(11)
    report = visit(web, patient.value, may_consume=False)
    assert {"token-expired", WORKS} <= set(report.causes)
    assert report.exit_code == 0
    assert [row.state for row in report.findings] == ["ok", "unknown"]
    assert called(web) == []
    # The token is as it was: its first use is still to come.
    assert visit(web, patient.value).causes == ("token-expired", "session-gone")


def test_functions_are_named_one_by_one(web: Web) -> None:
    patient = Patient(web.site, "patient", Circumstances(downloads=False, reads=True))
    missing_read, missing_write = "core_group_get_groupings", "core_group_delete_groups"
    unknown = "local_nobody_has_this"
    wanted = Wanted(functions=(SITE_INFO, READ, WRITE, missing_read, missing_write, unknown))
    report = visit(web, patient.value, wanted)
    found = {row.name: (row.state, row.fact) for row in report.findings}
    assert found[READ] == ("ok", "in the service; it gets as far as its parameters")
    assert found[WRITE] == ("ok", "in the service")
    assert found[missing_read] == ("missing", "not in the token's service")
    assert found[missing_write] == ("missing", "not in the token's service")
    assert found[unknown] == ("missing", "the site has no such function")
    assert report.exit_code == 1
    assert_nothing_could_change(web)


def test_without_site_info_what_may_write_is_not_tried(web: Web) -> None:
    user_id = making.user_with(web.site, "svc", "webservice/rest:use")
    service_id = making.service(web.site, "svc", READ, WRITE, users=[user_id])
    token = making.token(web.site, user_id, service_id)
    report = visit(web, token, Wanted(functions=(READ, WRITE)))
    found = {row.name: row.state for row in report.findings}
    assert found == {
        "site": "ok", "token": "ok", "not-in-service": "unknown", READ: "ok", WRITE: "unknown",
    }  # fmt: skip
    assert_nothing_could_change(web)


def test_a_function_that_the_server_lacks_is_told_from_one_outside_the_service(web: Web) -> None:
    name = "mod_quiz_get_user_attempts"
    user_id = making.user_with(web.site, "svc", "webservice/rest:use")
    service_id = making.service(web.site, "svc", SITE_INFO, name, users=[user_id])
    report = visit(web, making.token(web.site, user_id, service_id), Wanted(functions=(name,)))
    assert [(row.state, row.name) for row in report.findings][-1] == ("missing", name)
    assert "does not have it yet" in report.findings[-1].fact
