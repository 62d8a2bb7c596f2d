"""Answers by token and idempotency key, claimed before a call runs and written with its changes."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.keys import Digest
from coursewire.store.schema.answers import kept_answers as table
from coursewire.store.session import Session


class Kept(NamedTuple):
    """What is known of an earlier request: its digest and its sealed answer."""

    digest: Digest
    answer: bytes


_THIS = table.c.token_id == bindparam("of_token"), table.c.key == bindparam("by_key")
_FOUND = select(table.c.digest_number, table.c.digest, table.c.answer).where(
    *_THIS, table.c.made > bindparam("since")
)
_FORGET = delete(table).where(*_THIS, table.c.made <= bindparam("since"))
_ANSWER = update(table).where(*_THIS)


def find(session: Session, token_id: int, key: str, since: int) -> Kept | None:
    """Return what is kept under a key and was made after `since`."""
    values = {"of_token": token_id, "by_key": key, "since": since}
    found = session.one(_FOUND, values)
    return None if found is None else Kept(Digest(found[0], found[1]), found[2])


def claim(session: Session, token_id: int, key: str, digest: Digest, now: int, since: int) -> bool:
    """Take a key inside a transaction; False: another call took it, which has ended by now."""
    session.execute(_FORGET, {"of_token": token_id, "by_key": key, "since": since})
    dialect = sqlite if session.engine_name == "sqlite" else postgresql
    new = dialect.insert(table).values(
        token_id=token_id,
        key=key,
        digest_number=digest.number,
        digest=digest.value,
        answer=b"",
        made=now,
    )
    # A call with the same key that still runs is waited for here.
    return bool(session.rows(new.on_conflict_do_nothing().returning(table.c.key)))


def keep(session: Session, token_id: int, key: str, answer: bytes) -> None:
    """Write the answer to a key that was claimed in the same transaction."""
    session.execute(_ANSWER, {"of_token": token_id, "by_key": key, "answer": answer})


def purge(session: Session, since: int) -> None:
    """Forget what was made at `since` or before."""
    session.execute(delete(table).where(table.c.made <= since))


def is_of(kept: Kept, digests: Sequence[Digest]) -> bool:
    """Tell whether an answer was given to the request with these digests."""
    return kept.digest in digests
