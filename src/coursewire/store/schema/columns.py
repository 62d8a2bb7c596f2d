"""The metadata all tables share, and the column types that mean the same on both engines."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives rising ids only to INTEGER; text is compared byte by byte on any cluster.
ID = BigInteger().with_variant(Integer, "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def identity() -> Column[int]:
    """Return the primary key column; ids are never given twice, as in Moodle."""
    return Column("id", ID, primary_key=True, autoincrement=True)


def number(name: str, default: int = 0) -> Column[int]:
    """Return a whole number: a time in Unix seconds, a flag, a count, an id without a key."""
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def flag(name: str, default: int = 0) -> Column[int]:
    """Return a 0/1 column or a small code."""
    return Column(name, SmallInteger, nullable=False, server_default=str(default))


def text(name: str, default: str | None = "", **options: Any) -> Column[str]:  # noqa: ANN401 - passed on
    """Return a text that is never null; without a default it must be given."""
    return Column(name, TEXT, nullable=False, server_default=default, **options)


def optional_text(name: str, **options: Any) -> Column[str | None]:  # noqa: ANN401 - passed on
    """Return a text that may be null."""
    return Column(name, TEXT, nullable=True, **options)


def optional_number(name: str) -> Column[int | None]:
    """Return a number that may be null."""
    return Column(name, BigInteger, nullable=True)


def real(name: str, default: float = 0) -> Column[float]:
    """Return a floating number."""
    return Column(name, Float(53), nullable=False, server_default=str(default))


def optional_real(name: str) -> Column[float | None]:
    """Return a floating number that may be null."""
    return Column(name, Float(53), nullable=True)


def binary(name: str, *, nullable: bool = False) -> Column[bytes]:
    """Return raw bytes."""
    return Column(name, LargeBinary, nullable=nullable)


def owner(name: str, target: str, *, index: bool = True) -> Column[int]:
    """Return a reference to a row that this row cannot outlive."""
    return Column(name, ID, ForeignKey(target, ondelete="CASCADE"), nullable=False, index=index)


def table_options() -> dict[str, Any]:
    """Return the options of every table with an `identity`."""
    return {"sqlite_autoincrement": True}
