"""The CSV file: one line a person, with the course and the group they belong to."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

COLUMNS = ("username", "firstname", "lastname", "email", "course", "group")


class BadRoster(ValueError):
    """The file does not fit; the text names the line."""


@dataclass(frozen=True)
class Row:
    """A person in a course; without a group the text is empty."""

    username: str
    firstname: str
    lastname: str
    email: str
    course: str
    group: str


def read(lines: Iterable[str]) -> list[Row]:
    """Read a roster; spaces around values do not count."""
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadRoster(f"line 1: no column {missing[0]!r}")
    rows: list[Row] = []
    for raw in reader:
        row = Row(**{name: (raw[name] or "").strip() for name in COLUMNS})
        for name in COLUMNS[:-1]:
            if not getattr(row, name):
                raise BadRoster(f"line {reader.line_num}: {name} is empty")
        if row.username != row.username.lower():
            raise BadRoster(f"line {reader.line_num}: username {row.username!r} has capitals")
        rows.append(row)
    return rows
