"""Bodies of core_enrol for the people of a course."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from coursewire.contracts import core_enrol as c
from coursewire.contracts.core_user.profiles import ProfileField
from coursewire.contracts.fields import UNSET, Unset
from coursewire.domain import enrolled_people
from coursewire.domain.call import Call
from coursewire.functions.binding import in_parts

_ALWAYS = frozenset({"id", "fullname"})
_NOTHING = frozenset[str]()
# An administrator gets these whether they were asked for or not (recorded in enrolled_users).
_TO_ADMINS = frozenset({"address", "phone1", "phone2"})
_FIELDS = tuple(name for name in c.EnrolledUser.__struct_fields__ if name in enrolled_people.FIELDS)


def get_enrolled_users(call: Call, params: c.GetEnrolledUsers) -> Iterator[list[c.EnrolledUser]]:
    """List the people of a course whom the caller may see, some at a time."""
    wanted = enrolled_people.asked((option.name, option.value) for option in params.options)
    names = _names(wanted.fields, is_admin=call.caller.is_admin)
    values = attrgetter(*names)
    for found in enrolled_people.find(call, params.courseid, wanted):
        yield [_as_enrolled(dict(zip(names, values(details), strict=True))) for details in found]


def _names(asked: frozenset[str] | None, *, is_admin: bool) -> tuple[str, ...]:
    if asked is None:
        return _FIELDS
    given = asked | _ALWAYS | (_TO_ADMINS if is_admin else _NOTHING)
    return tuple(name for name in _FIELDS if name in given)


def _as_enrolled(shown: dict[str, Any]) -> c.EnrolledUser:
    custom: list[ProfileField] | Unset = shown.get("customfields", UNSET)
    if custom is not UNSET:
        shown["customfields"] = [
            c.EnrolledUserField(
                type=field.type, value=field.value, name=field.name, shortname=field.shortname
            )
            for field in custom
        ]
    return c.EnrolledUser(**shown)


FUNCTIONS = (in_parts(c.get_enrolled_users, get_enrolled_users),)
