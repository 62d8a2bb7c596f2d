"""Contracts of core_group for groupings: create, read, update, delete."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import UNSET, Bool, Int, Raw, Text, Unset, Written
from coursewire.contracts.function import Function
from coursewire.contracts.parts import HTML, CourseId, CustomField, CustomFieldValue


class NewGrouping(Struct, frozen=True, kw_only=True):
    """A grouping to be created."""

    courseid: Int
    name: Text
    description: Raw
    descriptionformat: Annotated[Int, Written("1")] = HTML
    idnumber: Raw | Unset = UNSET
    customfields: list[CustomFieldValue] | Unset = UNSET


class CreateGroupings(Struct, frozen=True, kw_only=True):
    """Parameters of create_groupings."""

    groupings: list[NewGrouping]


class GroupingChange(Struct, frozen=True, kw_only=True):
    """What becomes of a grouping; an absent idnumber stays, an empty one is cleared."""

    id: Int
    name: Text
    description: Raw
    descriptionformat: Annotated[Int, Written("1")] = HTML
    idnumber: Raw | Unset = UNSET
    customfields: list[CustomFieldValue] | Unset = UNSET


class UpdateGroupings(Struct, frozen=True, kw_only=True):
    """Parameters of update_groupings."""

    groupings: list[GroupingChange]


class GetGroupings(Struct, frozen=True, kw_only=True):
    """Parameters of get_groupings."""

    groupingids: list[Int]
    returngroups: Annotated[Bool, Written(0)] = False


class DeleteGroupings(Struct, frozen=True, kw_only=True):
    """Parameters of delete_groupings."""

    groupingids: list[Int]


class CourseGrouping(Struct, frozen=True, kw_only=True):
    """A grouping as a course lists it."""

    id: Int
    courseid: Int
    name: Text
    description: Raw
    descriptionformat: Int
    idnumber: Raw


class CreatedGrouping(CourseGrouping, frozen=True, kw_only=True):
    """A grouping as it was created, with the custom fields as they were sent."""

    customfields: list[CustomFieldValue] | Unset = UNSET


class GroupOfGrouping(Struct, frozen=True, kw_only=True):
    """A group as a member of a grouping; unlike elsewhere its visibility is not told."""

    id: Int
    courseid: Int
    name: Text
    description: Raw
    descriptionformat: Int
    enrolmentkey: Raw | None
    idnumber: Raw
    customfields: list[CustomField] | Unset = UNSET


class Grouping(CourseGrouping, frozen=True, kw_only=True):
    """A grouping with its custom fields and, where asked for and not empty, its groups."""

    customfields: list[CustomField] | Unset = UNSET
    groups: list[GroupOfGrouping] | Unset = UNSET


create_groupings: Function[CreateGroupings, list[CreatedGrouping]] = Function(
    name="core_group_create_groupings",
    params=CreateGroupings,
    returns=list[CreatedGrouping],
    kind="write",
    access=Access(
        at=(Place("course", "groupings[].courseid"),),
        asks=("moodle/course:managegroups", *VIEW_COURSE),
    ),
    summary="Create groupings in one or more courses: all of them or none.",
)

get_groupings: Function[GetGroupings, list[Grouping]] = Function(
    name="core_group_get_groupings",
    params=GetGroupings,
    returns=list[Grouping],
    kind="read",
    access=Access(
        at=(Place("grouping", "groupingids[]"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    summary="Read groupings by id, on request with their groups.",
)

get_course_groupings: Function[CourseId, list[CourseGrouping]] = Function(
    name="core_group_get_course_groupings",
    params=CourseId,
    returns=list[CourseGrouping],
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    services=("moodle_mobile_app",),
    summary="List the groupings of a course by name.",
)

update_groupings: Function[UpdateGroupings, None] = Function(
    name="core_group_update_groupings",
    params=UpdateGroupings,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("grouping", "groupings[].id"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    summary="Change groupings: all of them or none.",
)

delete_groupings: Function[DeleteGroupings, None] = Function(
    name="core_group_delete_groupings",
    params=DeleteGroupings,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("grouping", "groupingids[]"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    summary="Delete groupings; their groups stay, unknown ids are passed over.",
)
