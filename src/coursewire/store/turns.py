"""Taking turns: work of a name that never happens twice at the same time."""

from sqlalchemy import text

from coursewire.store.session import Session

_TAKE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def take(session: Session, name: str) -> None:
    """Wait until nobody else does this; it is ours until the transaction ends.

    On SQLite a transaction that writes is alone from its beginning.
    """
    if session.engine_name == "postgresql":
        session.execute(_TAKE, {"name": name})
