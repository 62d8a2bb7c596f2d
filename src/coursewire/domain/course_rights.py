"""What a change of a course needs: some fields ask for a right of their own."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.courses import require_lang, require_name
from coursewire.domain.descriptions import check_format
from coursewire.store.courses import CourseRecord

UPDATE = "moodle/course:update"
# What a change of a field needs besides, by the field; sending what stands there needs nothing.
NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "category": "moodle/course:changecategory",
        "fullname": "moodle/course:changefullname",
        "shortname": "moodle/course:changeshortname",
        "idnumber": "moodle/course:changeidnumber",
        "summary": "moodle/course:changesummary",
        "summaryformat": "moodle/course:changesummary",
        "visible": "moodle/course:visibility",
        "lang": "moodle/course:setforcedlanguage",
    }
)
# What may stand in a field is looked at together with the right, before the next field is.
_CHECKS: Mapping[str, Callable[[Any], None]] = MappingProxyType(
    {
        "fullname": lambda name: require_name("fullname", name),
        "shortname": lambda name: require_name("shortname", name),
        "summaryformat": check_format,
        "lang": require_lang,
    }
)


def lacking(call: Call, place: Context) -> set[str]:
    """Return the fields that the caller may not change there, for want of a right of their own."""
    return {name for name, needed in NEEDS.items() if not call.permissions.may(needed, place)}


def require_all(
    call: Call, course: CourseRecord, place: Context, values: Mapping[str, Any]
) -> None:
    """Refuse a change of a field for which the caller lacks the right, or to what it cannot be."""
    for name, capability in NEEDS.items():
        if name in values and values[name] != getattr(course, name):
            call.permissions.require(capability, place)
            if name in _CHECKS:
                _CHECKS[name](values[name])
