"""Values of a site that no site file can hold, put aside so that everything else is written.

Functions store what Moodle stores, such as a course that begins before 1970 or the group mode 7,
or one whose beginning was put off until after its end.
"""

from collections import Counter
from typing import Any, cast

import msgspec
from msgspec.structs import FieldInfo

from coursewire.contracts.errors import MoodleError
from coursewire.domain.courses import require_dates
from coursewire.sitefile import sentences
from coursewire.sitefile.model.courses import Course
from coursewire.sitefile.model.entry import Entry
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.reading import LISTS


def without(file: SiteFile) -> tuple[SiteFile, dict[str, int]]:
    """Return a file with defaults in the place of such values, and how many there were of each.

    What has no default stays: a file without it would tell of another thing.
    """
    put_aside: Counter[str] = Counter()
    changed: dict[str, Any] = {}
    for section in LISTS:
        entries = cast("tuple[Entry, ...]", getattr(file, section))
        changed[section] = tuple(_fitting(entry, section, put_aside) for entry in entries)
    return msgspec.structs.replace(file, **changed), dict(put_aside)


def _fitting(entry: Entry, section: str, put_aside: Counter[str]) -> Entry:
    while (said := _misfit(entry)) is not None:
        place = sentences.problem(said, type(entry), ()).path
        field = _field(type(entry), str(place[0])) if len(place) == 1 else None
        if field is None or field.default is msgspec.NODEFAULT:
            break
        put_aside[_described(section, field.encode_name)] += 1
        entry = msgspec.structs.replace(entry, **{field.name: field.default})
    if isinstance(entry, Course) and not _ends_in_order(entry):
        put_aside[_described(section, "enddate")] += 1
        entry = msgspec.structs.replace(entry, enddate=0)
    return entry


def _described(section: str, field: str) -> str:
    return f"values of {section}.{field} that a site file does not take"


def _ends_in_order(course: Course) -> bool:
    """Tell whether a course could be made with these dates; those of one that is there may move."""
    try:
        require_dates(course.startdate, course.enddate)
    except MoodleError:
        return False
    return True


def _misfit(entry: Entry) -> str | None:
    """Return why an entry could not be read from a file, if it could not."""
    try:
        msgspec.convert(msgspec.to_builtins(entry), type(entry))
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _field(kind: type[Entry], written: str) -> FieldInfo | None:
    fields = msgspec.structs.fields(kind)
    return next((field for field in fields if field.encode_name == written), None)
