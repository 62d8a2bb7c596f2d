"""A site with somebody of every kind and something of every kind, for the rules of all functions.

What a call aims at is one `Aim`: an object of each kind that stands in one place, so that the same
call can be made about the caller's own course, another one, a hidden one, and so on.
"""

from msgspec import Struct

from coursewire.domain import (
    activity_changes,
    cohorts,
    contexts,
    course_deletion,
    enrolments,
    grade_items,
    user_deletion,
)
from coursewire.domain.activities import require as require_activity
from coursewire.domain.categories import get as get_category
from coursewire.domain.category_deletion import delete_with_contents
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.group_visibility import NONE
from coursewire.domain.groupings import delete as delete_groupings
from coursewire.domain.groupings import of_ids as groupings_of
from coursewire.domain.groups import delete as delete_groups
from coursewire.domain.groups import of_ids as groups_of
from coursewire.domain.site import ADMIN_ID
from tests.support import making
from tests.support.school import UNKNOWN, School
from tests.support.sites import TestSite

REST = "webservice/rest:use"
# The connector's own list (functions.md section 3).
TEN = (
    "moodle/course:view",
    "moodle/course:update",
    "moodle/course:viewhiddencourses",
    "moodle/course:managegroups",
    "moodle/user:create",
    "moodle/user:viewdetails",
    "moodle/user:viewhiddendetails",
    "moodle/course:useremail",
    "moodle/user:update",
    "enrol/manual:enrol",
)
NOBODY = "none"
IN_COURSE = ("student", "teacher", "editingteacher")
ROLES = (NOBODY, "authenticated", *IN_COURSE, "manager", "administrator", "custom")
COURSES = ("own course", "other course", "hidden course")
GROUPS = ("own group", "other group", "hidden group")
GONE = ("missing id", "deleted id")
# Stands in every text of the hidden course, and nowhere else.
VEILED = "veiled"
# The same for the course in which nobody of the roles takes part.
FARAWAY = "faraway"
TARGETS = (*COURSES, *GROUPS, *GONE)


class Aim(Struct, frozen=True, kw_only=True):
    """One object of each kind, all in one place; ids. `person` takes part there, `guest` not."""

    course: int
    shortname: str
    group: int
    grouping: int
    loose_group: int
    activity: int
    instance: int
    person: int
    username: str
    outsider: int
    category: int
    cohort: int
    way_in: int
    guest_way: int
    place: int
    student_role: int


class World:
    """The people by role and the aims by name, in a site that stands still."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.school = School(site)
        making.override(site, "user", REST, 1)
        making.role(site, "custom", TEN)
        self.people = {"administrator": ADMIN_ID}
        for role in ROLES:
            if role not in {NOBODY, "administrator"}:
                self.people[role] = making.user(site, role)
        making.assign(site, "manager", self.people["manager"])
        making.assign(site, "custom", self.people["custom"])
        self.outsider = making.user(site, "outsider")
        own = self._course("own")
        hidden = self._course(VEILED, visible=0)
        other = self._course(FARAWAY, take_part=False)
        gone = self._course("gone", take_part=False)
        self.aims = {
            "own course": own,
            "other course": other,
            "hidden course": hidden,
            "own group": self._group(own, "mine", mine=True),
            "other group": self._group(own, "theirs"),
            "hidden group": self._group(own, "secret", visibility=NONE),
            "missing id": self._missing(),
            "deleted id": gone,
        }
        self._delete(gone)

    def _course(self, name: str, *, take_part: bool = True, visible: int = 1) -> Aim:
        site = self.site
        category = making.category(site, "Category")
        course = making.course(
            site, name, category=category, visible=visible, enablecompletion=1, groupmode=1
        )
        if take_part:
            for role in IN_COURSE:
                making.enrol(site, self.people[role], course, role)
        person = making.user(site, f"{name}person")
        making.enrol(site, person, course)
        call = site.call()
        with call.transaction():
            way_in = enrolments.add_instance(call, course, enrolments.SELF)
            # Closed, so that it lets nobody in.
            guest_way = enrolments.add_instance(call, course, enrolments.GUEST, status=1)
            cohort = cohorts.create(
                call,
                NewCohort(name="Cohort", idnumber=f"cohort {category}", category_id=category),
            )
            cohorts.add_members(call, cohort, [person])
        place = making.course_context(site, course)
        bare = Aim(
            course=course,
            shortname=name,
            group=0,
            grouping=0,
            loose_group=0,
            activity=0,
            instance=0,
            person=person,
            username=f"{name}person",
            outsider=self.outsider,
            category=category,
            cohort=cohort,
            way_in=way_in,
            guest_way=guest_way,
            place=place.id,
            student_role=making.role_id(site, "student"),
        )
        return self._group(bare, "first", person=person)

    def _group(
        self, aim: Aim, name: str, *, mine: bool = False, visibility: int = 0, person: int = 0
    ) -> Aim:
        """The same place, with a group of its own and what belongs to the group."""
        site, school = self.site, self.school
        label = f"{aim.shortname}{name}"
        if not person:
            person = making.user(site, f"{label}person")
            making.enrol(site, person, aim.course)
        members = [person, *(self.people[role] for role in IN_COURSE if mine)]
        group = school.group(aim.course, f"Group {label}", members, visibility=visibility)
        grouping = school.grouping(aim.course, f"Grouping {label}", [group], idnumber=label)
        activity = making.activity(
            site, aim.course, "assign", name=f"Task {label}", groupmode=1, groupingid=grouping,
            completion=1,
        )  # fmt: skip
        instance = require_activity(site.session, activity).instance
        grade_items.add_activity(site.call(), aim.course, "assign", instance, name, grademax=100)
        return Aim(
            course=aim.course,
            shortname=aim.shortname,
            group=group,
            grouping=grouping,
            loose_group=making.group(site, aim.course, f"Loose {label}", visibility=visibility),
            activity=activity,
            instance=instance,
            person=person,
            username=f"{label}person" if name != "first" else aim.username,
            outsider=aim.outsider,
            category=aim.category,
            cohort=aim.cohort,
            way_in=aim.way_in,
            guest_way=aim.guest_way,
            place=aim.place,
            student_role=aim.student_role,
        )

    def _missing(self) -> Aim:
        numbers = {
            name: UNKNOWN for name in Aim.__struct_fields__ if name not in {"shortname", "username"}
        }
        return Aim(**(numbers | {"outsider": self.outsider}), shortname="nix", username="nix")

    def _delete(self, gone: Aim) -> None:
        call = self.site.call()
        with call.transaction():
            activity_changes.remove(call, gone.activity)
            delete_groupings(call, list(groupings_of(call, [gone.grouping]).values()))
            groups = groups_of(call, [gone.group, gone.loose_group])
            delete_groups(call, list(groups.values()))
            cohorts.remove(call, gone.cohort)
            user_deletion.delete(call, gone.person)
            course_deletion.delete(call, gone.course)
        category = get_category(call.session, gone.category)
        assert category is not None
        with call.transaction():
            delete_with_contents(call, category)

    def context(self, level: int, instance: int) -> int:
        """The id of a context, 0 where there is none."""
        found = contexts.find(self.site.session, level, instance)
        return 0 if found is None else found.id
