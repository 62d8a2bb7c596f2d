"""Words in columns that are not kept folded."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, or_

from coursewire.store.users import fold


def holding(columns: Iterable[ColumnElement[str]], words: str) -> list[ColumnElement[bool]]:
    """Return that each of the words stands in one of the columns.

    SQLite makes small letters of A to Z alone, so words are sought as they were written as well.
    """
    sought = tuple(columns)
    return [
        or_(
            *(func.lower(column).contains(fold(word), autoescape=True) for column in sought),
            *(column.contains(word, autoescape=True) for column in sought),
        )
        for word in words.split()
    ]
