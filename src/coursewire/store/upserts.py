"""Statements that store a row, new or in place of the one with the same key; each is built once."""

from functools import lru_cache

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


@lru_cache(maxsize=256)
def statement(
    engine_name: str, table: Table, key: tuple[str, ...], changing: tuple[str, ...]
) -> Executable:
    """Return the statement that changes columns of the row with a key, or inserts the row."""
    make = sqlite.insert if engine_name == "sqlite" else postgresql.insert
    new = make(table)
    values = {name: new.excluded[name] for name in changing}
    return new.on_conflict_do_update(index_elements=list(key), set_=values)
