"""Bodies of core_enrol for the people of a course."""

from collections.abc import Iterator
from typing import Any

from coursewire.contracts import core_enrol as c
from coursewire.contracts.core_user.profiles import ProfileField
from coursewire.contracts.parts import UserCourseGroup
from coursewire.domain import able_people, enrolled_people
from coursewire.domain.call import Call
from coursewire.domain.shown_fields import UserDetails
from coursewire.functions.binding import Bound, in_parts

_ALWAYS = frozenset({"id", "fullname"})
_NOTHING = frozenset[str]()
# An administrator gets these whether they were asked for or not (recorded in enrolled_users).
_TO_ADMINS = frozenset({"address", "phone1", "phone2"})
_FIELDS = enrolled_people.FIELDS & frozenset(c.EnrolledUser.__struct_fields__)
_CAPABLE = frozenset(c.CapableUser.__struct_fields__)


def get_enrolled_users(call: Call, params: c.GetEnrolledUsers) -> Iterator[list[c.EnrolledUser]]:
    """List the people of a course whom the caller may see, some at a time."""
    wanted = enrolled_people.asked((option.name, option.value) for option in params.options)
    names = _names(wanted.fields, is_admin=call.caller.is_admin)
    for found in enrolled_people.find(call, params.courseid, wanted):
        yield [_as_enrolled(details, names) for details in found]


def get_enrolled_users_with_capability(
    call: Call, params: c.GetEnrolledUsersWithCapability
) -> list[c.UsersWithCapability]:
    """List, for each capability, the people of a course who have it, as far as they are seen."""
    wanted = able_people.asked((option.name, option.value) for option in params.options)
    names = _names(wanted.fields, is_admin=call.caller.is_admin)
    asked = [(each.courseid, each.capabilities) for each in params.coursecapabilities]
    return [
        c.UsersWithCapability(
            courseid=found.course_id,
            capability=found.capability,
            users=[_as_capable(details, names) for details in found.people],
        )
        for found in able_people.find(call, asked, wanted)
    ]


def _names(asked: frozenset[str] | None, *, is_admin: bool) -> frozenset[str]:
    if asked is None:
        return _FIELDS
    given = asked | _ALWAYS | (_TO_ADMINS if is_admin else _NOTHING)
    return _FIELDS & given


def _as_enrolled(details: UserDetails, names: frozenset[str]) -> c.EnrolledUser:
    return c.EnrolledUser(**_shown(details, names))


def _as_capable(details: UserDetails, names: frozenset[str]) -> c.CapableUser:
    shown = _shown(details, names & _CAPABLE)
    groups: list[UserCourseGroup] | None = shown.get("groups")
    if groups is not None:
        shown["groups"] = [
            c.CapableUserGroup(id=group.id, name=group.name, description=group.description)
            for group in groups
        ]
    return c.CapableUser(**shown)


def _shown(details: UserDetails, names: frozenset[str]) -> dict[str, Any]:
    """Return those fields of a person that are asked for; custom ones only as they are stored."""
    shown: dict[str, Any] = {name: each for name, each in details.items() if name in names}
    custom: list[ProfileField] = shown.get("customfields", [])
    if custom:
        shown["customfields"] = [
            c.EnrolledUserField(
                type=field.type, value=field.value, name=field.name, shortname=field.shortname
            )
            for field in custom
        ]
    return shown


FUNCTIONS = (
    in_parts(c.get_enrolled_users, get_enrolled_users),
    Bound(c.get_enrolled_users_with_capability, get_enrolled_users_with_capability, long=True),
)
