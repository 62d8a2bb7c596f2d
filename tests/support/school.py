"""A course with people in it, and what else tests of groups and courses need, by id."""

from collections.abc import Sequence

from coursewire.domain import group_members, grouping_groups
from coursewire.domain.call import Call
from tests.support import making
from tests.support.making import Field
from tests.support.sites import TestSite

# An id that nothing has.
UNKNOWN = 987_654


class School:
    """A test site that is filled as its administrator."""

    def __init__(self, site: TestSite) -> None:
        self.site = site

    def call(self, user_id: int | None = None) -> Call:
        """A call as a user, by default as the administrator."""
        return self.site.call() if user_id is None else self.site.call(user_id)

    def user(self, username: str, lastname: str = "", firstname: str = "Some") -> int:
        name = lastname or username.title()
        return making.user(self.site, username, firstname=firstname, lastname=name)

    def holder(self, username: str, *capabilities: str) -> int:
        """A user who has these capabilities in the whole site, through a role of their own."""
        return making.user_with(self.site, username, *capabilities)

    def category(self, name: str, parent: int = 0) -> int:
        return making.category(self.site, name, parent, idnumber=name)

    def course(self, shortname: str, category: int = 1, **values: Field) -> int:
        """A course with a manual way in; its full name is its short name."""
        named = {"fullname": shortname, "category": category, **values}
        return making.course(self.site, shortname, **named)

    def enrol(self, user_id: int, course_id: int, role: str = "student", **values: Field) -> None:
        making.enrol(self.site, user_id, course_id, role, **values)

    def student(self, username: str, course_id: int, lastname: str = "") -> int:
        user_id = self.user(username, lastname)
        self.enrol(user_id, course_id)
        return user_id

    def group(self, course_id: int, name: str, members: Sequence[int] = (), **values: Field) -> int:
        group_id = making.group(self.site, course_id, name, **values)
        group_members.add(self.call(), [(group_id, user_id) for user_id in members])
        return group_id

    def grouping(
        self, course_id: int, name: str, groups: Sequence[int] = (), **values: Field
    ) -> int:
        grouping_id = making.grouping(self.site, course_id, name, **values)
        grouping_groups.assign(self.call(), [(grouping_id, group_id) for group_id in groups])
        return grouping_id

    def activity(self, course_id: int, name: str = "Talk", **values: Field) -> int:
        """An activity, by default a forum, which everybody in the course may view."""
        named = {"module": "forum", "name": name, **values}
        return making.activity(self.site, course_id, **named)


class Classroom:
    """One course of a school: a teacher, three students, and a stranger to it."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.school = School(site)
        self.course = self.school.course("ALG")
        self.teacher = self.school.user("teacher")
        self.school.enrol(self.teacher, self.course, "editingteacher")
        self.ann = self.school.student("ann", self.course, "Alder")
        self.ben = self.school.student("ben", self.course, "Birch")
        self.cat = self.school.student("cat", self.course, "Cedar")
        self.stranger = self.school.user("stranger")

    def call(self, user_id: int | None = None) -> Call:
        """A call as a user, by default as the administrator."""
        return self.school.call(user_id)
