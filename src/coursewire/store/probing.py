"""A change that changes nothing: it tells whether the database takes changes."""

from sqlalchemy import delete, insert

from coursewire.store.schema.answers import kept_answers
from coursewire.store.session import Session

# No token has this id.
_NO_TOKEN = 0


def write(session: Session) -> None:
    """Write a row and remove it, both down to the disk."""
    row = {"token_id": _NO_TOKEN, "key": "probe", "digest": b"", "answer": b""}
    with session.transaction():
        _remove(session)
        session.execute(insert(kept_answers), row)
    with session.transaction():
        _remove(session)


def _remove(session: Session) -> None:
    session.execute(delete(kept_answers).where(kept_answers.c.token_id == _NO_TOKEN))
