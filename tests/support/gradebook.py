"""A course in which activities are graded and completed, with learners and teachers in it."""

from typing import Any

from coursewire.domain import activities, activity_changes, grade_items, grades
from tests.support import making
from tests.support.sites import TestSite


class Gradebook:
    """A course with completion on; `ann` and `ben` learn in it, `tina` teaches."""

    def __init__(self, site: TestSite, shortname: str = "GRA", **course: Any) -> None:
        self.site = site
        self.course = making.course(site, shortname, **({"enablecompletion": 1} | course))
        self.ann = self.person("ann")
        self.ben = self.person("ben")
        self.tina = self.person("tina", "editingteacher")

    def person(self, name: str, role: str = "student") -> int:
        """Somebody who takes part in the course."""
        made = making.user(self.site, name)
        making.enrol(self.site, made, self.course, role)
        return made

    def graded(self, name: str, grademax: float = 100, **values: Any) -> int:
        """An assignment with a grade item; the id is that of its course module."""
        cmid = making.activity(self.site, self.course, "assign", name=name, **values)
        call = self.site.call()
        activity = activities.require(call.session, cmid)
        grade_items.add_activity(
            call, self.course, "assign", activity.instance, name, grademax=grademax
        )
        return cmid

    def grade(self, cmid: int, given: dict[int, float | None]) -> None:
        """Grades given in an activity."""
        call = self.site.call()
        grades.set_grades(call, activity_changes.grade_item(call, cmid), given)

    def by_hand(self, name: str, given: dict[int, float | None], **values: Any) -> int:
        """An item graded by hand, with grades; the id is the item's."""
        item = grade_items.add_manual(self.site.call(), self.course, name, **values)
        grades.set_grades(self.site.call(), item, given)
        return item
