"""A course's grades item by item: whose, which items, and what the caller sees of them."""

from typing import Any

import pytest

from coursewire.contracts import gradereport_user as c
from coursewire.contracts.errors import MissingRecord, MoodleError, NoPermission, RequireLogin
from coursewire.contracts.fields import UNSET
from coursewire.domain import activities, activity_changes, group_members, reported_progress
from coursewire.domain.reported_progress import Progress
from coursewire.functions import gradereport_user as bodies
from coursewire.store import grades as rows
from coursewire.store import users
from coursewire.store.schema.courses import courses as course_table
from coursewire.store.schema.grades import grades as table
from tests.support import making
from tests.support.gradebook import Gradebook
from tests.support.refusals import refused
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite
from tests.support.statements import noted

VIEW_REPORT = "gradereport/user:view"
VIEW_ALL = "moodle/grade:viewall"
IN_COURSES = "moodle/course:view"


@pytest.fixture
def book(site: TestSite) -> Gradebook:
    return Gradebook(site)


def report(book: Gradebook, caller: int = 2, **params: Any) -> list[c.UserGrades]:
    wanted = c.GetGradeItems(**({"courseid": book.course} | params))
    return bodies.get_grade_items(book.site.call(caller), wanted).usergrades


def items(book: Gradebook, of: int, caller: int = 2) -> dict[str, c.UserGradeItem]:
    """A user's items by name, the total as `total`, in their order."""
    (found,) = report(book, caller, userid=of)
    return {item.itemname or "total": item for item in found.gradeitems}


def say(book: Gradebook, item: int, user: int, text: str, **values: Any) -> None:
    """Write what is said of a grade, in plain text."""
    row = rows.of_users(book.site.session, [item], [user])[user][0]
    said = {"feedback": text, "feedbackformat": 2, **values}
    book.site.session.execute(table.update().where(table.c.id == row.id), said)


def change(book: Gradebook, **values: Any) -> None:
    book.site.session.execute(course_table.update().where(course_table.c.id == book.course), values)


class TestItems:
    def test_items_come_in_their_order_and_the_total_last(self, book: Gradebook) -> None:
        essay = book.graded("Essay", 50)
        book.by_hand("Oral", {})
        found = items(book, book.ann)
        assert list(found) == ["Essay", "Oral", "total"]
        assert found["Essay"].cmid == essay
        assert found["Oral"].cmid is UNSET
        total = found["total"]
        assert (total.categoryid, total.itemnumber) == (None, None)
        assert found["Essay"].categoryid == found["Oral"].categoryid == total.iteminstance

    def test_a_grade_is_shown_as_number_text_share_and_percentage(self, book: Gradebook) -> None:
        essay = book.graded("Essay", 50)
        book.by_hand("Oral", {book.ann: 12.5}, grademax=150)
        book.grade(essay, {book.ann: 40})
        found = items(book, book.ann)["Essay"]
        assert (found.graderaw, found.gradeformatted) == (40, "40.00")
        assert (found.percentageformatted, found.rangeformatted) == ("80.00 %", "0&ndash;50")
        assert (found.weightraw, found.weightformatted) == (0.25, "25.00 %")
        assert found.gradedategraded == book.site.call().now
        total = items(book, book.ann)["total"]
        assert (total.graderaw, total.grademax, total.weightraw) == (52.5, 200, UNSET)

    def test_what_is_not_graded_weighs_nothing(self, book: Gradebook) -> None:
        book.graded("Essay")
        book.by_hand("Oral", {book.ann: 5})
        found = items(book, book.ann)["Essay"]
        assert (found.status, found.weightformatted) == ("novalue", "0.00 %")
        assert (found.graderaw, found.gradeformatted, found.gradedategraded) == (None, "-", None)

    def test_what_was_left_out_of_the_total_says_so(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5})
        book.by_hand("Written", {book.ann: 5})
        row = rows.of_users(book.site.session, [item], [book.ann])[book.ann][0]
        book.site.session.execute(table.update().where(table.c.id == row.id), {"excluded": 1})
        assert items(book, book.ann)["Oral"].status == "excluded"

    def test_without_any_grade_nothing_has_a_share(self, book: Gradebook) -> None:
        book.graded("Essay")
        found = items(book, book.ann)
        assert found["Essay"].weightformatted is UNSET
        assert (found["total"].graderaw, found["total"].grademax) == (None, 100)

    def test_what_can_be_passed_shows_whether_it_was(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5, book.ben: 3}, grademax=10)
        rows.change_item(book.site.session, item, {"gradepass": 4})
        assert 'title="Pass"' in str(items(book, book.ann)["Oral"].gradeformatted)
        assert 'title="Fail"' in str(items(book, book.ben)["Oral"].gradeformatted)

    def test_ungraded_items_are_left_out(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5})
        rows.change_item(book.site.session, item, {"gradetype": 0})
        assert list(items(book, book.ann)) == ["total"]

    def test_an_item_is_called_as_its_activity_is(self, book: Gradebook) -> None:
        essay = book.graded("Essay")
        book.grade(essay, {book.ann: 5})
        changes = {"name": "Long essay", "idnumber": "E-1"}
        activity_changes.change(book.site.call(), essay, changes)
        item = items(book, book.ann)["Long essay"]
        assert (item.idnumber, item.graderaw) == ("E-1", 5)
        # One that is graded only now has them too.
        talk = making.activity(book.site, book.course, "forum", name="Talk")
        activity_changes.change(book.site.call(), talk, {"grade": 10, "name": "Debate"})
        assert items(book, book.ann)["Debate"].grademax == 10

    def test_what_is_said_of_a_grade_is_told_as_html(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5, book.ben: 6})
        say(book, item, book.ann, "Well <done>\nonce more")
        found = items(book, book.ann, book.ann)["Oral"]
        assert (found.feedback, found.feedbackformat) == ("Well &lt;done&gt;<br />\nonce more", 1)
        assert (
            items(book, book.ben)["Oral"].feedback,
            items(book, book.ben)["total"].feedback,
        ) == (
            "",
            "",
        )

    def test_where_feedback_alone_is_given_no_points_are_told(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5})
        say(book, item, book.ann, "Well done")
        rows.change_item(book.site.session, item, {"gradetype": 3})
        found = items(book, book.ann)["Oral"]
        assert (found.graderaw, found.gradeformatted, found.percentageformatted) == (None, "-", "-")
        assert (found.gradedategraded, found.feedback) == (None, "Well done")
        rows.change_item(book.site.session, item, {"gradetype": 1})
        assert items(book, book.ann)["Oral"].graderaw == 5

    def test_what_a_program_outside_says_of_a_grade_is_told(self, book: Gradebook) -> None:
        essay = book.graded("Essay")
        call = book.site.call()
        said = Progress(user_id=book.ann, state=1, grade=90, feedback="completed, 90 %")
        reported_progress.store(call, activities.require(call.session, essay), said)
        found = items(book, book.ann, book.ann)["Essay"]
        assert (found.feedback, found.feedbackformat) == ("completed, 90 %", 1)

    def test_a_course_without_items_has_a_total(self, book: Gradebook) -> None:
        assert list(items(book, book.ann)) == ["total"]

    def test_the_site_course_has_a_total(self, book: Gradebook) -> None:
        (found,) = report(book, courseid=1, userid=book.ann)
        assert [item.itemtype for item in found.gradeitems] == ["course"]


class TestHidden:
    def test_hidden_items_and_the_total_with_them_are_for_those_who_may(
        self, book: Gradebook
    ) -> None:
        book.by_hand("Oral", {book.ann: 5})
        book.by_hand("Secret", {book.ann: 7}, hidden=True)
        assert items(book, book.ann, book.tina)["Secret"].gradeishidden is True
        seen = items(book, book.ann, book.ann)
        assert list(seen) == ["Oral", "total"]
        assert (seen["total"].graderaw, seen["total"].gradeformatted) == (None, "-")
        assert seen["Oral"].weightformatted is UNSET

    def test_the_site_may_show_totals_without_what_is_hidden(self, book: Gradebook) -> None:
        making.setting(book.site, "grade_report_user_showtotalsifcontainhidden", 1)
        book.by_hand("Oral", {book.ann: 5}, grademax=10)
        book.by_hand("Secret", {book.ann: 7}, hidden=True)
        seen = items(book, book.ann, book.ann)
        total = seen["total"]
        assert (total.graderaw, total.grademax, total.percentageformatted) == (5, 10, "50.00 %")
        assert seen["Oral"].weightraw == 1
        total = items(book, book.ann)["total"]
        assert (total.graderaw, total.grademax, total.percentageformatted) == (12, 110, "10.91 %")

    def test_one_hidden_grade_is_not_told(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5})
        row = rows.of_users(book.site.session, [item], [book.ann])[book.ann][0]
        book.site.session.execute(table.update().where(table.c.id == row.id), {"hidden": 1})
        seen = items(book, book.ann, book.ann)["Oral"]
        assert (seen.graderaw, seen.gradeformatted, seen.gradeishidden) == (None, "-", True)

    def test_what_is_said_of_a_hidden_grade_is_not_told(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5})
        say(book, item, book.ann, "Well done", hidden=1)
        seen = items(book, book.ann, book.ann)["Oral"]
        assert (seen.feedback, seen.feedbackformat) == ("", 2)
        assert items(book, book.ann, book.tina)["Oral"].feedback == "Well done"

    def test_hidden_until_later_says_so_to_those_who_see_it(self, book: Gradebook) -> None:
        item = book.by_hand("Oral", {book.ann: 5})
        rows.change_item(book.site.session, item, {"hidden": book.site.call().now + 60})
        assert items(book, book.ann, book.tina)["Oral"].gradehiddenbydate is True
        assert list(items(book, book.ann, book.ann)) == ["total"]
        book.site.clock.pass_seconds(60)
        assert items(book, book.ann, book.ann)["Oral"].graderaw == 5

    def test_a_hidden_activity_hides_its_grade(self, book: Gradebook) -> None:
        essay = book.graded("Essay")
        book.grade(essay, {book.ann: 5})
        activity_changes.change(book.site.call(), essay, {"visible": 0})
        assert items(book, book.ann)["Essay"].gradeishidden is True
        assert list(items(book, book.ann, book.ann)) == ["total"]

    def test_the_grade_of_an_activity_that_cannot_be_entered_is_left_out(
        self, book: Gradebook
    ) -> None:
        book.graded("Essay")
        viewer = making.user_with(book.site, "viewer", VIEW_REPORT, VIEW_ALL, IN_COURSES)
        assert list(items(book, book.ann, viewer)) == ["total"]

    def test_how_items_are_set_up_is_for_those_who_grade(self, book: Gradebook) -> None:
        book.by_hand("Oral", {book.ann: 5})
        mine = items(book, book.ann, book.ann)["Oral"]
        assert (mine.locked, mine.gradeislocked, mine.gradeisoverridden) == (None, None, None)
        theirs = items(book, book.ann, book.tina)["Oral"]
        assert (theirs.locked, theirs.gradeislocked) == (False, False)


class TestPeople:
    def test_all_who_are_graded_come_by_name(self, book: Gradebook) -> None:
        late = making.user(book.site, "late", lastname="Aaron")
        making.enrol(book.site, late, book.course, timeend=1)
        gone = making.user(book.site, "gone")
        making.enrol(book.site, gone, book.course, status=1)
        first = making.user(book.site, "first", lastname="Aaron", idnumber="S-1")
        making.enrol(book.site, first, book.course)
        found = report(book)
        assert [user.userid for user in found] == [first, book.ann, book.ben]
        assert (found[0].userfullname, found[0].useridnumber) == ("First Aaron", "S-1")
        assert (found[0].courseid, found[0].maxdepth) == (book.course, 2)

    def test_one_group_is_looked_at(self, book: Gradebook) -> None:
        red = making.group(book.site, book.course, "Red")
        group_members.add(book.site.call(), [(red, book.ben)])
        assert [user.userid for user in report(book, groupid=red)] == [book.ben]
        assert report(book, groupid=UNKNOWN) == []

    def test_somebody_outside_the_course_has_an_empty_report(self, book: Gradebook) -> None:
        book.graded("Essay")
        lone = making.user(book.site, "lone")
        assert items(book, lone)["Essay"].graderaw is None

    def test_without_all_groups_the_first_own_group_is_looked_at(self, book: Gradebook) -> None:
        change(book, groupmode=2)
        viewer = making.user_with(book.site, "viewer", VIEW_REPORT, VIEW_ALL, IN_COURSES)
        assert [user.userid for user in report(book, viewer)] == [book.ann, book.ben]
        blue = making.group(book.site, book.course, "Blue")
        red = making.group(book.site, book.course, "Red")
        group_members.add(book.site.call(), [(blue, book.ben), (red, book.ann)])
        assert [user.userid for user in report(book, viewer)] == [book.ben]
        assert [user.userid for user in report(book, viewer, groupid=red)] == [book.ann]


class TestRefusals:
    def test_an_unknown_course(self, book: Gradebook) -> None:
        with refused(MissingRecord):
            report(book, courseid=UNKNOWN)

    def test_a_course_that_cannot_be_entered(self, book: Gradebook) -> None:
        with refused(RequireLogin):
            report(book, making.user(book.site, "lone"), userid=book.ann)

    def test_without_the_right_to_the_report(self, book: Gradebook) -> None:
        viewer = making.user_with(book.site, "viewer", IN_COURSES)
        with refused(NoPermission):
            report(book, viewer, userid=UNKNOWN)

    def test_an_unknown_user(self, book: Gradebook) -> None:
        with refused(MissingRecord):
            report(book, userid=UNKNOWN)

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [("deleted", 1, "userdeleted"), ("confirmed", 0, "usernotconfirmed")],
    )
    def test_an_account_that_takes_no_part(
        self, book: Gradebook, column: str, value: int, code: str
    ) -> None:
        users.change(book.site.session, book.ann, {column: value})
        with refused(MoodleError, code):
            report(book, userid=book.ann)

    def test_the_guest(self, book: Gradebook) -> None:
        with refused(MoodleError, "guestsarenotallowed"):
            report(book, userid=1)

    def test_everybodys_grades_without_the_right_to_all(self, book: Gradebook) -> None:
        with refused(NoPermission):
            report(book, book.ann)

    def test_somebody_elses_grades_without_the_right_to_all(self, book: Gradebook) -> None:
        with refused(MoodleError, "nopermissiontoviewgrades"):
            report(book, book.ann, userid=book.ben)

    def test_own_grades_where_the_course_shows_none(self, book: Gradebook) -> None:
        change(book, showgrades=0)
        with refused(MoodleError, "nopermissiontoviewgrades"):
            report(book, book.ann, userid=book.ann)

    def test_own_grades_without_the_right_to_them(self, book: Gradebook) -> None:
        place = making.course_context(book.site, book.course)
        making.override(book.site, "student", "moodle/grade:view", -1, place)
        with refused(MoodleError, "nopermissiontoviewgrades"):
            report(book, book.ann, userid=book.ann)

    def test_people_of_other_separate_groups(self, book: Gradebook) -> None:
        change(book, groupmode=1)
        viewer = making.user_with(book.site, "viewer", VIEW_REPORT, VIEW_ALL, IN_COURSES)
        making.enrol(book.site, viewer, book.course, "teacher")
        red = making.group(book.site, book.course, "Red")
        other = making.group(book.site, book.course, "Other")
        with refused(MoodleError, "notingroup"):
            report(book, viewer)
        group_members.add(book.site.call(), [(red, viewer), (red, book.ann), (other, book.ben)])
        assert [user.userid for user in report(book, viewer)] == [book.ann]
        assert list(items(book, book.ann, viewer)) == ["total"]
        with refused(MoodleError, "notingroup"):
            report(book, viewer, userid=book.ben)
        with refused(MoodleError, "notingroup"):
            report(book, viewer, groupid=other)


def test_more_people_and_items_take_no_more_statements(book: Gradebook) -> None:
    book.by_hand("Oral", {book.ann: 5, book.ben: 6})
    with noted(book.site.session) as few:
        report(book)
    for name in ("Written", "Spoken"):
        book.by_hand(name, {book.ann: 5, book.ben: 6, book.person(f"more{name.lower()}"): 4})
    with noted(book.site.session) as many:
        assert len(report(book)) == 4
    assert len(many) == len(few)
