"""Ending manual enrolments: what goes with them, all or none, and each refusal once."""

from typing import Any

import pytest

from coursewire.contracts import enrol_manual as c
from coursewire.contracts.errors import MissingRecord, MoodleError, NoPermission, RequireLogin
from coursewire.domain import enrolments, group_members
from coursewire.functions import enrol_manual as bodies
from coursewire.store import activity_completions, users
from coursewire.store import audit as audit_rows
from coursewire.store import enrolments as rows
from tests.support import making
from tests.support.gradebook import Gradebook
from tests.support.participants import School
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Web

ADMIN, GUEST, UNKNOWN = 2, 1, 987654


def unenrol(site: TestSite, *pairs: tuple[int, int], user: int = ADMIN) -> None:
    sent = [c.EndedEnrolment(userid=user_id, courseid=course_id) for user_id, course_id in pairs]
    bodies.unenrol_users(site.call(user), c.UnenrolUsers(enrolments=sent))


@pytest.fixture
def school(site: TestSite) -> School:
    return School(site)


def test_with_the_last_enrolment_roles_and_groups_go(school: School) -> None:
    site, ann, course = school.site, school.ann, school.course
    before = len(audit_rows.records(site.session))
    unenrol(site, (ann, course), (school.cy, course), (school.lone, course))
    assert enrolments.enrolled_users(site.session, [ann, school.ben, school.cy], course) == {
        school.ben
    }
    assert site.call(ann).permissions.assigned_in(making.course_context(site, course)) == set()
    assert group_members.of_groups(site.call(), [school.red]) == {}
    assert len(audit_rows.records(site.session)) == before + 1
    with unchanged(site.session):
        unenrol(site, (ann, course))


def test_who_is_in_by_another_way_keeps_everything(school: School) -> None:
    site, course = school.site, school.course
    call = site.call()
    with call.transaction():
        door = enrolments.add_instance(call, course, "self")
    other = enrolments.get_instance(site.session, door)
    enrolments.enrol(call, {other: [enrolments.Enrolment(user_id=school.ann)]})
    unenrol(site, (school.ann, course))
    assert group_members.of_groups(site.call(), [school.red]) == {school.red: [school.ann]}


def test_a_way_that_is_switched_off_can_still_be_left(school: School) -> None:
    site, course = school.site, school.course
    (way,) = enrolments.instances(site.session, course)
    rows.change_instance(site.session, way.id, {"status": 1})
    unenrol(site, (school.ann, course))
    assert not enrolments.is_enrolled(site.session, school.ann, course)


def test_what_grades_had_completed_is_taken_back(site: TestSite) -> None:
    book = Gradebook(site)
    task = book.graded("Task", completion=2, completionusegrade=1)
    book.grade(task, {book.ann: 60.0})
    assert _states(site, book.ann, task) == [1]
    unenrol(site, (book.ann, book.course))
    assert _states(site, book.ann, task) == [0]


def _states(site: TestSite, user_id: int, cmid: int) -> list[int]:
    found = activity_completions.of_activities(site.session, [cmid], [user_id])
    return [each.state for each in found]


def test_authz_4_one_bad_item_ends_no_enrolment(school: School) -> None:
    site, ann, course = school.site, school.ann, school.course
    gone, new = making.user(site, "gone"), making.user(site, "new", confirmed=False)
    users.change(site.session, gone, {"deleted": 1})
    closed, bare = making.course(site, "BIO"), making.course(site, "BAR", manual=False)
    with site.session.transaction():
        for way in enrolments.instances(site.session, bare):
            rows.remove_instance(site.session, way.id)
    teacher = school.tina
    with unchanged(site.session):
        with refused(MissingRecord):
            unenrol(site, (ann, course), (ann, UNKNOWN))
        with refused(MissingRecord):
            unenrol(site, (ann, course), (UNKNOWN, course))
        for code, user_id in (
            ("userdeleted", gone),
            ("usernotconfirmed", new),
            ("guestsarenotallowed", GUEST),
        ):
            with refused(MoodleError, code):
                unenrol(site, (ann, course), (user_id, course))
        with refused(MoodleError, "wsnoinstance"):
            unenrol(site, (ann, course), (ann, bare))
        with refused(RequireLogin):
            unenrol(site, (ann, course), (ann, closed), user=teacher)
        with refused(NoPermission):
            unenrol(site, (ann, course), user=ann)
    unenrol(site, (ann, course), user=teacher)
    assert not enrolments.is_enrolled(site.session, ann, course)


def test_authz_4_who_leaves_takes_nobody_along_afterwards(web: Web, school: School) -> None:
    """Each item is judged by what the caller still is after the items before it."""
    ann, tina, course = school.ann, school.tina, school.course
    making.role(school.site, "protocol", ("webservice/rest:use",))
    making.assign(school.site, "protocol", tina)
    token = web.token(tina)

    def told(*users: int) -> Any:
        sent = [{"userid": user, "courseid": course} for user in users]
        return web.call("enrol_manual_unenrol_users", token, enrolments=sent).json

    assert told(tina, ann)["errorcode"] == "requireloginerror"
    there = enrolments.enrolled_users(school.site.session, [ann, tina], course)
    assert there == {ann, tina}
    assert told(ann, tina) is None
    assert not enrolments.enrolled_users(school.site.session, [ann, tina], course)


def test_many_leave_in_as_many_statements_as_few(school: School) -> None:
    site, course = school.site, school.course
    more = [school.person(f"p{number}") for number in range(10)]
    unenrol(site, (school.cy, course))
    with noted(site.session) as one:
        unenrol(site, (school.ann, course))
    with noted(site.session) as many:
        unenrol(site, *((user_id, course) for user_id in more))
    assert len(many) <= len(one)
