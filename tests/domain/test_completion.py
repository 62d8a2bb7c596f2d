"""Completion by rule and of courses: what follows looks and grades in the same transaction."""

from typing import Any

import pytest

from coursewire.domain import (
    activities,
    activity_completion,
    automatic_completion,
    completion_criteria,
    course_changes,
    course_completion,
    grade_items,
    grades,
    user_deletion,
)
from coursewire.domain.completion_criteria import Criteria
from coursewire.domain.enrolments import SUSPENDED
from coursewire.store import activity_completions, course_completions
from coursewire.store import grades as grade_rows
from tests.support import making
from tests.support.gradebook import Gradebook
from tests.support.sites import TestSite
from tests.support.statements import noted

INCOMPLETE, COMPLETE, PASSED, FAILED = 0, 1, 2, 3
AUTOMATIC = 2


@pytest.fixture
def book(site: TestSite) -> Gradebook:
    return Gradebook(site)


def state(book: Gradebook, cmid: int, user: int) -> int:
    return activity_completion.get(book.site.call(), cmid, user).state


def look(book: Gradebook, cmid: int, user: int) -> None:
    call = book.site.call(user)
    automatic_completion.note_view(call, activities.require(call.session, cmid))


def pass_at(book: Gradebook, cmid: int, **values: Any) -> None:
    activity = activities.require(book.site.session, cmid)
    item = grade_items.of_activity(book.site.session, book.course, "assign", activity.instance)
    assert item is not None
    grade_rows.change_item(book.site.session, item.id, values)


def criteria(book: Gradebook, **wanted: Any) -> None:
    completion_criteria.set_all(book.site.call(), book.course, Criteria(**wanted))


def met(book: Gradebook, user: int) -> list[bool]:
    found = course_completion.status(book.site.call(), book.course, user)
    assert found is not None
    return [each.met_at is not None for each in found.criteria]


def completed(book: Gradebook, *others: int) -> set[int]:
    everybody = [book.ann, book.ben, book.tina, *others]
    return set(course_completions.completed_by(book.site.session, book.course, everybody))


class TestRules:
    def test_a_look_completes_what_asks_for_one(self, book: Gradebook) -> None:
        page = making.activity(book.site, book.course, completion=AUTOMATIC, completionview=1)
        look(book, page, book.ann)
        assert (state(book, page, book.ann), state(book, page, book.ben)) == (COMPLETE, INCOMPLETE)
        (progress,) = activity_completion.progress(
            book.site.call(), book.ann, [activities.require(book.site.session, page)]
        )
        assert progress.rules == {"completionview": True}

    def test_what_does_not_ask_for_a_look_takes_no_note_of_it(self, book: Gradebook) -> None:
        page = making.activity(book.site, book.course, completion=1)
        look(book, page, book.ann)
        assert activity_completions.of_user(book.site.session, book.ann, [page]) == {}

    def test_both_rules_must_be_met(self, book: Gradebook) -> None:
        essay = book.graded("Essay", completion=AUTOMATIC, completionusegrade=1, completionview=1)
        book.grade(essay, {book.ann: 5})
        assert state(book, essay, book.ann) == INCOMPLETE
        (progress,) = activity_completion.progress(
            book.site.call(), book.ann, [activities.require(book.site.session, essay)]
        )
        assert progress.rules == {"completionview": False, "completionusegrade": True}
        look(book, essay, book.ann)
        assert state(book, essay, book.ann) == COMPLETE

    def test_a_grade_taken_away_takes_completion_away(self, book: Gradebook) -> None:
        essay = book.graded("Essay", completion=AUTOMATIC, completionusegrade=1)
        book.grade(essay, {book.ann: 5, book.ben: 0})
        assert [state(book, essay, user) for user in (book.ann, book.ben)] == [COMPLETE, COMPLETE]
        book.grade(essay, {book.ann: None})
        assert [state(book, essay, user) for user in (book.ann, book.ben)] == [0, COMPLETE]

    def test_an_item_taken_away_takes_completion_away(self, book: Gradebook) -> None:
        essay = book.graded("Essay", completion=AUTOMATIC, completionusegrade=1)
        book.grade(essay, {book.ann: 5})
        activity = activities.require(book.site.session, essay)
        item = grade_items.of_activity(book.site.session, book.course, "assign", activity.instance)
        assert item is not None
        grades.remove_item(book.site.call(), item.id)
        assert state(book, essay, book.ann) == INCOMPLETE

    @pytest.mark.parametrize(
        ("item", "grade", "expected"),
        [
            ({"gradepass": 50}, 50, PASSED),
            ({"gradepass": 50}, 49.9, FAILED),
            ({"gradepass": 50, "hidden": 1}, 49.9, COMPLETE),
            ({}, 0, COMPLETE),
        ],
    )
    def test_what_can_be_passed_says_whether_it_was(
        self, book: Gradebook, item: dict[str, float], grade: float, expected: int
    ) -> None:
        essay = book.graded("Essay", completion=AUTOMATIC, completionusegrade=1)
        if item:
            pass_at(book, essay, **item)
        book.grade(essay, {book.ann: grade})
        assert state(book, essay, book.ann) == expected

    def test_without_completion_in_the_course_nothing_is_noted(self, site: TestSite) -> None:
        book = Gradebook(site, enablecompletion=0)
        essay = book.graded("Essay", completion=AUTOMATIC, completionusegrade=1)
        book.grade(essay, {book.ann: 5})
        assert state(book, essay, book.ann) == INCOMPLETE

    def test_more_people_take_no_more_statements(self, book: Gradebook) -> None:
        essay = book.graded("Essay", completion=AUTOMATIC, completionusegrade=1)
        criteria(book, activities=[essay])
        more = {book.person(f"more{number}"): 5.0 for number in range(3)}
        book.site.load()
        with noted(book.site.session) as few:
            book.grade(essay, {book.ann: 5})
        with noted(book.site.session) as many:
            book.grade(essay, dict(more))
        assert len(many) <= len(few)
        assert completed(book) == {book.ann}


class TestCourses:
    def test_all_criteria_complete_a_course(self, book: Gradebook) -> None:
        page = making.activity(book.site, book.course, completion=1)
        criteria(book, activities=[page], grade=50.0)
        book.by_hand("Oral", {book.ann: 60, book.ben: 40})
        assert (met(book, book.ann), met(book, book.ben)) == ([False, True], [False, False])
        for user in (book.ann, book.ben):
            call = book.site.call(user)
            activity_completion.tick(call, activities.require(call.session, page), done=True)
        assert completed(book) == {book.ann}
        assert met(book, book.ben) == [True, False]

    def test_what_was_reached_stays(self, book: Gradebook) -> None:
        criteria(book, grade=50.0)
        item = book.by_hand("Oral", {book.ann: 60})
        grades.set_grades(book.site.call(), item, {book.ann: 10})
        assert met(book, book.ann) == [True]
        assert completed(book) == {book.ann}

    def test_new_criteria_count_what_was_done_before(self, book: Gradebook) -> None:
        book.by_hand("Oral", {book.ann: 60})
        criteria(book, grade=50.0)
        assert completed(book) == {book.ann}
        criteria(book, grade=70.0)
        assert completed(book) == set()

    def test_only_learners_complete_a_course(self, book: Gradebook) -> None:
        criteria(book, grade=50.0)
        book.by_hand("Oral", {book.tina: 60})
        assert completed(book) == set()

    def test_what_was_done_before_counts_from_the_enrolment_on(self, book: Gradebook) -> None:
        page = making.activity(book.site, book.course, completion=1)
        criteria(book, activities=[page])
        new = making.user(book.site, "new")
        making.enrol(book.site, book.ann, book.course, status=SUSPENDED)
        for user in (book.ann, new):
            call = book.site.call()
            activity = activities.require(call.session, page)
            activity_completion.override(call, activity, user, COMPLETE)
        assert completed(book, new) == set()
        making.enrol(book.site, new, book.course)
        making.enrol(book.site, book.ann, book.course)
        assert completed(book, new) == {book.ann, new}
        assert met(book, new) == [True]

    def test_what_was_done_before_counts_from_the_role_on(self, book: Gradebook) -> None:
        page = making.activity(book.site, book.course, completion=1)
        criteria(book, activities=[page])
        call = book.site.call(book.tina)
        activity_completion.tick(call, activities.require(call.session, page), done=True)
        making.assign(
            book.site, "manager", book.tina, making.course_context(book.site, book.course)
        )
        assert completed(book) == set()
        making.assign(
            book.site, "student", book.tina, making.course_context(book.site, book.course)
        )
        assert completed(book) == {book.tina}

    def test_what_was_done_before_counts_once_completion_is_on(self, book: Gradebook) -> None:
        criteria(book, grade=50.0)
        course_changes.change(book.site.call(), book.course, {"enablecompletion": 0}, {})
        book.by_hand("Oral", {book.ann: 60, book.tina: 60})
        assert completed(book) == set()
        course_changes.change(book.site.call(), book.course, {"enablecompletion": 1}, {})
        assert completed(book) == {book.ann}

    def test_a_course_without_criteria_is_never_completed(self, book: Gradebook) -> None:
        book.by_hand("Oral", {book.ann: 60})
        assert course_completion.status(book.site.call(), book.course, book.ann) is None
        assert completed(book) == set()


def test_completion_goes_with_the_user(book: Gradebook) -> None:
    page = making.activity(book.site, book.course, completion=1)
    criteria(book, activities=[page])
    call = book.site.call(book.ann)
    activity_completion.tick(call, activities.require(call.session, page), done=True)
    assert completed(book) == {book.ann}
    user_deletion.delete(book.site.call(), book.ann)
    assert completed(book) == set()
    assert activity_completions.of_user(book.site.session, book.ann, [page]) == {}
