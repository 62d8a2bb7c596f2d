"""What is done to an activity, or with a grouping of its course, while that is being deleted."""

from collections.abc import Callable

import pytest

from coursewire.contracts.errors import Refusal
from coursewire.domain import activity_changes, course_care
from coursewire.domain.call import Call
from coursewire.store import activities, grades
from tests.support import making
from tests.support.calling import run
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite

Change = Callable[[Call], object]


class Ground:
    """A course with an assignment and a grouping."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.course = making.course(site, "C")
        self.activity = making.activity(site, self.course, "assign")
        self.grouping = making.grouping(site, self.course, "Teams")
        self.user = making.user(site, "ann")

    def delete(self, call: Call) -> None:
        activity_changes.remove(call, self.activity)

    def change(self, call: Call) -> None:
        activity_changes.change(call, self.activity, {"name": "New"})

    def grade(self, call: Call) -> object:
        return run(
            call,
            "core_grades_update_grades",
            source="test",
            courseid=self.course,
            component="mod_assign",
            activityid=self.activity,
            itemnumber=0,
            grades=[{"studentid": self.user, "grade": 50}],
        )

    def delete_grouping(self, call: Call) -> None:
        run(call, "core_group_delete_groupings", groupingids=[self.grouping])

    def use_grouping(self, call: Call) -> None:
        course_care.set_groups(call, self.activity, 1, self.grouping)


@pytest.fixture
def ground(site: TestSite) -> Ground:
    return Ground(site)


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("what", ["change", "grade", "delete"])
def test_an_activity_that_is_just_deleted_is_left_alone(ground: Ground, what: str) -> None:
    refused = meanwhile(ground.site, ground.delete, getattr(ground, what))
    assert isinstance(refused, Refusal)
    kinds = {item.type for item in grades.items_in(ground.site.session, ground.course)}
    assert "mod" not in kinds


@pytest.mark.requirement("DUR-5")
def test_a_grouping_that_is_just_deleted_is_that_of_no_activity(ground: Ground) -> None:
    refused = meanwhile(ground.site, ground.delete_grouping, ground.use_grouping)
    assert isinstance(refused, Refusal)
    found = activities.get(ground.site.session, ground.activity)
    assert found is not None
    assert found.groupingid == 0
