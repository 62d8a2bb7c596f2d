"""Lists as files: taking one along asks for the password (WEB-2) and is recorded (AUD-1)."""

from collections.abc import Iterable, Mapping, Sequence

from coursewire.audit.redaction import without_tokens
from coursewire.console import tables
from coursewire.console.answers import Answer, Export
from coursewire.console.routes import Action, View
from coursewire.domain.call import Call

_LONGEST = 200


def gives(path: str, view: View) -> Action:
    """Declare what gives out the list of the page above it as a file: `…/csv`."""
    return Action(
        path=path, method="POST", view=view, right="viewer", recent=True, missed=False, gives=True
    )


def as_file(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    filters: Mapping[str, object],
) -> Answer:
    """Return the rows as CSV; `filters` say how the list was narrowed."""
    lines = [*rows]
    answer = tables.as_file(name, [columns, *lines])
    return answer.exporting(Export(name=name, filters=filters, rows=len(lines)))


def record(call: Call, export: Export) -> None:
    """Record that somebody takes a list along."""
    filters = told(export.filters)
    with call.transaction():
        if export.rows is None:
            call.audit.record("list.export", export.name, filters=filters)
        else:
            call.audit.record("list.export", export.name, rows=export.rows, filters=filters)


def told(filters: Mapping[str, object]) -> dict[str, str]:
    """Return filters that narrow, as a record may hold them.

    Whoever looks for a token that leaked types it into one.
    """
    return {name: without_tokens(str(value))[:_LONGEST] for name, value in filters.items() if value}
