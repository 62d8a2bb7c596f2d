"""`percipio_progress_tracking`: the example document, and what its variants are answered."""

import json
from typing import Any, NamedTuple

import pytest
from sqlalchemy import update

from coursewire.domain import (
    activities,
    activity_completion,
    completion_criteria,
    enrolment_instances,
    enrolments,
    grade_items,
    roles,
)
from coursewire.domain.completion_criteria import Criteria
from coursewire.store import activity_completions, course_completions, grades
from coursewire_percipio import PLUGIN, attempts, entries, tables
from tests.plugins.percipio import documents
from tests.plugins.percipio.documents import PERCIPIOID
from tests.plugins.percipio.partner_calls import PartnerCalls
from tests.support import making
from tests.support.plugins import tell

ERROR = "core\\exception\\moodle_exception"


class Stored(NamedTuple):
    """What the site knows of a person and the imported course."""

    state: int
    grade: float | None
    total: float | None
    feedback: str | None


@pytest.fixture
def learner(partner: PartnerCalls) -> int:
    """A user, and the imported course."""
    assert partner.imports(documents.asset()).json["code"] == 200
    return making.user(partner.site, "learner")


def stored(partner: PartnerCalls, user_id: int) -> Stored:
    session = partner.site.session
    entry = entries.find(session, PERCIPIOID)
    assert entry is not None
    activity = activities.require(session, entry.course_module_id)
    item = grade_items.of_activity(session, entry.course_id, "percipio", activity.instance)
    assert item is not None
    found = activity_completions.of_user(session, user_id, [activity.id]).get(activity.id)
    held = grades.of_users(
        session, [each.id for each in grade_items.of_course(session, entry.course_id)], [user_id]
    ).get(user_id, [])
    own = next((each for each in held if each.item_id == item.id), None)
    total = next((each for each in held if each.item_id != item.id), None)
    return Stored(
        state=found.state if found else 0,
        grade=own.finalgrade if own else None,
        total=total.finalgrade if total else None,
        feedback=own.feedback if own else None,
    )


def test_the_example_document_is_written(partner: PartnerCalls, learner: int) -> None:
    answer = partner.reports(documents.progress(username=str(learner)))
    assert (answer.status, answer.json["code"]) == (200, 200)
    known = stored(partner, learner)
    assert known == Stored(1, 90.0, 90.0, "completed · 90 % · PT4M51S")
    entry = entries.find(partner.site.session, PERCIPIOID)
    assert entry is not None
    assert enrolments.is_enrolled(partner.site.session, learner, entry.course_id)
    (row,) = attempts.listed(partner.site.session, attempts.Wanted(), 10)
    assert (row.passingscore, row.lastscore, row.percentcomplete) == (80, 70, 90)
    assert (row.timecreated, row.timemodified) == (1567752144000, 1567752144897)


def test_an_older_report_changes_nothing(partner: PartnerCalls, learner: int) -> None:
    partner.reports(documents.progress(username=str(learner), finalgrade=90))
    older = documents.progress(
        username=str(learner), finalgrade=10, completionstate=0, timemodified=1567752144896
    )
    answer = partner.reports(older)
    assert (answer.status, answer.json["code"]) == (200, 200)
    assert "changed nothing" in answer.json["message"]
    assert stored(partner, learner)[:2] == (1, 90.0)


def test_a_report_from_far_ahead_does_not_outdate_what_follows(
    partner: PartnerCalls, learner: int
) -> None:
    now = partner.site.now * 1000
    ahead = {"username": str(learner), "finalgrade": 10}
    answer = partner.reports(documents.progress(**ahead, timemodified=now + attempts.AHEAD + 1))
    assert (answer.status, answer.error) == (422, (ERROR, "errorinvalidparam"))
    assert "timemodified" in answer.json["message"]
    partner.reports(documents.progress(username=str(learner), timemodified=now))
    assert stored(partner, learner).grade == 90.0
    # Clocks differ a little.
    partner.reports(documents.progress(**ahead, timemodified=now + attempts.AHEAD))
    assert stored(partner, learner).grade == 10.0


@pytest.mark.parametrize(("ahead", "grade"), [(attempts.AHEAD, 10.0), (attempts.AHEAD + 1, 90.0)])
def test_a_report_stored_from_far_ahead_outdates_nothing(
    partner: PartnerCalls, learner: int, ahead: int, grade: float
) -> None:
    """Reports were once taken whatever time they told."""
    now = partner.site.now * 1000
    partner.reports(documents.progress(username=str(learner), finalgrade=10, timemodified=now))
    told = update(tables.attempts).values(timemodified=now + ahead)
    partner.site.session.execute(told)
    partner.reports(documents.progress(username=str(learner), timemodified=now))
    assert stored(partner, learner).grade == grade


def test_the_state_is_as_it_was_sent_whatever_the_grade(
    partner: PartnerCalls, learner: int
) -> None:
    partner.reports(documents.progress(username=str(learner), completionstate=0))
    assert stored(partner, learner)[:2] == (0, 90.0)


def test_no_grade_is_no_grade(partner: PartnerCalls, learner: int) -> None:
    answer = partner.reports(documents.progress(username=str(learner), finalgrade=None))
    assert answer.json["code"] == 200
    assert stored(partner, learner)[:3] == (1, None, None)


def test_unknown_keys_are_kept_with_the_attempt(partner: PartnerCalls, learner: int) -> None:
    partner.reports(documents.progress(username=str(learner), badge={"name": "Cloud"}))
    (row,) = attempts.listed(partner.site.session, attempts.Wanted(), 10)
    assert json.loads(row.document)["badge"] == {"name": "Cloud"}


def test_times_that_are_null_are_now(partner: PartnerCalls, learner: int) -> None:
    partner.reports(documents.progress(username=str(learner), timemodified=None))
    (row,) = attempts.listed(partner.site.session, attempts.Wanted(), 10)
    assert row.timemodified == partner.site.now * 1000


def test_a_user_name_stands_for_the_id(partner: PartnerCalls, learner: int) -> None:
    assert partner.reports(documents.progress(username="learner")).json["code"] == 200
    assert stored(partner, learner).grade == 90.0


def test_a_user_name_is_not_looked_up_where_that_is_off(
    partner: PartnerCalls, learner: int
) -> None:
    tell(partner.site, PLUGIN, usernamefallback="off")
    answer = partner.reports(documents.progress(username="learner"))
    assert (answer.status, answer.error) == (200, (ERROR, "error"))
    assert stored(partner, learner).grade is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"courseshortname": " "}, "errorinvalidparam"),
        ({"username": ""}, "errorinvalidparam"),
        ({"courseshortname": "unknown"}, "error"),
        ({"username": "999999"}, "error"),
        ({"username": "9" * 40}, "error"),
    ],
)
def test_what_theirs_refuses_is_refused_alike(
    partner: PartnerCalls, learner: int, changes: dict[str, Any], code: str
) -> None:
    answer = partner.reports(documents.progress(**{"username": str(learner), **changes}))
    assert (answer.status, answer.error) == (200, (ERROR, code))


def test_what_is_no_json_is_an_invalid_parameter(partner: PartnerCalls) -> None:
    answer = partner.reports("no JSON")
    assert (answer.status, answer.error) == (200, (ERROR, "errorinvalidparam"))


@pytest.mark.parametrize("data", ['{"username": "3", ', "[]", '"text"', '{"a": NaN}'])
def test_ill_formed_json_is_told_with_status_422(partner: PartnerCalls, data: str) -> None:
    answer = partner.reports(data)
    assert (answer.status, answer.error) == (422, (ERROR, "errorinvalidparam"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("finalgrade", "many"),
        ("finalgrade", 1000),
        ("finalgrade", -1),
        ("finalgrade", [90]),
        ("finalgrade", True),
        pytest.param("finalgrade", 10**400, id="finalgrade-huge"),
        ("passingscore", 101),
        ("lastscore", "x"),
        ("percentcomplete", 101),
        ("totalduration", "4 minutes"),
        ("totalduration", "PT"),
        ("totalduration", "PT5S\n"),
        ("completionstate", 7),
        ("completionstate", "done"),
        ("completionmessage", {"text": "x"}),
        ("timemodified", "now"),
        ("timecreated", -5),
        pytest.param("timecreated", 10**400, id="timecreated-huge"),
    ],
)
def test_an_unfit_key_is_named_with_status_422(
    partner: PartnerCalls, learner: int, key: str, value: Any
) -> None:
    answer = partner.reports(documents.progress(**{"username": str(learner), key: value}))
    assert (answer.status, answer.error) == (422, (ERROR, "errorinvalidparam"))
    assert key in answer.json["message"]
    assert stored(partner, learner) == Stored(0, None, None, None)
    assert attempts.count(partner.site.session, attempts.Wanted()) == 0


def test_a_course_that_nobody_can_enter_by_themselves_enrols_nobody(
    partner: PartnerCalls, learner: int
) -> None:
    session = partner.site.session
    entry = entries.find(session, PERCIPIOID)
    assert entry is not None
    for way in enrolments.instances(session, entry.course_id):
        if way.enrol == "self":
            enrolment_instances.change(partner.site.call(), way.id, status=1)
    answer = partner.reports(documents.progress(username=str(learner)))
    assert (answer.status, answer.error[1]) == (422, "canntenrol")
    assert not enrolments.is_enrolled(session, learner, entry.course_id)


def test_a_course_is_not_completed_by_what_a_report_takes_back(
    partner: PartnerCalls, learner: int
) -> None:
    site = partner.site
    entry = entries.find(site.session, PERCIPIOID)
    assert entry is not None
    wanted = Criteria(activities=[entry.course_module_id])
    completion_criteria.set_all(site.call(), entry.course_id, wanted)
    activity = activities.require(site.session, entry.course_module_id)
    activity_completion.override(site.call(), activity, learner, 1)
    partner.reports(documents.progress(username=str(learner), completionstate=0))
    assert enrolments.is_enrolled(site.session, learner, entry.course_id)
    assert not course_completions.completed_by(site.session, entry.course_id, [learner])
    later = documents.progress(username=str(learner), timemodified=1567752144898)
    partner.reports(later)
    assert learner in course_completions.completed_by(site.session, entry.course_id, [learner])


def test_a_way_whose_role_was_removed_gives_none(partner: PartnerCalls, learner: int) -> None:
    site = partner.site
    entry = entries.find(site.session, PERCIPIOID)
    assert entry is not None
    helper = making.role(site, "helper")
    for way in enrolments.instances(site.session, entry.course_id):
        if way.enrol == "self":
            enrolment_instances.change(site.call(), way.id, roleid=helper)
    with (call := site.call()).transaction():
        roles.remove(call, helper)
    answer = partner.reports(documents.progress(username=str(learner)))
    assert (answer.status, answer.json["code"]) == (200, 200)
    assert enrolments.is_enrolled(site.session, learner, entry.course_id)
    place = making.course_context(site, entry.course_id)
    assert not site.call(learner).permissions.assigned_in(place)


def test_without_the_right_to_grade_nothing_is_written(partner: PartnerCalls, learner: int) -> None:
    clerk = making.user_with(partner.site, "clerk", "webservice/rest:use", "moodle/course:view")
    other = PartnerCalls(partner.web, partner.web.service_token("Percipio-API", clerk))
    answer = other.reports(documents.progress(username=str(learner)))
    assert (answer.status, answer.error[1]) == (200, "nopermissions")
    assert stored(partner, learner).grade is None


def test_a_number_too_long_for_an_id_is_no_user(partner: PartnerCalls) -> None:
    partner.imports(documents.asset())
    answer = partner.reports(documents.progress(username="9" * 5000))
    assert (answer.status, answer.error) == (200, (ERROR, "error"))
