"""The audit pages: what was changed, which calls were made, and taking either along as a file."""

from typing import Any

import msgspec

from coursewire.audit import sealing
from coursewire.console import exports, paths, tables
from coursewire.console.answers import Answer
from coursewire.console.audit_filters import Filters
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import MissingRecord
from coursewire.domain import gate
from coursewire.store import audit, audit_segments, call_log, tokens
from coursewire.store.call_log import Look
from coursewire.store.session import AnyRow

CHANGES, CALLS = "/console/audit", "/console/audit/calls"
CHECKS = tuple(check.name for check in gate.CHECKS)
MOST_EXPORTED = 10_000
_JSON_LINES = b"application/x-ndjson"


def changes(visit: Visit) -> Answer:
    """Show what was changed."""
    filters = Filters(visit.query, visit.errors)
    look = audit.look(visit.session, filters.changes(), limit=tables.ROWS)
    return _list(visit, filters, look, "changes")


def calls(visit: Visit) -> Answer:
    """Show which calls were made."""
    filters = Filters(visit.query, visit.errors)
    look = call_log.search(visit.session, filters.calls(), limit=tables.ROWS)
    return _list(visit, filters, look, "calls")


def _list(visit: Visit, filters: Filters, look: Look, kind: str) -> Answer:
    is_live = visit.query.is_on("live") and "before" not in visit.query
    context: dict[str, Any] = {
        "kind": kind,
        "rows": look.rows,
        "next_id": look.next_id,
        "filters": filters,
        "is_live": is_live,
        "most": MOST_EXPORTED,
        "tabs_here": [
            (paths.with_query(path, **filters.values), words, None)
            for path, words in ((CHANGES, "Changes"), (CALLS, "Calls"))
        ],
        "here": paths.with_query(visit.request.path, **filters.values),
    }
    if visit.is_fragment:
        return visit.fragment("audit/list.html", "entries", **context)
    return visit.page("audit/list.html", checks=CHECKS, seal=_seal(visit), **context)


def _seal(visit: Visit) -> dict[str, object] | None:
    """Return the end of the chain; proving the whole of it is for the command line."""
    anchor, last = sealing.end(visit.session), audit_segments.newest(visit.session)
    if anchor is None or last is None:
        return None
    return {"anchor": str(anchor), "records": anchor.sequence, "time": last.sealed_ms // 1000}


def change(visit: Visit) -> Answer:
    """Show one change."""
    row = audit.get(visit.session, visit.number("id"))
    if row is None:
        raise MissingRecord("change", visit.number("id"))
    details = msgspec.json.decode(row.details, type=dict[str, object]) if row.details else {}
    return visit.page(
        "audit/change.html",
        row=row,
        details={
            name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
            for name, value in details.items()
        },
        token=tokens.by_handle(visit.session, row.token_handle),
    )


def call(visit: Visit) -> Answer:
    """Show one call."""
    row = call_log.get(visit.session, visit.number("id"))
    if row is None:
        raise MissingRecord("call", visit.number("id"))
    return visit.page(
        "audit/call.html", row=row, token=tokens.by_handle(visit.session, row.token_handle)
    )


def export(visit: Visit) -> Answer:
    """Give out the newest entries that match; that somebody took them is recorded."""
    kind = "calls" if visit.form.text("kind") == "calls" else "changes"
    as_lines = visit.form.text("format") == "ndjson"
    filters = Filters(visit.form, visit.errors)
    found = _exported(visit, filters, kind)
    with visit.call.transaction():
        visit.call.audit.record(
            "audit.export",
            kind,
            entries=len(found),
            form="ndjson" if as_lines else "csv",
            filters=exports.told(filters.values),
        )
    if not as_lines:
        head = list(found[0]) if found else []
        return tables.as_file(kind, [head, *(list(entry.values()) for entry in found)])
    body = b"".join(msgspec.json.encode(entry) + b"\n" for entry in found)
    disposition = f'attachment; filename="{kind}.ndjson"'.encode("ascii")
    return Answer(body=body, kind=_JSON_LINES, extra=((b"content-disposition", disposition),))


def _exported(visit: Visit, filters: Filters, kind: str) -> list[dict[str, object]]:
    rows: list[AnyRow]
    if kind == "calls":
        wanted = filters.calls()
        rows = call_log.search(
            visit.session, wanted, limit=MOST_EXPORTED, span=10 * call_log.SPAN
        ).rows
        return [call_log.as_dict(row) for row in rows]
    return [
        audit.as_dict(row)
        for row in audit.walk(visit.session, filters.changes(), limit=MOST_EXPORTED)
    ]


ACTIONS = (
    shows(CHANGES, changes, right="viewer"),
    shows(CALLS, calls, right="viewer"),
    shows(f"{CHANGES}/changes/{{id:int}}", change, right="viewer"),
    shows(f"{CALLS}/{{id:int}}", call, right="viewer"),
    # Taking entries along asks for the password (WEB-2).
    acts(f"{CHANGES}/export", export, right="viewer", recent=True),
)
