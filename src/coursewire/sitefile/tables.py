"""A site file as tables, one a section, for spreadsheets."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from coursewire.sitefile.model.entry import Entry
from coursewire.sitefile.model.site_file import SiteFile

Row = list[str]
# Secrets come into no table, whatever the file holds.
_NEVER = {"password", "password_hash", "value", "key", "enrolmentkey"}


def tables(file: SiteFile) -> Iterator[tuple[str, list[Row]]]:
    """Return the name of each section that has entries, with its rows; the first names columns."""
    for section in file.__struct_fields__:
        value: object = getattr(file, section)
        if isinstance(value, tuple) and value:
            entries = cast("tuple[Entry, ...]", value)
            fields = [
                field
                for field in msgspec.structs.fields(type(entries[0]))
                if field.encode_name not in _NEVER
            ]
            heading = [field.encode_name for field in fields]
            rows = [[_cell(getattr(entry, field.name)) for field in fields] for entry in entries]
            yield section, [heading, *rows]


def _cell(value: Any) -> str:  # noqa: ANN401 - any value of a site file
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "; ".join(map(_cell, cast("tuple[object, ...]", value)))
    if isinstance(value, Mapping | msgspec.Struct):
        return msgspec.json.encode(value).decode() if value else ""
    return str(value)
