"""Columns of a plugin's own tables, and references from them to Coursewire's."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Column, ForeignKey, Table

from coursewire.store import upserts
from coursewire.store.schema import courses, users
from coursewire.store.schema.columns import (
    ID,
    flag,
    identity,
    number,
    optional_number,
    optional_real,
    optional_text,
    table_options,
)
from coursewire.store.schema.columns import text as words
from coursewire.store.session import Session

__all__ = [
    "flag",
    "identity",
    "number",
    "optional_number",
    "optional_real",
    "optional_text",
    "put",
    "refers",
    "table_options",
    "words",
]

_TARGETS: dict[str, Table] = {
    "courses": courses.courses,
    "course_modules": courses.course_modules,
    "users": users.users,
}
Target = Literal["courses", "course_modules", "users"]


def refers(name: str, to: Target, *, nullable: bool = False) -> Column[int]:
    """Return a reference to a row of Coursewire's that this row cannot outlive."""
    key = ForeignKey(_TARGETS[to].c.id, ondelete="CASCADE")
    return Column(name, ID, key, nullable=nullable, index=True)


def put(session: Session, table: Table, row: dict[str, Any], key: Sequence[str]) -> None:
    """Store a row, new or in place of the one with the same values in the columns of the key."""
    others = tuple(name for name in row if name not in key)
    upserts.put(session, table, tuple(key), others, [row])
