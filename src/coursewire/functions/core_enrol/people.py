"""Bodies of core_enrol for the people of a course."""

from collections.abc import Iterator
from typing import Any

from coursewire.contracts import core_enrol as c
from coursewire.contracts.core_user.profiles import ProfileField
from coursewire.domain import enrolled_people
from coursewire.domain.call import Call
from coursewire.domain.shown_fields import UserDetails
from coursewire.functions.binding import in_parts

_ALWAYS = frozenset({"id", "fullname"})
_NOTHING = frozenset[str]()
# An administrator gets these whether they were asked for or not (recorded in enrolled_users).
_TO_ADMINS = frozenset({"address", "phone1", "phone2"})
_FIELDS = enrolled_people.FIELDS & frozenset(c.EnrolledUser.__struct_fields__)


def get_enrolled_users(call: Call, params: c.GetEnrolledUsers) -> Iterator[list[c.EnrolledUser]]:
    """List the people of a course whom the caller may see, some at a time."""
    wanted = enrolled_people.asked((option.name, option.value) for option in params.options)
    names = _names(wanted.fields, is_admin=call.caller.is_admin)
    for found in enrolled_people.find(call, params.courseid, wanted):
        yield [_as_enrolled(details, names) for details in found]


def _names(asked: frozenset[str] | None, *, is_admin: bool) -> frozenset[str]:
    if asked is None:
        return _FIELDS
    given = asked | _ALWAYS | (_TO_ADMINS if is_admin else _NOTHING)
    return _FIELDS & given


def _as_enrolled(details: UserDetails, names: frozenset[str]) -> c.EnrolledUser:
    shown: dict[str, Any] = {name: each for name, each in details.items() if name in names}
    custom: list[ProfileField] = shown.get("customfields", [])
    if custom:
        shown["customfields"] = [
            c.EnrolledUserField(
                type=field.type, value=field.value, name=field.name, shortname=field.shortname
            )
            for field in custom
        ]
    return c.EnrolledUser(**shown)


FUNCTIONS = (in_parts(c.get_enrolled_users, get_enrolled_users),)
