"""Course formats: the options each has, and the end date that weeks give a course."""

from collections.abc import Mapping
from types import MappingProxyType

from coursewire.domain.loose_numbers import whole_number

SITE = "site"
TOPICS = "topics"
WEEKS = "weeks"
WEEK = 604_800

_SECTIONS: Mapping[str, int] = MappingProxyType({"hiddensections": 1, "coursedisplay": 0})

# Options by format with their defaults, in the order of answers. A format that is not here has
# none: Moodle keeps courses of formats that it does not know.
OPTIONS: Mapping[str, Mapping[str, int | str]] = MappingProxyType(
    {
        SITE: MappingProxyType({"numsections": 1}),
        TOPICS: _SECTIONS,
        WEEKS: MappingProxyType({**_SECTIONS, "automaticenddate": 1}),
        "singleactivity": MappingProxyType({"activitytype": "forum"}),
    }
)


def options(kind: str, stored: Mapping[str, str]) -> dict[str, int | str]:
    """Return the options of a course in their order, each in the type of its default."""
    found: dict[str, int | str] = {}
    for name, default in OPTIONS.get(kind, {}).items():
        value = stored.get(name)
        if value is None:
            found[name] = default
        else:
            found[name] = int(value) if isinstance(default, int) else value
    return found


def known_options(kind: str, sent: Mapping[str, int | str]) -> dict[str, str]:
    """Return those of the options that the format has, as they are stored: numbers are numbers."""
    known = OPTIONS.get(kind, {})
    return {
        name: str(whole_number(str(value)) if isinstance(known[name], int) else value)
        for name, value in sent.items()
        if name in known
    }


def end_date(kind: str, options: Mapping[str, int | str], start: int, sections: int) -> int | None:
    """Return when a course ends by its format, or None where somebody chooses.

    A course in weeks ends with its last section; it lasts a week at least.
    """
    if kind == WEEKS and options.get("automaticenddate"):
        return start + WEEK * max(sections, 1)
    return None
