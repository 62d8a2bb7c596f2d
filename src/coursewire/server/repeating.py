"""Requests that a client sends again under one key: they run once and are answered alike (DUR-11).

The answer is stored in the transaction that holds the changes: after a crash there are both or
neither. Of requests at the same time one runs and the others wait for it at the database.
"""

import hashlib
import re
from collections.abc import Callable

from coursewire.contracts.errors import Refusal
from coursewire.domain.call import Call
from coursewire.server.types import Headers
from coursewire.store import kept_answers as store
from coursewire.store.keys import Keys

KEPT = 86_400
_FORM = re.compile(r"[!-~]{1,64}")
_PURPOSE = "kept answer"


class UnfitKey(Refusal):
    """The header is no key."""

    errorcode = "invalididempotencykey"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            "The Idempotency-Key is not usable: send 1 to 64 visible ASCII characters, once"
        )


class KeyTaken(Refusal):
    """The key came with another request before."""

    errorcode = "idempotencykeyused"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "The Idempotency-Key was used for another request in the last 24 hours;"
            " choose a new one for each new request"
        )


class _Taken(Exception):
    """Another call took the key while this one was about to begin."""


def key_of(headers: Headers) -> str:
    """Return the key as it was sent; '' where there is none."""
    found: list[bytes] = []
    for name, value in headers:
        if name == b"idempotency-key":
            found.append(value)
    return b",".join(found).decode("latin-1") if found else ""


def request_digest(query: bytes, kind: str, body: bytes) -> str:
    """Return what tells one request from another: nobody chooses two with the same."""
    parts = (query, kind.encode("latin-1"), body)
    lengths = ".".join(str(len(part)) for part in parts)
    return hashlib.sha256(lengths.encode() + b"".join(parts)).hexdigest()


def once(
    call: Call, token_id: int, key: str, request: str, answer: Callable[[], list[bytes]]
) -> list[bytes]:
    """Run a call that changes something, or give the answer that its key got before."""
    if not _FORM.fullmatch(key):
        raise UnfitKey
    # Keyed, so that nobody can try out passwords on the digest of a body.
    digests = call.keys.digests(f"request {request}")
    since = call.now - KEPT

    def before() -> list[bytes] | None:
        kept = store.find(call.session, token_id, key, since)
        if kept is None:
            return None
        if not store.is_of(kept, digests):
            raise KeyTaken
        return [call.keys.unseal(kept.answer, _PURPOSE).encode("utf-8", "surrogateescape")]

    def claim() -> None:
        if not store.claim(call.session, token_id, key, digests[0], call.now, since):
            raise _Taken

    given = before()
    if given is not None:
        return given
    try:
        with call.session.together(claim):
            chunks = answer()
            with call.session.transaction():
                store.keep(call.session, token_id, key, _sealed(call.keys, chunks))
    except (_Taken, Refusal):
        # A refusal may come of what the same request has done a moment ago.
        given = before()
        if given is None:
            raise
        return given
    return chunks


def _sealed(keys: Keys, chunks: list[bytes]) -> bytes:
    return keys.seal(b"".join(chunks).decode("utf-8", "surrogateescape"), _PURPOSE)
