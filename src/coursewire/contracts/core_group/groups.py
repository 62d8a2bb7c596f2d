"""Contracts of core_group for groups: create, read, update, delete."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import SEE_GROUPS, VIEW_COURSE, Access, Place
from coursewire.contracts.fields import UNSET, Bool, Int, Raw, Text, Unset, Written
from coursewire.contracts.function import Function
from coursewire.contracts.parts import HTML, CourseId, CustomField, CustomFieldValue


class NewGroup(Struct, frozen=True, kw_only=True):
    """A group to be created; visibility 0 all, 1 members, 2 own, 3 none."""

    courseid: Int
    name: Text
    description: Raw
    descriptionformat: Annotated[Int, Written("1")] = HTML
    enrolmentkey: Raw | Unset = UNSET
    idnumber: Raw | Unset = UNSET
    visibility: Int = 0
    participation: Bool = True
    customfields: list[CustomFieldValue] | Unset = UNSET


class CreateGroups(Struct, frozen=True, kw_only=True):
    """Parameters of create_groups."""

    groups: list[NewGroup]


class GroupChange(Struct, frozen=True, kw_only=True):
    """What becomes of a group; what is absent stays, except that the format returns to HTML."""

    id: Int
    name: Text
    description: Raw | Unset = UNSET
    descriptionformat: Annotated[Int, Written("1")] = HTML
    enrolmentkey: Raw | Unset = UNSET
    idnumber: Raw | Unset = UNSET
    visibility: Text | Unset = UNSET
    participation: Bool | Unset = UNSET
    customfields: list[CustomFieldValue] | Unset = UNSET


class UpdateGroups(Struct, frozen=True, kw_only=True):
    """Parameters of update_groups."""

    groups: list[GroupChange]


class GroupIds(Struct, frozen=True, kw_only=True):
    """The parameters of functions that ask for nothing but groups."""

    groupids: list[Int]


class CourseGroup(Struct, frozen=True, kw_only=True):
    """A group as a course lists it."""

    id: Int
    courseid: Int
    name: Text
    description: Raw
    descriptionformat: Int
    enrolmentkey: Raw | None
    idnumber: Raw
    visibility: Int
    participation: Bool


class CreatedGroup(CourseGroup, frozen=True, kw_only=True):
    """A group as it was created, with the custom fields as they were sent."""

    customfields: list[CustomFieldValue] | Unset = UNSET


class Group(CourseGroup, frozen=True, kw_only=True):
    """A group with its custom fields."""

    customfields: list[CustomField] | Unset = UNSET


create_groups: Function[CreateGroups, list[CreatedGroup]] = Function(
    name="core_group_create_groups",
    params=CreateGroups,
    returns=list[CreatedGroup],
    kind="write",
    access=Access(
        at=(Place("course", "groups[].courseid"),),
        asks=("moodle/course:managegroups", *VIEW_COURSE),
    ),
    capabilities=("moodle/course:managegroups",),
    summary="Create groups in one or more courses: all of them or none.",
)

get_groups: Function[GroupIds, list[Group]] = Function(
    name="core_group_get_groups",
    params=GroupIds,
    returns=list[Group],
    kind="read",
    access=Access(
        at=(Place("group", "groupids[]"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    capabilities=("moodle/course:managegroups",),
    summary="Read groups by id, in the order asked for.",
)

get_course_groups: Function[CourseId, list[CourseGroup]] = Function(
    name="core_group_get_course_groups",
    params=CourseId,
    returns=list[CourseGroup],
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=("moodle/course:managegroups", *SEE_GROUPS, *VIEW_COURSE),
    ),
    capabilities=("moodle/course:managegroups",),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="List the groups of a course by name, as far as the caller may see them.",
)

update_groups: Function[UpdateGroups, None] = Function(
    name="core_group_update_groups",
    params=UpdateGroups,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("group", "groups[].id"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    capabilities=("moodle/course:managegroups",),
    summary="Change groups: all of them or none.",
)

delete_groups: Function[GroupIds, None] = Function(
    name="core_group_delete_groups",
    params=GroupIds,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("group", "groupids[]"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    capabilities=("moodle/course:managegroups",),
    summary="Delete groups with their memberships; unknown ids are passed over.",
)
