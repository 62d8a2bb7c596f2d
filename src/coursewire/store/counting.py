"""Counting rows up to a bound, before they are read (IN-9)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from coursewire.store.batches import batches
from coursewire.store.direct import NOTHING
from coursewire.store.direct_lists import DirectListRead
from coursewire.store.session import Session


class Count:
    """A statement whose rows are counted, with named values, up to a bound and no further."""

    def __init__(self, statement: Select[Any]) -> None:
        """Take a statement with one narrow column and no order, so that an index answers it."""
        some = statement.limit(bindparam("most")).subquery()
        self._read = DirectListRead(select(func.count()).select_from(some))

    def exceeds(self, session: Session, most: int, values: Mapping[str, Any] = NOTHING) -> bool:
        """Tell whether it would return more than `most` rows; no more are counted."""
        return self._up_to(session, most + 1, values) > most

    def exceeds_for_all(self, session: Session, most: int, name: str, items: Sequence[Any]) -> bool:
        """Tell the same of all values of a list of that name, however long it is."""
        left = most + 1
        for some in batches(items):
            left -= self._up_to(session, left, {name: list(some)})
            if left <= 0:
                return True
        return False

    def _up_to(self, session: Session, bound: int, values: Mapping[str, Any]) -> int:
        return int(self._read.rows(session, {**values, "most": bound})[0][0])
