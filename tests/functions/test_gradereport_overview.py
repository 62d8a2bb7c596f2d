"""A user's course totals: whose, in which courses, and what hidden grades do to them."""

from typing import Any

import pytest

from coursewire.contracts import gradereport_overview as c
from coursewire.contracts.errors import MissingRecord, MoodleError, NoPermission, RestrictedContext
from coursewire.contracts.fields import UNSET
from coursewire.domain import contexts, grade_items, grades
from coursewire.domain.call import Origin
from coursewire.functions import gradereport_overview as bodies
from coursewire.store import grades as rows
from coursewire.store import users
from coursewire.store.enrolments import SUSPENDED
from coursewire.store.schema.grades import grade_categories
from coursewire.store.schema.grades import grades as table
from tests.support import making
from tests.support.refusals import refused
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite

VIEW_ALL = "moodle/grade:viewall"


def report(site: TestSite, of: int = 0, user: int = 2) -> list[c.CourseGrade]:
    return bodies.get_course_grades(site.call(user), c.GetCourseGrades(userid=of)).grades


def totals(site: TestSite, of: int = 0, user: int = 2) -> dict[int, str]:
    return {total.courseid: total.grade for total in report(site, of, user)}


def graded(
    site: TestSite, course: int, name: str, values: dict[int, float | None], **item: Any
) -> int:
    item_id = grade_items.add_manual(site.call(), course, name, **item)
    grades.set_grades(site.call(), item_id, values)
    return item_id


@pytest.fixture
def course(site: TestSite) -> int:
    return making.course(site, "ALG")


@pytest.fixture
def ann(site: TestSite, course: int) -> int:
    ann = making.user(site, "ann")
    making.enrol(site, ann, course)
    return ann


class TestTotals:
    def test_a_total_is_shown_and_told_exactly(self, site: TestSite, course: int, ann: int) -> None:
        graded(site, course, "One", {ann: 12.34567})
        expected = c.CourseGrade(courseid=course, grade="12.35", rawgrade="12.34567")
        assert report(site, ann) == [expected]
        assert report(site, user=ann) == [expected]

    def test_without_a_grade_it_is_a_dash_and_null(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        assert report(site, ann) == [c.CourseGrade(courseid=course, grade="-", rawgrade=None)]
        grade_items.add_manual(site.call(), course, "One")
        assert report(site, ann) == [c.CourseGrade(courseid=course, grade="-", rawgrade=None)]

    def test_without_courses_the_list_is_empty(self, site: TestSite) -> None:
        answer = bodies.get_course_grades(site.call(), c.GetCourseGrades())
        assert answer == c.CourseGrades(grades=[], warnings=[])

    def test_who_reached_the_least_of_a_letter_is_told_that_letter(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        making.setting(site, "grade_displaytype", 3)
        graded(site, course, "One", {ann: 8.7}, grademax=10)
        expected = c.CourseGrade(courseid=course, grade="B+", rawgrade="8.70000")
        assert report(site, ann) == [expected]

    def test_the_site_chooses_how_totals_are_shown(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        item = graded(site, course, "One", {ann: 40}, grademax=50)
        making.setting(site, "grade_displaytype", 2)
        making.setting(site, "grade_decimalpoints", 1)
        assert totals(site, ann) == {course: "80.0 %"}
        total = next(
            each for each in grade_items.of_course(site.session, course) if each.id != item
        )
        rows.change_item(site.session, total.id, {"display": 13, "decimals": 0})
        assert totals(site, ann) == {course: "40 (B-)"}

    def test_ranks_are_shown_where_the_site_shows_them(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        ben, cat = making.user(site, "ben"), making.user(site, "cat")
        for user in (ben, cat):
            making.enrol(site, user, course)
        graded(site, course, "One", {ann: 5, ben: 7})
        assert report(site, ann)[0].rank is UNSET
        making.setting(site, "grade_report_overview_showrank", value=True)
        assert [report(site, user)[0].rank for user in (ann, ben, cat)] == [2, 1, UNSET]


class TestCourses:
    def test_visible_courses_come_first_and_newer_ones_before_older(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        hidden, later = making.course(site, "HID", visible=0), making.course(site, "NEW")
        for each in (hidden, later):
            making.enrol(site, ann, each)
        assert list(totals(site, ann)) == [later, course, hidden]

    def test_oneself_reads_of_courses_that_count(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        past, hidden = making.course(site, "PAST"), making.course(site, "HID", visible=0)
        making.enrol(site, ann, past, status=SUSPENDED)
        making.enrol(site, ann, hidden)
        assert list(totals(site, user=ann)) == [course]
        assert set(totals(site, ann)) == {course, past, hidden}

    def test_courses_without_shown_grades_are_left_out(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        """AUTHZ-10: not even an administrator gets totals of a course that shows none."""
        silent = making.course(site, "NGR", showgrades=0)
        making.enrol(site, ann, silent)
        graded(site, silent, "Unseen", {ann: 9})
        assert list(totals(site, ann)) == [course]
        assert list(totals(site, user=ann)) == [course]

    @pytest.mark.parametrize("role", ["teacher", "editingteacher"])
    def test_only_who_is_graded_has_totals(self, site: TestSite, course: int, role: str) -> None:
        teacher = making.user(site, "teacher")
        making.enrol(site, teacher, course, role)
        assert report(site, teacher) == []

    def test_the_graded_role_must_be_held_in_the_course_itself(
        self, site: TestSite, course: int
    ) -> None:
        ben = making.user(site, "ben")
        making.enrol(site, ben, course, "teacher")
        making.assign(site, "student", ben)
        assert report(site, ben) == []
        making.setting(site, "gradebookroles", (4,))
        assert list(totals(site, ben)) == [course]

    def test_a_hidden_course_needs_the_right_to_see_it(self, site: TestSite, ann: int) -> None:
        hidden = making.course(site, "HID", visible=0)
        making.enrol(site, ann, hidden)
        viewer = making.user_with(site, "viewer", VIEW_ALL)
        seer = making.user_with(site, "seer", VIEW_ALL, "moodle/course:viewhiddencourses")
        assert hidden not in totals(site, ann, viewer)
        assert hidden in totals(site, ann, seer)

    def test_oneself_needs_the_right_to_view_grades(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        making.override(
            site, "student", "moodle/grade:view", -1, making.course_context(site, course)
        )
        assert report(site, user=ann) == []

    def test_who_reads_a_users_reports_reads_totals(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        making.override(
            site, "student", "moodle/grade:view", -1, making.course_context(site, course)
        )
        making.role(site, "reports", ["moodle/user:viewuseractivitiesreport"])
        making.assign(site, "reports", ann, contexts.get(site.session, contexts.USER, ann))
        assert list(totals(site, user=ann)) == [course]


class TestHiddenGrades:
    """AUTHZ-10: what is hidden shows in no total of those who may not see it."""

    @pytest.fixture
    def viewer(self, site: TestSite) -> int:
        return making.user_with(site, "viewer", VIEW_ALL)

    def test_authz_10_a_hidden_item_hides_the_total(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        graded(site, course, "One", {ann: 30})
        graded(site, course, "Secret", {ann: 5}, grademax=10, hidden=True)
        assert totals(site, ann) == {course: "35.00"}
        assert totals(site, ann, viewer) == {course: "-"}
        assert report(site, user=ann) == [c.CourseGrade(courseid=course, grade="-", rawgrade=None)]

    def test_authz_10_it_does_so_even_for_those_without_a_grade_in_it(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        graded(site, course, "One", {ann: 30})
        graded(site, course, "Secret", {}, hidden=True)
        assert totals(site, ann, viewer) == {course: "-"}

    def test_authz_10_a_teacher_of_the_course_sees_hidden_grades(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        graded(site, course, "Secret", {ann: 5}, hidden=True)
        making.assign(site, "teacher", viewer, making.course_context(site, course))
        assert totals(site, ann, viewer) == {course: "5.00"}

    def test_authz_10_a_grade_hidden_for_one_user_hides_that_users_total(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        ben = making.user(site, "ben")
        making.enrol(site, ben, course)
        item = graded(site, course, "One", {ann: 5, ben: 6})
        mine = rows.of_users(site.session, [item], [ann])[ann][0]
        site.session.execute(table.update().where(table.c.id == mine.id), {"hidden": 1})
        assert totals(site, ann, viewer) == {course: "-"}
        assert totals(site, ben, viewer) == {course: "6.00"}

    def test_authz_10_a_grade_may_be_hidden_until_a_time(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        item = graded(site, course, "One", {ann: 5})
        rows.change_item(site.session, item, {"hidden": site.now + 60})
        assert totals(site, ann, viewer) == {course: "-"}
        site.clock.pass_seconds(60)
        assert totals(site, ann, viewer) == {course: "5.00"}

    def test_authz_10_a_hidden_total_is_hidden(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        item = graded(site, course, "One", {ann: 5})
        total = next(
            each for each in grade_items.of_course(site.session, course) if each.id != item
        )
        rows.change_item(site.session, total.id, {"hidden": 1})
        assert totals(site, ann, viewer) == {course: "-"}
        assert totals(site, ann) == {course: "5.00"}

    def test_authz_10_a_hidden_category_hides_the_total(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        graded(site, course, "One", {ann: 5})
        hidden = {"course_id": course, "parent": 1, "fullname": "C", "hidden": 1}
        site.session.execute(grade_categories.insert(), hidden)
        assert totals(site, ann, viewer) == {course: "-"}

    @pytest.mark.parametrize(("rule", "shown"), [(0, "-"), (1, "30.00"), (2, "35.00")])
    def test_the_site_chooses_what_hidden_grades_do_to_totals(
        self, site: TestSite, course: int, ann: int, viewer: int, rule: int, shown: str
    ) -> None:
        graded(site, course, "One", {ann: 30})
        graded(site, course, "Secret", {ann: 5}, hidden=True)
        making.setting(site, "grade_report_overview_showtotalsifcontainhidden", rule)
        assert totals(site, ann, viewer) == {course: shown}

    def test_a_total_without_what_is_hidden_is_a_share_of_what_is_seen(
        self, site: TestSite, course: int, ann: int, viewer: int
    ) -> None:
        graded(site, course, "One", {ann: 30}, grademax=40)
        graded(site, course, "Secret", {ann: 5}, grademax=60, hidden=True)
        making.setting(site, "grade_report_overview_showtotalsifcontainhidden", 1)
        making.setting(site, "grade_displaytype", 12)
        assert totals(site, ann, viewer) == {course: "30.00 (75.00 %)"}
        assert totals(site, ann) == {course: "35.00 (35.00 %)"}

    @pytest.mark.parametrize(("rule", "rank"), [(0, UNSET), (1, UNSET), (2, 1)])
    def test_authz_10_a_total_without_what_is_hidden_has_no_rank(
        self, site: TestSite, course: int, ann: int, rule: int, rank: object
    ) -> None:
        ben = making.user(site, "ben")
        making.enrol(site, ben, course)
        graded(site, course, "One", {ann: 30, ben: 31})
        graded(site, course, "Secret", {ann: 5, ben: 1}, hidden=True)
        making.setting(site, "grade_report_overview_showrank", value=True)
        making.setting(site, "grade_report_overview_showtotalsifcontainhidden", rule)
        assert report(site, user=ann)[0].rank == rank
        assert report(site, ann)[0].rank == 1


class TestRefusals:
    def test_other_peoples_totals_need_the_right_in_the_whole_site(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        teacher = making.user(site, "teacher")
        making.enrol(site, teacher, course, "editingteacher")
        with refused(NoPermission):
            report(site, ann, teacher)

    def test_an_unknown_user_is_a_missing_record(self, site: TestSite, ann: int) -> None:
        with refused(MissingRecord):
            report(site, UNKNOWN, ann)

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"deleted": 1}, "userdeleted"), ({"confirmed": 0}, "usernotconfirmed")],
    )
    def test_an_account_that_cannot_take_part_is_told_before_the_right_is_asked_for(
        self, site: TestSite, ann: int, change: dict[str, int], code: str
    ) -> None:
        stranger = making.user(site, "stranger")
        users.change(site.session, ann, change)
        with refused(MoodleError, code):
            report(site, ann, stranger)

    def test_the_guest_has_no_totals(self, site: TestSite) -> None:
        with refused(MoodleError, "guestsarenotallowed"):
            report(site, 1)

    def test_a_token_confined_to_a_course_reads_none(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        path = making.course_context(site, course).path
        with refused(RestrictedContext):
            bodies.get_course_grades(
                site.call(ann, origin=Origin(context_path=path)), c.GetCourseGrades()
            )
