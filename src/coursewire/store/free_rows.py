"""Rows that nobody is changing: held without waiting, so that nobody waits in a circle."""

from collections.abc import Collection

from sqlalchemy import Table, select

from coursewire.store.batches import batches
from coursewire.store.session import Session


def hold(session: Session, table: Table, ids: Collection[int]) -> set[int]:
    """Hold, in a transaction, those rows that no other transaction holds; return their ids.

    On SQLite a transaction that writes is alone from its beginning: all are free.
    """
    found: set[int] = set()
    for some in batches(sorted(set(ids))):
        statement = select(table.c.id).where(table.c.id.in_(some)).order_by(table.c.id)
        found |= set(session.scalars(statement.with_for_update(key_share=True, skip_locked=True)))
    return found


def there(session: Session, table: Table, ids: Collection[int]) -> set[int]:
    """Return which of some rows exist."""
    found: set[int] = set()
    for some in batches(sorted(set(ids))):
        found |= set(session.scalars(select(table.c.id).where(table.c.id.in_(some))))
    return found
