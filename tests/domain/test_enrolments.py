"""Leaving courses, whose courses are whose, and their order."""

import pytest

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import (
    contexts,
    enrolled_courses,
    enrolments,
    grade_items,
    grades,
    group_members,
    role_assignments,
)
from coursewire.domain.enrolments import SELF, SUSPENDED, Enrolment
from coursewire.store import audit as audit_rows
from coursewire.store import grades as grade_rows
from coursewire.store import group_members as member_rows
from coursewire.store.users import with_role_assignments
from tests.support import making
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite


def unenrol(site: TestSite, course: int, *users: int) -> set[int]:
    (way, *_) = enrolments.instances(site.session, course)
    return enrolments.unenrol(site.call(), way, users)


def mine(site: TestSite, user: int, active_at: int | None = None) -> list[int]:
    found = enrolled_courses.of_user(site.session, user, site.load(), active_at)
    return [course.id for course in found]


class TestLeaving:
    def test_who_leaves_loses_roles_groups_and_grades_there(self, site: TestSite) -> None:
        course, other = making.course(site, "ALG"), making.course(site, "BIO")
        ann, ben = making.user(site, "ann"), making.user(site, "ben")
        for user in (ann, ben):
            making.enrol(site, user, course)
            making.enrol(site, user, other)
        group = making.group(site, course, "Red")
        group_members.add(site.call(), [(group, ann), (group, ben)])
        activity = contexts.get(site.session, contexts.MODULE, making.activity(site, course))
        making.assign(site, "teacher", ann, activity)
        item = grade_items.add_manual(site.call(), course, "Test")
        grades.set_grades(site.call(), item, {ann: 5, ben: 6})
        assert unenrol(site, course, ann, 2) == {ann}
        assert mine(site, ann) == [other]
        assert member_rows.of_groups(site.session, [group]) == {group: [ben]}
        assert set(grade_rows.of_users(site.session, [item], [ann, ben])) == {ben}
        held = role_assignments.of_user(site.session, ann)
        assert [each.context_id for each in held] == [making.course_context(site, other).id]
        assert audit_rows.records(site.session, limit=1)[0].action == "enrolment.unenrol"

    def test_who_has_another_way_in_keeps_everything(self, site: TestSite) -> None:
        course, ann = making.course(site, "ALG"), making.user(site, "ann")
        making.enrol(site, ann, course)
        call = site.call()
        with call.transaction():
            second = enrolments.add_instance(call, course, SELF)
        enrolments.enrol(
            call, {enrolments.get_instance(site.session, second): [Enrolment(user_id=ann)]}
        )
        assert unenrol(site, course, ann) == {ann}
        assert mine(site, ann) == [course]
        assert with_role_assignments(site.session, [ann]) == {ann}

    def test_a_role_that_a_component_gave_stays(self, site: TestSite) -> None:
        course, ann = making.course(site, "ALG"), making.user(site, "ann")
        making.enrol(site, ann, course)
        call, place = site.call(), making.course_context(site, course)
        with call.transaction():
            role_assignments.assign(call, 4, ann, place, component="enrol_cohort", itemid=1)
        unenrol(site, course, ann)
        held = role_assignments.of_user(site.session, ann)
        assert [each.component for each in held] == ["enrol_cohort"]

    def test_who_was_not_enrolled_leaves_nothing(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        before = len(audit_rows.records(site.session))
        assert unenrol(site, course, 2) == set()
        assert len(audit_rows.records(site.session)) == before

    def test_an_unknown_way_is_a_missing_record(self, site: TestSite) -> None:
        with pytest.raises(MissingRecord):
            enrolments.get_instance(site.session, UNKNOWN)


class TestCoursesOfAUser:
    def test_newer_courses_come_first_and_hidden_ones_last(self, site: TestSite) -> None:
        ann = making.user(site, "ann")
        courses = [making.course(site, name, visible=int(name != "B")) for name in ("A", "B", "C")]
        for course in courses:
            making.enrol(site, ann, course)
        a, b, c = courses
        assert mine(site, ann) == [c, a, b]
        making.setting(site, "navsortmycourseshiddenlast", value=False)
        assert mine(site, ann) == [c, b, a]
        making.setting(site, "navsortmycoursessort", "shortname")
        assert mine(site, ann) == [a, b, c]

    def test_any_enrolment_or_only_those_that_count(self, site: TestSite) -> None:
        ann = making.user(site, "ann")
        now, past, out = (making.course(site, name) for name in ("NOW", "PAST", "OUT"))
        making.enrol(site, ann, now)
        making.enrol(site, ann, past, timeend=site.now - 1)
        making.enrol(site, ann, out, status=SUSPENDED)
        assert mine(site, ann) == [out, past, now]
        assert mine(site, ann, site.now) == [now]

    def test_hidden_courses_count_for_those_who_see_them(self, site: TestSite) -> None:
        hidden = making.course(site, "HID", visible=0)
        student, teacher = making.user(site, "student"), making.user(site, "teacher")
        making.enrol(site, student, hidden)
        making.enrol(site, teacher, hidden, "teacher")
        making.enrol(site, 2, hidden)
        found = enrolled_courses.of_users(
            site.session, [student, teacher, 2], site.load(), site.now
        )
        assert {user: [course.id for course in courses] for user, courses in found.items()} == {
            student: [],
            teacher: [hidden],
            2: [hidden],
        }

    def test_neither_the_site_course_nor_the_guests_count(self, site: TestSite) -> None:
        call = site.call()
        with call.transaction():
            way = enrolments.add_instance(call, 1)
        instance = enrolments.get_instance(site.session, way)
        enrolments.enrol(call, {instance: [Enrolment(user_id=2), Enrolment(user_id=1)]})
        course = making.course(site, "ALG")
        (way_in,) = enrolments.instances(site.session, course)
        enrolments.enrol(call, {way_in: [Enrolment(user_id=1)]})
        assert mine(site, 2) == []
        assert mine(site, 1) == []
