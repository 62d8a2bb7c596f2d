"""What the hourly look at tokens found, one row a token."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.schema.services import token_looks, tokens
from coursewire.store.session import Session


class Look(Struct, frozen=True):
    """A look at one token: when, how many flags it has, and those found by looking closer."""

    token_id: int
    looked: int
    flags: int
    found: str


_IN_FORCE = (
    tokens.c.revoked == 0,
    tokens.c.expired_seen == 0,
    tokens.c.disabled == 0,
    or_(tokens.c.validuntil == 0, tokens.c.validuntil >= bindparam("now")),
)
_HELD = tokens.join(token_looks, token_looks.c.token_id == tokens.c.id, isouter=True)
_DUE = (
    select(tokens.c.id)
    .select_from(_HELD)
    .where(*_IN_FORCE, func.coalesce(token_looks.c.looked, 0) <= bindparam("since"))
    .order_by(func.coalesce(token_looks.c.looked, 0), tokens.c.id)
    .limit(bindparam("most"))
)
_LOOKS = (
    select(*(token_looks.c[name] for name in Look.__struct_fields__))
    .select_from(_HELD)
    .where(*_IN_FORCE, token_looks.c.looked > 0)
)
_FLAGGED = select(func.count()).select_from(_HELD).where(*_IN_FORCE, token_looks.c.flags > 0)


def due(session: Session, now: int, since: int, most: int) -> list[int]:
    """Return tokens in force that nobody looked at after `since`, the longest ago first."""
    values = {"now": now, "since": since, "most": most}
    return [row[0] for row in session.rows(_DUE, values)]


def everything(session: Session, now: int) -> dict[int, Look]:
    """Return the looks at tokens that are in force, by token."""
    return {row[0]: Look(*row) for row in session.rows(_LOOKS, {"now": now})}


def flagged(session: Session, now: int, creator_id: int | None = None) -> int:
    """Return how many tokens in force, or of them made by somebody, were found with a flag."""
    wanted = _FLAGGED if creator_id is None else _FLAGGED.where(tokens.c.creatorid == creator_id)
    return int(session.scalar(wanted, {"now": now}))


def keep(session: Session, looks: Sequence[Look]) -> None:
    """Write looks in the place of earlier ones; tokens that are gone by now are passed over."""
    there = select(tokens.c.id).where(tokens.c.id.in_([look.token_id for look in looks]))
    ids = {row[0] for row in session.rows(there)}
    dialect = sqlite if session.engine_name == "sqlite" else postgresql
    new = dialect.insert(token_looks)
    later = {name: new.excluded[name] for name in ("looked", "flags", "found")}
    statement = new.on_conflict_do_update(index_elements=["token_id"], set_=later)
    rows = [
        {name: getattr(look, name) for name in Look.__struct_fields__}
        for look in looks
        if look.token_id in ids
    ]
    if rows:
        session.execute(statement, rows)


def forget(session: Session) -> None:
    """Make all looks due again: something was changed that may mend or break any token."""
    session.execute(update(token_looks).values(looked=0))
