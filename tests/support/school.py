"""People, courses, enrolments and groups on a test site, made in one line each."""

from collections.abc import Sequence

from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import (
    activities,
    categories,
    contexts,
    courses,
    enrolments,
    group_members,
    grouping_groups,
    groupings,
    groups,
    role_assignments,
    roles,
)
from coursewire.domain.activities import NewActivity
from coursewire.domain.call import Call
from coursewire.domain.categories import NewCategory
from coursewire.domain.contexts import Context
from coursewire.domain.courses import NewCourse
from coursewire.domain.enrolments import ACTIVE, Enrolment
from coursewire.domain.roles import NewRole
from coursewire.store import users
from tests.support.sites import TestSite

CATEGORY = 1
# An id that nothing has.
UNKNOWN = 987_654


class School:
    """A test site that is filled as its administrator; everything is known by its id."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self._ways: dict[int, int] = {}

    def call(self, user_id: int | None = None) -> Call:
        """A call as a user, by default as the administrator."""
        return self.site.call() if user_id is None else self.site.call(user_id)

    def user(self, username: str, lastname: str = "", firstname: str = "Some") -> int:
        session = self.site.session
        values = {
            "username": username,
            "firstname": firstname,
            "lastname": lastname or username.title(),
            "email": f"{username}@example.com",
            "timecreated": self.site.now,
        }
        user_id = users.add(session, values)
        contexts.create(session, contexts.USER, user_id, contexts.system(session))
        return user_id

    def role(self, shortname: str, *capabilities: str, may_assign: Sequence[int] = ()) -> int:
        levels = (contexts.SYSTEM, contexts.CATEGORY, contexts.COURSE)
        new = NewRole(
            shortname=shortname, capabilities=capabilities, levels=levels, may_assign=may_assign
        )
        return roles.create(self.call(), new)

    def holder(self, username: str, *capabilities: str) -> int:
        """A user who has these capabilities in the whole site, through a role of their own."""
        user_id = self.user(username)
        role_id = self.role(f"role_{username}", *capabilities)
        self.assign(user_id, role_id, contexts.system(self.site.session))
        return user_id

    def assign(self, user_id: int, role_id: int, place: Context) -> None:
        role_assignments.assign(self.call(), role_id, user_id, place)

    def category(self, name: str, parent: int = 0, *, visible: int = 1) -> int:
        new = NewCategory(name=name, parent=parent, idnumber=name, visible=visible)
        return categories.create(self.call(), new).id

    def course(self, shortname: str, category: int = CATEGORY, **values: object) -> int:
        """A course with a manual way in."""
        new = NewCourse(category=category, fullname=shortname, shortname=shortname, **values)  # type: ignore[arg-type]  # fields by name
        call = self.call()
        course_id = courses.create(call, new).id
        with call.transaction():
            self._ways[course_id] = enrolments.add_instance(call, course_id)
        return course_id

    def enrol(
        self,
        user_id: int,
        course_id: int,
        role: str = "student",
        *,
        status: int = ACTIVE,
        timeend: int = 0,
    ) -> None:
        call = self.call()
        found = roles.find(self.site.session, role)
        assert found is not None, role
        way = enrolments.get_instance(self.site.session, self._ways[course_id])
        new = Enrolment(user_id=user_id, role_id=found.id, status=status, timeend=timeend)
        enrolments.enrol(call, {way: [new]})

    def student(self, username: str, course_id: int, lastname: str = "") -> int:
        user_id = self.user(username, lastname)
        self.enrol(user_id, course_id)
        return user_id

    def group(
        self,
        course_id: int,
        name: str,
        members: Sequence[int] = (),
        *,
        visibility: int = 0,
        participation: bool = True,
        idnumber: str = "",
        description: str = "",
    ) -> int:
        new = NewGroup(
            courseid=course_id,
            name=name,
            description=description,
            idnumber=idnumber,
            visibility=visibility,
            participation=participation,
        )
        group_id = groups.create(self.call(), new).id
        group_members.add(self.call(), [(group_id, user_id) for user_id in members])
        return group_id

    def grouping(
        self, course_id: int, name: str, members: Sequence[int] = (), *, idnumber: str = ""
    ) -> int:
        new = NewGrouping(courseid=course_id, name=name, description="", idnumber=idnumber)
        grouping_id = groupings.create(self.call(), new).id
        grouping_groups.assign(self.call(), [(grouping_id, group_id) for group_id in members])
        return grouping_id

    def activity(
        self,
        course_id: int,
        name: str = "Talk",
        module: str = "forum",
        *,
        groupmode: int = 0,
        groupingid: int = 0,
        visible: int = 1,
    ) -> int:
        new = NewActivity(
            course_id=course_id,
            module=module,
            name=name,
            groupmode=groupmode,
            groupingid=groupingid,
            visible=visible,
        )
        return activities.create(self.call(), new).id


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
