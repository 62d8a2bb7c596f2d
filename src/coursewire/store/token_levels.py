"""What tokens with a rate may still call at once, on PostgreSQL, for all that serve it (AUTH-10).

Of each there is one time: when it may make as many calls at once again as its rate says. A call
puts that off by what it costs, in one statement, so that two at once are two. Times are Unix
microseconds of whoever asks; a clock that was set back by more than `DOUBT` locks nobody out.
"""

from typing import NamedTuple, Self

from sqlalchemy import BigInteger, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.expression import case

from coursewire.store.direct import DirectRead
from coursewire.store.schema.services import token_levels as table
from coursewire.store.session import Session

SECOND = 1_000_000
MINUTE = 60 * SECOND
# No call puts the time off further than it may; so much more is the difference of clocks.
DOUBT = MINUTE


class Pace(NamedTuple):
    """A rate as times: one call costs `each`, and the time may lie `most` ahead."""

    each: int
    most: int

    @classmethod
    def of(cls, rate: int, burst: int) -> Self:
        """Return the pace of so many calls a minute, so many of them at once."""
        each = -(-MINUTE // rate)
        return cls(each, each * (burst or rate))


_NOW = bindparam("now", type_=BigInteger)
_EACH = bindparam("each", type_=BigInteger)
# The time up to which there is room for one more call, and the one that only a clock explains.
_ROOM = bindparam("room", type_=BigInteger)
_BEYOND = bindparam("beyond", type_=BigInteger)
_FULL = DirectRead(select(table.c.full_at).where(table.c.token_id == bindparam("token")))
_FIRST = insert(table).values(token_id=bindparam("token"), full_at=_NOW + _EACH)
_HOLDS = table.c.full_at.between(_NOW, _BEYOND)
_TAKE = _FIRST.on_conflict_do_update(
    index_elements=["token_id"],
    set_={"full_at": case((_HOLDS, table.c.full_at), else_=_NOW) + _EACH},
    where=(table.c.full_at <= _ROOM) | (table.c.full_at > _BEYOND),
).returning(table.c.full_at)


def take(session: Session, token_id: int, pace: Pace, now: int) -> int:
    """Count a call and return 0, or return how long it has to wait."""
    room, beyond = now + pace.most - pace.each, now + pace.most + DOUBT
    # Read first: whoever calls too often costs no write.
    wait = _wait(session, token_id, room, beyond)
    if wait:
        return wait
    values = {"token": token_id, "now": now, "each": pace.each, "room": room, "beyond": beyond}
    if session.one(_TAKE, values) is not None:
        return 0
    # Another call took the last room meanwhile.
    return _wait(session, token_id, room, beyond) or pace.each


def _wait(session: Session, token_id: int, room: int, beyond: int) -> int:
    found = _FULL.one(session, {"token": token_id})
    if found is None or not room < found[0] <= beyond:
        return 0
    return int(found[0]) - room


def purge(session: Session, now: int) -> None:
    """Forget the tokens that may make all their calls at once again: that tells nothing."""
    session.execute(delete(table).where(table.c.full_at < now))
