"""What answers of core_group tell of groups, groupings and their custom fields."""

from collections.abc import Sequence
from typing import TypedDict

from coursewire.contracts.core_group.members import UserGroup
from coursewire.contracts.parts import CustomField
from coursewire.domain import custom_fields as fields
from coursewire.domain import groupings, groups, shown_groups
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store.groupings import GroupingRecord
from coursewire.store.groups import GroupRecord


class GroupFields(TypedDict):
    """The fields of a group in an answer."""

    id: int
    courseid: int
    name: str
    description: str
    descriptionformat: int
    enrolmentkey: str | None
    idnumber: str
    visibility: int
    participation: bool


class GroupingFields(TypedDict):
    """The fields of a grouping in an answer."""

    id: int
    courseid: int
    name: str
    description: str
    descriptionformat: int
    idnumber: str


def group(call: Call, course: Context, record: GroupRecord) -> GroupFields:
    """Return the fields of a group."""
    text, number = shown_groups.description(call, course, groups.KIND, record)
    return {
        "id": record.id,
        "courseid": record.course_id,
        "name": shown_groups.name(call, record.name),
        "description": text,
        "descriptionformat": number,
        "enrolmentkey": record.enrolmentkey,
        "idnumber": record.idnumber,
        "visibility": record.visibility,
        "participation": bool(record.participation),
    }


def grouping(call: Call, course: Context, record: GroupingRecord) -> GroupingFields:
    """Return the fields of a grouping; Moodle shows its name as it is stored."""
    text, number = shown_groups.description(call, course, groupings.KIND, record)
    return {
        "id": record.id,
        "courseid": record.course_id,
        "name": record.name,
        "description": text,
        "descriptionformat": number,
        "idnumber": record.idnumber,
    }


def user_group(call: Call, course: Context, record: GroupRecord) -> UserGroup:
    """Return a group in which a user is, or may work."""
    text, number = shown_groups.description(call, course, groups.KIND, record)
    return UserGroup(
        id=record.id,
        name=shown_groups.name(call, record.name),
        description=text,
        descriptionformat=number,
        idnumber=record.idnumber,
        courseid=record.course_id,
    )


def custom_fields(call: Call, area: str, ids: Sequence[int]) -> dict[int, list[CustomField]]:
    """Return the custom fields of each that has any; the callers of core_group are editors."""
    found = fields.values(call.session, area, ids, editor=True)
    return {
        key: [
            CustomField(
                name=shown_groups.name(call, each.field.name),
                shortname=each.field.shortname,
                type=each.field.type,
                valueraw=each.value,
                value=shown_groups.name(call, each.value),
            )
            for each in values
        ]
        for key, values in found.items()
    }
