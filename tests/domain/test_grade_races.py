"""DUR-5: grades given while what is graded changes go by what it is then."""

import pytest

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import activities, activity_changes, grade_item_changes, grade_items, grades
from coursewire.domain.call import Call
from coursewire.store import grades as store
from coursewire.store.grades import Grade
from tests.support.calling import run
from tests.support.gradebook import Gradebook
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite

GIVEN, LOWER = 60.0, 10.0


class Ground:
    """An activity with its grade item, and somebody to grade in it."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        book = Gradebook(site)
        self.course, self.user = book.course, book.ann
        self.cmid = book.graded("Essay")
        self.item = activity_changes.grade_item(site.call(), self.cmid)

    def lower(self, call: Call) -> None:
        grade_item_changes.change(call, self.item, grademax=LOWER)

    def remove(self, call: Call) -> None:
        grades.remove_item(call, self.item)

    def grade(self, call: Call) -> None:
        """As a site file does."""
        grades.set_grades(call, self.item, {self.user: GIVEN})

    def grade_from_outside(self, call: Call) -> None:
        values = {
            "source": "test",
            "courseid": self.course,
            "component": "mod_assign",
            "activityid": self.cmid,
            "itemnumber": 0,
            "grades": [{"studentid": self.user, "grade": GIVEN}],
        }
        assert run(call, "core_grades_update_grades", **values) == 0

    def given(self) -> Grade:
        return store.of_users(self.site.session, [self.item], [self.user])[self.user][0]


@pytest.fixture
def ground(site: TestSite) -> Ground:
    return Ground(site)


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("way", ["grade", "grade_from_outside"])
def test_a_grade_is_drawn_into_the_range_that_its_item_just_got(ground: Ground, way: str) -> None:
    meanwhile(ground.site, ground.lower, getattr(ground, way))
    kept = ground.given()
    assert (kept.rawgrade, kept.finalgrade, kept.rawgrademax) == (LOWER, LOWER, LOWER)


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("way", ["grade", "grade_from_outside"])
def test_a_grade_that_was_just_given_follows_its_item(ground: Ground, way: str) -> None:
    meanwhile(ground.site, getattr(ground, way), ground.lower)
    assert ground.given().finalgrade == LOWER


@pytest.mark.requirement("DUR-5")
def test_nobody_is_graded_in_what_was_just_removed(ground: Ground) -> None:
    assert isinstance(meanwhile(ground.site, ground.remove, ground.grade), MissingRecord)


@pytest.mark.requirement("DUR-5")
def test_grades_from_outside_make_anew_what_was_just_removed(ground: Ground) -> None:
    """As they do where nothing was graded yet."""
    meanwhile(ground.site, ground.remove, ground.grade_from_outside)
    activity = activities.require(ground.site.session, ground.cmid)
    made = grade_items.of_activity(
        ground.site.session, ground.course, activity.module, activity.instance
    )
    assert made is not None
    found = store.of_users(ground.site.session, [made.id], [ground.user])
    assert [each.finalgrade for each in found[ground.user]] == [GIVEN]
