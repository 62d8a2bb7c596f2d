"""Counting rows up to a bound, before they are read (IN-9)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select

from coursewire.store.session import Session


def exceed(session: Session, most: int, statements: Iterable[Select[Any]]) -> bool:
    """Tell whether statements would return more than `most` rows together; no more are counted.

    Each should name one narrow column and no order, so that an index answers it.
    """
    counted = 0
    for statement in statements:
        some = statement.limit(most + 1 - counted).subquery()
        counted += int(session.scalar(select(func.count()).select_from(some)) or 0)
        if counted > most:
            return True
    return False
