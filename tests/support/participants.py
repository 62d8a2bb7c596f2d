"""A course with people in it, for tests of what is told of enrolments."""

from typing import Any

from coursewire.domain import group_members
from coursewire.store.enrolments import SUSPENDED
from tests.support import making
from tests.support.sites import TestSite


class School:
    """A course in which `ann` and `ben` learn, `cy` is suspended and `tina` teaches.

    `ann` is in the group `red`, `ben` in `blue`; `lone` is in no course.
    """

    def __init__(self, site: TestSite, **course: Any) -> None:
        self.site = site
        self.course = making.course(site, "ALG", **course)
        self.ann = self.person("ann")
        self.ben = self.person("ben")
        self.cy = self.person("cy", status=SUSPENDED)
        self.tina = self.person("tina", "editingteacher")
        self.lone = making.user(site, "lone")
        self.red = self.group("Red", self.ann)
        self.blue = self.group("Blue", self.ben)

    def person(self, name: str, role: str = "student", **enrolment: Any) -> int:
        """Somebody who is enrolled in the course."""
        made = making.user(self.site, name)
        making.enrol(self.site, made, self.course, role, **enrolment)
        return made

    def group(self, name: str, *members: int, **values: Any) -> int:
        """A group of the course."""
        made = making.group(self.site, self.course, name, **values)
        group_members.add(self.site.call(), [(made, user_id) for user_id in members])
        return made
