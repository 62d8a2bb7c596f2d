"""Answers as people and programs want them: JSON, a table, or CSV."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

import msgspec
import typer

from coursewire.cli.showing import err, out, plain, print_json, print_table
from coursewire.text.spreadsheets import document

_WARNINGS = "warnings"


class Format(StrEnum):
    """The forms of an answer."""

    JSON = "json"
    TABLE = "table"
    CSV = "csv"
    XML = "xml"


def show(value: Any, form: Format) -> None:  # noqa: ANN401 - JSON
    """Print an answer that was read already."""
    if form is Format.JSON:
        print_json(value)
        return
    table = as_rows(value)
    if form is Format.TABLE:
        print_table(table[0], [[text_of(cell) for cell in row] for row in table[1:]])
    else:
        print_csv(table)


def as_rows(value: Any) -> list[list[Any]]:  # noqa: ANN401 - JSON
    """Return an answer as rows under headings: of the list in it, where there is one."""
    found = _list_of(value)
    if found is None:
        return [["field", "value"], *([key, cell] for key, cell in _members(value).items())]
    members = [_members(item) for item in found]
    headings = list(dict.fromkeys(key for item in members for key in item))
    return [headings, *([item.get(key, "") for key in headings] for item in members)]


def print_csv(rows: Sequence[Sequence[Any]]) -> None:
    """Print rows for a spreadsheet; on a terminal nothing in them can steer it."""
    written = document([[_cell(cell) for cell in row] for row in rows])
    if out.is_terminal:
        for line in written.splitlines():
            plain(line)
    else:
        typer.echo(written.replace("\r\n", "\n"), nl=False)


def text_of(cell: Any) -> str:  # noqa: ANN401 - JSON
    """Return a value as a cell shows it; what is nested stays JSON."""
    if isinstance(cell, str):
        return cell
    return "" if cell is None else msgspec.json.encode(cell).decode()


def _cell(cell: Any) -> int | float | str:  # noqa: ANN401 - JSON
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return cell if is_number else text_of(cell)


def _list_of(value: Any) -> list[Any] | None:  # noqa: ANN401 - JSON
    """Return the list that an answer is or holds; the warnings beside it are told apart."""
    if isinstance(value, list):
        return list(cast("Sequence[Any]", value))
    if not isinstance(value, Mapping):
        return None
    members = dict(cast("Mapping[str, Any]", value))
    warnings: Any = members.pop(_WARNINGS, [])
    if len(members) != 1:
        return None
    (held,) = members.values()
    if not isinstance(held, list):
        return None
    only = list(cast("Sequence[Any]", held))
    # A strange site may have something else there.
    for warning in cast("Sequence[Any]", warnings) if isinstance(warnings, list) else ():
        err.print(f"warning: {text_of(warning)}", markup=False)
    return only


def _members(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {"value": value}
