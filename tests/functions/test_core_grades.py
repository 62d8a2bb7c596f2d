"""Grades that come from outside for an activity: stored or refused as a whole."""

from typing import Any

import pytest

from coursewire.contracts import core_grades as c
from coursewire.contracts.core_user.profiles import User
from coursewire.contracts.errors import (
    DatabaseWrite,
    MissingRecord,
    MoodleError,
    NoPermission,
    RequireLogin,
)
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CourseId
from coursewire.domain import activities, grade_items, group_members
from coursewire.functions import core_grades as bodies
from coursewire.store import grades as rows
from coursewire.store.enrolments import SUSPENDED
from coursewire.store.grades import GradeItem
from tests.support import making
from tests.support.gradebook import Gradebook
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Web

OK, FAILED, LOCKED = 0, 1, 4
ENTER = "moodle/course:view"
EDIT, MANAGE, HIDE = "moodle/grade:edit", "moodle/grade:manage", "moodle/grade:hide"


class Sending:
    """A course with one assignment, and a sender of grades for it."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.book = Gradebook(site)
        self.essay = self.book.graded("Essay")

    def send(
        self,
        given: dict[int, float] | None = None,
        caller: int = 2,
        details: dict[str, Any] | None = None,
        **params: Any,
    ) -> int:
        named: dict[str, Any] = {
            "source": "test",
            "courseid": self.book.course,
            "component": "mod_assign",
            "activityid": self.essay,
            "itemnumber": 0,
            "grades": [
                c.NewGrade(studentid=user, grade=grade) for user, grade in (given or {}).items()
            ],
            "itemdetails": c.GradeItemChange(**(details or {})),
        }
        return bodies.update_grades(self.site.call(caller), c.UpdateGrades(**(named | params)))

    def item(self, cmid: int = 0, itemnumber: int = 0) -> GradeItem | None:
        activity = activities.require(self.site.session, cmid or self.essay)
        return grade_items.of_activity(
            self.site.session,
            activity.course_id,
            activity.module,
            activity.instance,
            itemnumber,
        )

    def kept(self, user: int) -> float | None:
        item = self.item()
        assert item is not None
        (grade,) = rows.of_users(self.site.session, [item.id], [user])[user]
        return grade.finalgrade

    def total(self, user: int) -> float | None:
        total = grade_items.prepare_course(self.site.call(), self.book.course)
        (grade,) = rows.of_users(self.site.session, [total], [user])[user]
        return grade.finalgrade


@pytest.fixture
def sending(site: TestSite) -> Sending:
    return Sending(site)


class TestGrades:
    def test_grades_and_totals_are_stored_together(self, sending: Sending) -> None:
        ann, ben = sending.book.ann, sending.book.ben
        assert sending.send({ann: 40, ben: 12.34567}) == OK
        assert (sending.kept(ann), sending.kept(ben)) == (40, 12.34567)
        assert (sending.total(ann), sending.total(ben)) == (40, 12.34567)

    def test_a_grade_out_of_range_is_drawn_into_it(self, sending: Sending) -> None:
        ann, ben = sending.book.ann, sending.book.ben
        assert sending.send({ann: 150, ben: -5}) == OK
        assert (sending.kept(ann), sending.kept(ben)) == (100, 0)

    def test_a_grade_is_kept_to_the_nearest_of_five_decimals(self, sending: Sending) -> None:
        ann, ben = sending.book.ann, sending.book.ben
        assert sending.send({ann: 2.000005, ben: 8.345675}) == OK
        assert (sending.kept(ann), sending.kept(ben)) == (2.00001, 8.34568)
        assert (sending.total(ann), sending.total(ben)) == (2.00001, 8.34568)

    def test_of_two_grades_of_one_person_the_last_counts(self, sending: Sending) -> None:
        ann = sending.book.ann
        twice = [c.NewGrade(studentid=ann, grade=10), c.NewGrade(studentid=ann, grade=20)]
        assert sending.send(grades=twice) == OK
        assert sending.kept(ann) == 20

    def test_people_who_do_not_exist_are_passed_over(self, sending: Sending) -> None:
        assert sending.send({UNKNOWN: 10, sending.book.ann: 20}) == OK
        assert sending.kept(sending.book.ann) == 20

    def test_enrolment_is_not_asked(self, sending: Sending) -> None:
        lone = making.user(sending.site, "lone")
        assert sending.send({lone: 10}) == OK
        assert sending.kept(lone) == 10

    def test_nothing_to_do_changes_nothing(self, sending: Sending) -> None:
        with unchanged(sending.site.session):
            assert sending.send() == OK


class TestItems:
    def test_an_activity_without_an_item_gets_one(self, sending: Sending) -> None:
        note = making.activity(sending.site, sending.book.course, "label")
        given = {sending.book.ann: 5.0}
        assert sending.send(given, component="mod_label", activityid=note) == OK
        item = sending.item(note)
        assert item is not None
        assert (item.name, item.idnumber, item.grademax) == (None, None, 100)

    def test_an_activity_can_have_several_items(self, sending: Sending) -> None:
        assert sending.send({sending.book.ann: 5}, itemnumber=1) == OK
        second = sending.item(itemnumber=1)
        assert second is not None
        assert second != sending.item()

    def test_what_is_given_is_changed(self, sending: Sending) -> None:
        details = {"itemname": "Paper", "idnumber": 5, "grademax": 50.0, "grademin": 10.0}
        assert sending.send(details=details) == OK
        item = sending.item()
        assert item is not None
        assert (item.name, item.idnumber, item.grademax, item.grademin) == ("Paper", "5", 50, 10)
        assert item.hidden == 0

    def test_numbers_of_an_item_are_kept_to_the_nearest_of_five_decimals(
        self, sending: Sending
    ) -> None:
        ann = sending.book.ann
        details = {"grademax": 33.333333, "grademin": -1.000005, "multfactor": 1.333333}
        assert sending.send({ann: 15}, details=details) == OK
        item = sending.item()
        assert item is not None
        assert (item.grademax, item.grademin, item.multfactor) == (33.33333, -1.00001, 1.33333)
        assert sending.kept(ann) == 19.99995

    def test_grades_follow_their_item_and_come_back(self, sending: Sending) -> None:
        ann = sending.book.ann
        sending.send({ann: 60})
        for details, kept in (
            ({"grademax": 50.0}, 50),
            ({"grademax": 100.0}, 60),
            ({"multfactor": 0.5}, 30),
            ({"plusfactor": 5.0}, 35),
        ):
            assert sending.send(details=details) == OK
            assert (sending.kept(ann), sending.total(ann)) == (kept, kept)

    def test_an_ungraded_item_is_out_of_the_total_until_it_is_graded_again(
        self, sending: Sending
    ) -> None:
        ann = sending.book.ann
        sending.send({ann: 60})
        sending.send(details={"gradetype": 0})
        assert sending.total(ann) is None
        sending.send(details={"gradetype": 1})
        assert sending.total(ann) == 60

    def test_an_item_is_deleted_with_its_grades(self, sending: Sending) -> None:
        ann = sending.book.ann
        sending.send({ann: 60})
        assert sending.send(details={"deleted": True}) == OK
        assert sending.item() is None
        assert sending.total(ann) is None
        assert sending.send(details={"deleted": True}) == OK

    def test_a_locked_item_takes_nothing(self, sending: Sending) -> None:
        item = sending.item()
        assert item is not None
        rows.change_item(sending.site.session, item.id, {"locked": 1})
        with unchanged(sending.site.session):
            assert sending.send({sending.book.ann: 60}) == LOCKED

    @pytest.mark.parametrize(
        "details",
        [
            {"gradetype": 2, "scaleid": 1},
            {"gradetype": 9},
            {"grademin": 50.0, "grademax": 10.0},
            {"grademax": float("inf")},
            {"multfactor": float("nan")},
        ],
    )
    def test_an_item_that_cannot_be_fails(self, sending: Sending, details: dict[str, Any]) -> None:
        with unchanged(sending.site.session):
            assert sending.send({sending.book.ann: 60}, details=details) == FAILED

    @pytest.mark.parametrize("grademax", [100_000.0, 99_999.999999, 1e300])
    def test_a_highest_grade_of_more_than_five_digits(
        self, sending: Sending, grademax: float
    ) -> None:
        with refused(DatabaseWrite):
            sending.send(details={"grademax": grademax})


class TestRefusals:
    @pytest.mark.parametrize("component", ["mod_quiz", "assign", "mod_"])
    def test_an_activity_of_another_kind(self, sending: Sending, component: str) -> None:
        with refused(MoodleError, "invalidcoursemodule"):
            sending.send(component=component)

    def test_an_unknown_activity_is_told_before_anything_else(self, sending: Sending) -> None:
        lone = making.user(sending.site, "lone")
        with refused(MoodleError, "invalidcoursemodule"):
            sending.send(caller=lone, activityid=UNKNOWN)

    def test_an_activity_of_another_course(self, sending: Sending) -> None:
        other = making.course(sending.site, "OTH")
        with refused(MoodleError, "invalidcoursemodule"):
            sending.send({sending.book.ann: 5}, courseid=other)

    def test_an_unknown_course(self, sending: Sending) -> None:
        with refused(MissingRecord):
            sending.send(courseid=UNKNOWN)

    def test_a_course_that_cannot_be_entered(self, sending: Sending) -> None:
        lone = making.user(sending.site, "lone")
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            sending.send({sending.book.ann: 5}, caller=lone)

    @pytest.mark.parametrize(
        ("held", "details", "graded"),
        [
            (EDIT, {"grademax": 50.0}, False),
            (HIDE, {"grademax": 50.0}, False),
            (EDIT, {"deleted": True}, False),
            (MANAGE, {"hidden": True}, False),
            (MANAGE, {"hidden": True, "grademax": 50.0}, False),
            (MANAGE, {"grademax": 50.0}, True),
            (MANAGE, {}, True),
        ],
    )
    def test_what_the_caller_has_no_right_to(
        self, sending: Sending, held: str, details: dict[str, Any], graded: bool
    ) -> None:
        caller = making.user_with(sending.site, "holder", ENTER, held)
        given = {sending.book.ann: 5.0} if graded else {}
        with (
            unchanged(sending.site.session),
            refused(MoodleError, "nopermissiontoviewgrades"),
        ):
            sending.send(given, caller, details)

    @pytest.mark.parametrize(
        ("held", "details", "graded"),
        [
            (EDIT, {}, True),
            (MANAGE, {"grademax": 50.0}, False),
            (HIDE, {"hidden": True}, False),
            (HIDE, {"hidden": False, "grademax": 50.0}, False),
        ],
    )
    def test_what_one_right_is_enough_for(
        self, sending: Sending, held: str, details: dict[str, Any], graded: bool
    ) -> None:
        caller = making.user_with(sending.site, "holder", ENTER, held)
        given = {sending.book.ann: 5.0} if graded else {}
        assert sending.send(given, caller, details) == OK


def test_an_item_is_not_changed_when_its_grades_are_refused(sending: Sending) -> None:
    """All or nothing: the right to manage items does not half-do a call that also grades."""
    caller = making.user_with(sending.site, "holder", ENTER, MANAGE)
    with refused(MoodleError, "nopermissiontoviewgrades"):
        sending.send({sending.book.ann: 5}, caller, {"grademax": 50.0})
    item = sending.item()
    assert item is not None
    assert item.grademax == 100


def test_feedback_is_taken_and_not_kept(sending: Sending) -> None:
    given = [c.NewGrade(studentid=sending.book.ann, grade=5, str_feedback="Well done")]
    assert given[0].str_feedback is not UNSET
    assert sending.send(grades=given) == OK
    item = sending.item()
    assert item is not None
    (grade,) = rows.of_users(sending.site.session, [item.id], [sending.book.ann])[sending.book.ann]
    assert grade.feedback is None


def listed(book: Gradebook, user: int = 2, course: int = 0) -> list[tuple[str, str, object]]:
    params = CourseId(courseid=course or book.course)
    answer = bodies.get_gradeitems(book.site.call(user), params)
    assert answer.warnings == []
    return [(item.id, item.itemname, item.category) for item in answer.gradeItems]


class TestWhatIsGraded:
    def test_items_come_in_their_order_without_the_total(self, site: TestSite) -> None:
        book = Gradebook(site, fullname="Grades & more")
        book.graded("Essay")
        quiz = book.by_hand("Talk <b>twice</b> & again", {})
        found = listed(book)
        assert [name for _, name, _ in found] == ["Essay", "Talk twice &amp; again"]
        assert found[1][0] == str(quiz)
        assert {category for _, _, category in found} == {"Grades &amp; more"}

    def test_students_get_hidden_items_too(self, site: TestSite) -> None:
        book = Gradebook(site)
        book.graded("Essay", visible=0)
        book.by_hand("Talk", {}, hidden=True)
        assert listed(book, book.ann) == listed(book)
        assert len(listed(book)) == 2

    @pytest.mark.parametrize(("gradetype", "shown"), [(0, 0), (1, 1), (2, 1), (3, 1)])
    def test_what_is_not_graded_at_all_is_left_out(
        self, site: TestSite, gradetype: int, shown: int
    ) -> None:
        book = Gradebook(site)
        item = book.by_hand("Talk", {})
        rows.change_item(site.session, item, {"gradetype": gradetype})
        assert len(listed(book)) == shown

    def test_the_total_of_a_category_is_left_out(self, site: TestSite) -> None:
        book = Gradebook(site)
        rows.change_item(site.session, book.by_hand("Talk", {}), {"type": "category"})
        assert listed(book) == []

    def test_a_course_without_items_has_an_empty_list(self, site: TestSite) -> None:
        book = Gradebook(site)
        assert listed(book) == listed(book, course=making.course(site, "BARE")) == []

    def test_an_unknown_course_is_a_missing_record(self, site: TestSite) -> None:
        with refused(MissingRecord):
            listed(Gradebook(site), course=UNKNOWN)

    def test_a_course_that_cannot_be_entered_is_refused(self, site: TestSite) -> None:
        with refused(RequireLogin):
            listed(Gradebook(site), making.user(site, "lone"))

    def test_entering_the_course_is_enough(self, site: TestSite) -> None:
        book = Gradebook(site)
        book.graded("Essay")
        assert len(listed(book, making.user_with(site, "viewer", ENTER))) == 1


def gradable(book: Gradebook, user: int = 2, **values: Any) -> list[User]:
    params = c.GetGradableUsers(**{"courseid": book.course, **values})
    answer = bodies.get_gradable_users(book.site.call(user), params)
    assert answer.warnings == []
    return answer.users


def gradable_ids(book: Gradebook, user: int = 2, **values: Any) -> list[int]:
    return [person.id for person in gradable(book, user, **values)]


class TestWhoIsGraded:
    def test_those_with_a_role_of_the_gradebook_come_by_id(self, site: TestSite) -> None:
        book = Gradebook(site)
        assert gradable_ids(book) == [book.ann, book.ben]
        making.setting(site, "gradebookroles", (making.role_id(site, "editingteacher"),))
        assert gradable_ids(book) == [book.tina]
        making.setting(site, "gradebookroles", ())
        assert gradable_ids(book) == []

    def test_a_role_above_the_course_counts_for_those_enrolled(self, site: TestSite) -> None:
        book = Gradebook(site)
        outside = making.user(site, "outside")
        for user in (book.tina, outside):
            making.assign(site, "student", user)
        assert gradable_ids(book) == [book.ann, book.ben, book.tina]

    def test_who_does_not_count_now_is_for_those_who_may_see_them(self, site: TestSite) -> None:
        book = Gradebook(site)
        tutor = book.person("tutor", "teacher")
        cy, late = making.user(site, "cy"), making.user(site, "late")
        making.enrol(site, cy, book.course, status=SUSPENDED)
        making.enrol(site, late, book.course, timeend=1)
        active = [book.ann, book.ben]
        assert gradable_ids(book, book.tina) == [*active, cy, late]
        assert gradable_ids(book, book.tina, onlyactive=True) == active
        assert gradable_ids(book, tutor) == gradable_ids(book, book.ann) == active

    def test_a_group_confines_the_list_whoever_asks(self, site: TestSite) -> None:
        book = Gradebook(site, groupmode=1)
        red = making.group(site, book.course, "Red")
        group_members.add(site.call(), [(red, book.ben), (red, book.tina)])
        assert gradable_ids(book, groupid=red) == [book.ben]
        assert gradable_ids(book, book.ann, groupid=red) == [book.ben]
        assert gradable_ids(book, book.ann) == [book.ann, book.ben]

    def test_an_unknown_group_or_one_of_another_course_has_nobody(self, site: TestSite) -> None:
        book = Gradebook(site)
        other = making.course(site, "BET")
        making.enrol(site, book.ann, other)
        elsewhere = making.group(site, other, "There")
        group_members.add(site.call(), [(elsewhere, book.ann)])
        assert gradable_ids(book, groupid=UNKNOWN) == []
        assert gradable_ids(book, groupid=elsewhere) == []

    def test_a_group_that_hides_its_members_shows_only_oneself(self, site: TestSite) -> None:
        book = Gradebook(site)
        own, nobody = (
            making.group(site, book.course, f"V{number}", visibility=number) for number in (2, 3)
        )
        for group in (own, nobody):
            group_members.add(site.call(), [(group, book.ann), (group, book.ben)])
        assert gradable_ids(book, book.tina, groupid=nobody) == [book.ann, book.ben]
        assert gradable_ids(book, book.ann, groupid=own) == [book.ann]
        assert gradable_ids(book, book.ann, groupid=nobody) == []

    def test_of_each_the_caller_gets_what_they_may_see(self, site: TestSite) -> None:
        book = Gradebook(site)
        dora = making.user(site, "dora", idnumber="X1", phone1="1")
        making.enrol(site, dora, book.course)
        mine, _, theirs = gradable(book, book.ann)
        assert mine.username == "ann"
        assert (theirs.username, theirs.idnumber, theirs.phone1) == (UNSET, UNSET, UNSET)
        assert gradable(book)[2].idnumber == "X1"
        assert theirs.profileimageurlsmall == theirs.profileimageurl

    def test_people_whom_the_caller_may_not_see_are_left_out(self, site: TestSite) -> None:
        book = Gradebook(site)
        viewer = making.user_with(site, "viewer", ENTER, "moodle/course:viewparticipants")
        assert gradable(book, viewer) == []

    def test_an_unknown_course_is_a_missing_record(self, site: TestSite) -> None:
        with refused(MissingRecord):
            gradable(Gradebook(site), courseid=UNKNOWN)

    def test_the_course_must_be_entered_and_its_people_be_seen(self, site: TestSite) -> None:
        book = Gradebook(site)
        with refused(RequireLogin):
            gradable(book, making.user(site, "lone"))
        with refused(NoPermission):
            gradable(book, making.user_with(site, "viewer", ENTER))

    def test_nobody_is_graded_in_the_site_course(self, site: TestSite) -> None:
        assert gradable(Gradebook(site), courseid=1) == []

    def test_many_people_cost_no_more_queries_than_few(self, site: TestSite) -> None:
        book = Gradebook(site)
        gradable(book)
        with noted(site.session) as few:
            gradable(book)
        for number in range(12):
            book.person(f"more{number}")
        gradable(book)
        with noted(site.session) as many:
            assert len(gradable(book)) == 14
        assert len(many) <= len(few)


def test_the_list_of_people_fits_its_contract(web: Web) -> None:
    book = Gradebook(web.site)
    answer = web.call("core_grades_get_gradable_users", web.token(), courseid=book.course)
    assert [user["id"] for user in answer.json["users"]] == [book.ann, book.ben]
    assert answer.json["warnings"] == []


def test_the_list_of_items_fits_its_contract(web: Web) -> None:
    book = Gradebook(web.site, fullname="Grades")
    item = book.by_hand("Talk", {})
    answer = web.call("core_grades_get_gradeitems", web.token(), courseid=book.course)
    assert answer.json == {
        "gradeItems": [{"id": str(item), "itemname": "Talk", "category": "Grades"}],
        "warnings": [],
    }
