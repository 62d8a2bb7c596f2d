"""How many calls each token made in each ten seconds, beside the log of calls.

It tells where in the log a token's calls lie. An index of tokens would tell that too, but costs
each call a page of its own where a thousand tokens call in turn; this is a row in ten seconds.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.direct import DirectAppend
from coursewire.store.schema.audit import call_counts, calls
from coursewire.store.session import Session

PERIOD_MS = 10_000


class Counted(Protocol):
    """What must be known of a call to count it."""

    @property
    def token_handle(self) -> str: ...
    @property
    def time_ms(self) -> int: ...
    @property
    def outcome(self) -> str: ...


class Count(Struct, frozen=True):
    """The calls of a token in one period, and how many of them were refused."""

    token_handle: str
    period: int
    calls: int
    refused: int


def _adding(dialect: Any) -> DirectAppend:  # noqa: ANN401 - both have this `insert`, unlike Core
    new = dialect.insert(call_counts)
    new = new.values({name: bindparam(name) for name in Count.__struct_fields__})
    more = {name: call_counts.c[name] + new.excluded[name] for name in ("calls", "refused")}
    key = [column.name for column in call_counts.primary_key]
    return DirectAppend(new.on_conflict_do_update(index_elements=key, set_=more))


_ADD = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}


def add(session: Session, made: Sequence[Counted]) -> None:
    """Count calls; those without a token are nobody's."""
    every = Counter(map(_key, made))
    refused = Counter(_key(call) for call in made if call.outcome != "ok")
    # In one order, so that processes that count the same tokens wait for nobody in a circle.
    counts = [Count(*key, every[key], refused[key]) for key in sorted(every) if key[0]]
    if counts:
        _ADD[session.engine_name].many(session, counts)


def _key(call: Counted) -> tuple[str, int]:
    return call.token_handle, call.time_ms // PERIOD_MS


def outcomes(session: Session, handle: str, since_ms: int) -> tuple[int, int]:
    """Return how many calls a token made, and how many of them were refused.

    They are counted from the beginning of the ten seconds in which `since_ms` lies.
    """
    columns = call_counts.c
    query = select(
        func.coalesce(func.sum(columns.calls), 0), func.coalesce(func.sum(columns.refused), 0)
    ).where(columns.token_handle == handle, columns.period >= since_ms // PERIOD_MS)
    row = session.one(query)
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def times(session: Session, handle: str, most: int) -> Iterator[range]:
    """Return the last periods in which a token called, the newest first, in Unix milliseconds."""
    columns = call_counts.c
    query = select(columns.period).where(columns.token_handle == handle)
    for row in session.rows(query.order_by(columns.period.desc()).limit(most)):
        begin = row[0] * PERIOD_MS
        yield range(begin, begin + PERIOD_MS)


def forget_removed(session: Session) -> None:
    """Forget the periods before the oldest call that is kept."""
    oldest: int | None = session.scalar(select(func.min(calls.c.time_ms)))
    outdated = delete(call_counts)
    if oldest is not None:
        outdated = outdated.where(call_counts.c.period < oldest // PERIOD_MS)
    session.execute(outdated)
