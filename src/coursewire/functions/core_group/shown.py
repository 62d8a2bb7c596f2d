"""What answers of core_group tell of the groups of users, and of custom fields."""

from collections.abc import Collection, Sequence

from coursewire.contracts.core_group.members import UserGroup
from coursewire.contracts.parts import CustomField
from coursewire.domain import custom_fields as fields
from coursewire.domain import groups, shown_groups
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.shown_groups import Shown
from coursewire.store.groups import GroupRecord


def user_groups(call: Call, course: Context, records: Collection[GroupRecord]) -> list[UserGroup]:
    """Return groups of a course in which a user is, or may work."""
    shown = Shown(call, groups.KIND, records)
    return [
        UserGroup(
            id=record.id,
            name=name,
            description=text,
            descriptionformat=number,
            idnumber=record.idnumber,
            courseid=record.course_id,
        )
        for record in records
        for name, text, number in (shown.texts(course, record),)
    ]


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
