"""One record of the audit trail, and writing it in the transaction of the change (AUD-1, AUD-2)."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct

from coursewire.audit.redaction import line_value, without_secrets
from coursewire.store import audit as store
from coursewire.store.session import Session

_encode_details = msgspec.json.Encoder(order="sorted", enc_hook=str).encode
_LONGEST_DETAILS = 8192
_LONGEST_LINE = 1024
_LINES = ("actor", "action", "target", "outcome", "reason", "address", "request_id")
_lines_of: Callable[[Mapping[str, str]], tuple[str, ...]] = itemgetter(*_LINES)


class Record(Struct, frozen=True, kw_only=True):
    """Who did what to what, when, from where, and how it ended."""

    time_ms: int
    monotonic_ms: int
    actor_id: int
    actor: str
    action: str
    target: str
    outcome: str = "ok"
    reason: str = ""
    token_handle: str = ""
    address: str = ""
    request_id: str = ""
    details: str = ""


def details(values: Mapping[str, object]) -> str:
    """Return details as JSON with sorted keys and without secrets; too long ones say so."""
    if not values:
        return ""
    written = _encode_details(without_secrets(values)).decode()
    if len(written) <= _LONGEST_DETAILS:
        return written
    return _encode_details({"omitted": f"{len(written)} characters of details"}).decode()


def append(session: Session, records: Sequence[Record]) -> None:
    """Write records in the transaction that is open.

    A change without its record would be worse than no change, so a failure here passes through
    and undoes the change.
    """
    if not session.in_transaction:
        msg = "audit records are written in the transaction of the change they record"
        raise RuntimeError(msg)
    store.append(session, [_row(record) for record in records])


def _row(record: Record) -> dict[str, Any]:
    row = msgspec.structs.asdict(record)
    together = "".join(_lines_of(row))
    # Nearly all are plain and short, and then nothing is to be done.
    if not (together.isascii() and together.isprintable() and len(together) <= _LONGEST_LINE):
        for name in _LINES:
            row[name] = line_value(row[name], _LONGEST_LINE)
    return row
