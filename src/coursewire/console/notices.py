"""Notices for the next page: carried in a cookie that only this session's pages accept."""

import base64
import binascii
import hmac
from typing import Literal

import msgspec
from msgspec import Struct

from coursewire.store.console_sessions import SessionRecord

Kind = Literal["done", "info", "warning"]
AGE = 60
_LONGEST = 600
_MARK = 16


class Notice(Struct, frozen=True):
    """One sentence about what was just done."""

    kind: Kind
    text: str


_decode = msgspec.json.Decoder(Notice).decode


def written(record: SessionRecord, notice: Notice) -> str:
    """Return the notice as the value of a cookie."""
    raw = msgspec.json.encode(Notice(notice.kind, notice.text[:_LONGEST]))
    return base64.urlsafe_b64encode(_mark(record, raw) + raw).decode().rstrip("=")


def read(record: SessionRecord, value: str) -> Notice | None:
    """Return the notice of a cookie, if this session wrote it."""
    if not value:
        return None
    try:
        both = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        raw = both[_MARK:]
        if hmac.compare_digest(both[:_MARK], _mark(record, raw)):
            return _decode(raw)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
    return None


def _mark(record: SessionRecord, raw: bytes) -> bytes:
    return hmac.digest(record.csrf, b"notice" + raw, "sha256")[:_MARK]
