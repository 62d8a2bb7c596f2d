"""How many tokens there are of each kind that somebody should look at, in one read."""

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from coursewire.store.schema.services import tokens
from coursewire.store.session import Session


class TokenCounts(Struct, frozen=True, gc=False):
    """Counts of tokens that are not revoked."""

    live: int = 0
    expiring: int = 0
    expired: int = 0
    never_used: int = 0
    unused: int = 0
    unlimited: int = 0
    of_administrators: int = 0


class Moments(Struct, frozen=True, kw_only=True):
    """The times that tell the kinds apart, in Unix seconds."""

    now: int
    expires_before: int
    made_before: int
    used_before: int


def count(session: Session, moments: Moments, admin_ids: frozenset[int]) -> TokenCounts:
    """Count the tokens of each kind."""
    ended = or_(
        tokens.c.expired_seen != 0,
        and_(tokens.c.validuntil > 0, tokens.c.validuntil < moments.now),
    )
    live = ~ended
    ends = tokens.c.validuntil.between(moments.now, moments.expires_before)
    old = tokens.c.timecreated < moments.made_before
    idle = and_(tokens.c.lastaccess > 0, tokens.c.lastaccess < moments.used_before)
    kinds: tuple[ColumnElement[bool], ...] = (
        live,
        and_(live, ends),
        ended,
        and_(live, tokens.c.lastaccess == 0, old),
        and_(live, idle),
        and_(live, tokens.c.validuntil == 0, tokens.c.iprestriction == ""),
        and_(live, tokens.c.user_id.in_(sorted(admin_ids))),
    )
    sums = [func.coalesce(func.sum(case((kind, 1), else_=0)), 0) for kind in kinds]
    row = session.one(select(*sums).where(tokens.c.revoked == 0))
    return TokenCounts(*map(int, row)) if row is not None else TokenCounts()
