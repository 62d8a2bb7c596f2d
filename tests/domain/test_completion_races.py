"""Whoever becomes a learner while something else of a course changes: neither misses the other."""

from collections.abc import Callable

import pytest

from coursewire.contracts.errors import Refusal
from coursewire.domain import completion_criteria, enrolments, grades, role_assignments
from coursewire.domain.call import Call
from coursewire.domain.completion_criteria import Criteria
from coursewire.domain.enrolments import Enrolment
from coursewire.store import course_completions
from tests.support import making
from tests.support.gradebook import Gradebook
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite

ENOUGH = 50.0
Change = Callable[[Call], object]


class Ground:
    """A course that a grade completes, and somebody who is no learner of it yet."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        book = Gradebook(site)
        self.course = book.course
        self.item = book.by_hand("Oral", {})
        self.role = making.role_id(site, "student")
        self.new = making.user(site, "new")
        self.observer = book.person("observer", "teacher")
        self.ask_for(site.call(), ENOUGH)

    def ask_for(self, call: Call, grade: float) -> None:
        completion_criteria.set_all(call, self.course, Criteria(grade=grade))

    def grade(self, call: Call, user: int) -> None:
        grades.set_grades(call, self.item, {user: 60})

    def enrol(self, call: Call) -> None:
        way = enrolments.enabled_instance(call, self.course)
        assert way is not None
        enrolments.enrol(call, {way: [Enrolment(user_id=self.new, role_id=self.role)]})

    def assign(self, call: Call) -> None:
        with call.transaction():
            place = making.course_context(self.site, self.course)
            role_assignments.assign(call, self.role, self.observer, place)

    def completed(self, user: int) -> bool:
        return user in course_completions.completed_by(self.site.session, self.course, [user])


@pytest.fixture
def ground(site: TestSite) -> Ground:
    return Ground(site)


def both(ground: Ground, one: Change, other: Change, *, turned: bool) -> None:
    first, second = (other, one) if turned else (one, other)
    assert not isinstance(meanwhile(ground.site, first, second), Refusal)


@pytest.fixture(params=["enrol", "assign"])
def joining(ground: Ground, request: pytest.FixtureRequest) -> tuple[int, Change]:
    """Somebody, and the way in which they become a learner."""
    if request.param == "enrol":
        return ground.new, ground.enrol
    return ground.observer, ground.assign


@pytest.mark.parametrize("turned", [False, True])
class TestBecomingALearner:
    def test_beside_a_grade_that_is_enough(
        self, ground: Ground, joining: tuple[int, Change], turned: bool
    ) -> None:
        user, join = joining
        both(ground, lambda call: ground.grade(call, user), join, turned=turned)
        assert ground.completed(user)

    def test_beside_criteria_that_are_met(
        self, ground: Ground, joining: tuple[int, Change], turned: bool
    ) -> None:
        user, join = joining
        ground.ask_for(ground.site.call(), 90)
        ground.grade(ground.site.call(), user)
        both(ground, lambda call: ground.ask_for(call, ENOUGH), join, turned=turned)
        assert ground.completed(user)

    def test_beside_criteria_that_are_met_no_more(
        self, ground: Ground, joining: tuple[int, Change], turned: bool
    ) -> None:
        user, join = joining
        ground.grade(ground.site.call(), user)
        both(ground, lambda call: ground.ask_for(call, 90), join, turned=turned)
        assert not ground.completed(user)

    def test_beside_the_first_criteria_of_a_course(
        self, ground: Ground, joining: tuple[int, Change], turned: bool
    ) -> None:
        user, join = joining
        completion_criteria.set_all(ground.site.call(), ground.course, Criteria())
        ground.grade(ground.site.call(), user)
        both(ground, lambda call: ground.ask_for(call, ENOUGH), join, turned=turned)
        assert ground.completed(user)
