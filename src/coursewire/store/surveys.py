"""Counts over a whole site for the doctor: tokens that want care, and times that cannot be."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import ColumnElement, Text, and_, case, cast, extract, func, literal, or_, select

from coursewire.store.schema.audit import audit_records
from coursewire.store.schema.services import tokens
from coursewire.store.session import Session

# The last records, whose times are looked at.
LOOKED_AT = 10_000
SHOWN = 5


class Found(Struct, frozen=True):
    """How many tokens there are of a kind, and the handles of the first of them."""

    count: int
    handles: tuple[str, ...]


class Rights(Struct, frozen=True, kw_only=True):
    """What the role of a connection to PostgreSQL may do."""

    name: str
    superuser: bool
    makes_tables: bool
    changes_audit: bool


def rights(session: Session) -> Rights:
    """Return what the role may do that a server does not need."""
    audit = literal(audit_records.name)
    row = session.one(
        select(
            cast(func.current_user(), Text),
            func.current_setting("is_superuser") == "on",
            func.has_schema_privilege(func.current_schema(), "CREATE"),
            or_(
                func.has_table_privilege(audit, "UPDATE"),
                func.has_table_privilege(audit, "DELETE"),
            ),
        )
    )
    if row is None:
        return Rights(name="", superuser=False, makes_tables=False, changes_audit=False)
    return Rights(name=row[0], superuser=row[1], makes_tables=row[2], changes_audit=row[3])


def live(session: Session, now: int) -> Found:
    """Return the tokens that work."""
    return _tokens(session, now, tokens.c.id > 0)


def without_end(session: Session, now: int) -> Found:
    """Return the tokens that never end."""
    return _tokens(session, now, tokens.c.validuntil == 0)


def of_users(session: Session, now: int, user_ids: Collection[int]) -> Found:
    """Return the tokens of some users."""
    return _tokens(session, now, tokens.c.user_id.in_(user_ids))


def unused_since(session: Session, now: int, time: int) -> Found:
    """Return the tokens that were last used, or made and never used, before a time."""
    used = case((tokens.c.lastaccess > 0, tokens.c.lastaccess), else_=tokens.c.timecreated)
    return _tokens(session, now, used < time)


def of_site_files(session: Session, now: int) -> Found:
    """Return the tokens whose values stand in a file."""
    return _tokens(session, now, tokens.c.origin == "sitefile")


def _tokens(session: Session, now: int, wanted: ColumnElement[bool]) -> Found:
    condition = and_(
        tokens.c.revoked == 0,
        tokens.c.expired_seen == 0,
        or_(tokens.c.validuntil == 0, tokens.c.validuntil >= now),
        wanted,
    )
    count = int(session.scalar(select(func.count()).select_from(tokens).where(condition)))
    first = select(tokens.c.handle).where(condition).order_by(tokens.c.id).limit(SHOWN)
    return Found(count, tuple(session.scalars(first)))


def newest_record(session: Session) -> int:
    """Return the latest Unix time that the last audit records tell, 0 without one."""
    last = select(audit_records.c.time_ms).order_by(audit_records.c.id.desc()).limit(LOOKED_AT)
    latest = select(func.max(last.subquery().c.time_ms))
    return int(session.scalar(latest) or 0) // 1000


def server_time(session: Session) -> float | None:
    """Return the Unix time on the database's machine; None where that is this one."""
    if session.engine_name == "sqlite":
        return None
    return float(session.scalar(select(extract("epoch", func.clock_timestamp()))))
