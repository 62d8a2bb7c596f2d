"""Bodies of core_enrol for the people of a course."""

from typing import Any

from coursewire.contracts import core_enrol as c
from coursewire.contracts.fields import UNSET
from coursewire.domain import enrolled_people
from coursewire.domain.call import Call
from coursewire.domain.shown_fields import UserDetails
from coursewire.functions.binding import Bound

_ALWAYS = frozenset({"id", "fullname"})
_NOTHING = frozenset[str]()
# An administrator gets these whether they were asked for or not (recorded in enrolled_users).
_TO_ADMINS = frozenset({"address", "phone1", "phone2"})
_FIELDS = tuple(name for name in c.EnrolledUser.__struct_fields__ if name in enrolled_people.FIELDS)


def get_enrolled_users(call: Call, params: c.GetEnrolledUsers) -> list[c.EnrolledUser]:
    """List the people of a course whom the caller may see."""
    wanted = enrolled_people.asked((option.name, option.value) for option in params.options)
    found = enrolled_people.find(call, params.courseid, wanted)
    names = _names(wanted.fields, is_admin=call.caller.is_admin)
    return [_as_enrolled(details, names) for details in found]


def _names(asked: frozenset[str] | None, *, is_admin: bool) -> tuple[str, ...]:
    if asked is None:
        return _FIELDS
    given = asked | _ALWAYS | (_TO_ADMINS if is_admin else _NOTHING)
    return tuple(name for name in _FIELDS if name in given)


def _as_enrolled(details: UserDetails, names: tuple[str, ...]) -> c.EnrolledUser:
    shown: dict[str, Any] = {name: getattr(details, name) for name in names}
    custom = details.customfields
    if "customfields" in shown and custom is not UNSET:
        shown["customfields"] = [
            c.EnrolledUserField(
                type=field.type,
                value=field.value,
                name=field.name,
                shortname=field.shortname,
            )
            for field in custom
        ]
    return c.EnrolledUser(**shown)


FUNCTIONS = (Bound(c.get_enrolled_users, get_enrolled_users, long=True),)
