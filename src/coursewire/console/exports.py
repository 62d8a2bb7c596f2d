"""Lists as files: taking one along asks for the password (WEB-2) and is recorded (AUD-1)."""

from collections.abc import Iterable, Sequence

from coursewire.console import tables
from coursewire.console.answers import Answer
from coursewire.console.routes import Action, View, acts
from coursewire.console.visit import Visit


def gives(path: str, view: View) -> Action:
    """Declare what gives out a list as a file; a long one keeps no other change waiting."""
    return acts(path, view, right="viewer", recent=True, outside=True, missed=False)


def as_file(
    visit: Visit, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Answer:
    """Return the rows that match the filters of the address as CSV, and record it."""
    lines = [*rows]
    record(visit, name, len(lines))
    return tables.as_file(name, [columns, *lines])


def record(visit: Visit, name: str, rows: int) -> None:
    """Record that somebody took a list along, and how it was narrowed."""
    filters = {name: value for name, value in visit.query.pairs if value}
    with visit.call.transaction():
        visit.call.audit.record("list.export", name, rows=rows, filters=filters)
