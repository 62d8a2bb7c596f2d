"""Counters of failed log-ins, shared by all processes, and the networks of earlier successes."""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.direct import DirectRead, DirectWrite
from coursewire.store.schema.audit import login_failures, login_networks
from coursewire.store.session import Session

# (rule, key)
Name = tuple[str, str]
# (when, how many)
Failures = tuple[int, int]


class Counter(Struct, frozen=True):
    """Failures of one rule and key by second, oldest first; refused until a time, or 0."""

    rule: str
    key: str
    failed_at: Sequence[Failures]
    refused_until: int

    @property
    def failures(self) -> int:
        """Return how many are counted."""
        return sum(count for _, count in self.failed_at)


_times = msgspec.json.Decoder(list[Failures])


def _hold(insert: Callable[[Table], postgresql.Insert | sqlite.Insert]) -> DirectRead:
    new = insert(login_failures).values(rule=bindparam("rule"), key=bindparam("key"))
    locked = new.on_conflict_do_update(
        index_elements=["rule", "key"], set_={"rule": new.excluded.rule}
    )
    return DirectRead(locked.returning(*(login_failures.c[name] for name in _COUNTER)))


# A flood of log-ins runs these beside calls, which wait meanwhile (AUTH-8).
_COUNTER = Counter.__struct_fields__
_HOLD = {"sqlite": _hold(sqlite.insert), "postgresql": _hold(postgresql.insert)}
_SAVE = DirectWrite(
    update(login_failures)
    .where(
        login_failures.c.rule == bindparam("of_rule"), login_failures.c.key == bindparam("of_key")
    )
    .values({name: bindparam(name) for name in ("failed_at", "last_failure", "refused_until")})
)


def hold(session: Session, names: Sequence[Name]) -> dict[Name, Counter]:
    """Return the counters, new ones at nothing, and let nobody else hold them meanwhile.

    Always taken in one order, so that two attempts never wait for each other. One statement makes
    or locks a row: between two, another log-in could remove it.
    """
    return {name: _held(session, name) for name in sorted(names)}


def _held(session: Session, name: Name) -> Counter:
    rule, key = name
    [(rule, key, failed_at, until)] = _HOLD[session.engine_name].rows(
        session, {"rule": rule, "key": key}
    )
    return Counter(rule, key, _times.decode(failed_at), until)


def save(session: Session, counter: Counter) -> None:
    """Write a counter that is held."""
    values = {
        "of_rule": counter.rule,
        "of_key": counter.key,
        "failed_at": msgspec.json.encode(counter.failed_at).decode(),
        "last_failure": counter.failed_at[-1][0] if counter.failed_at else 0,
        "refused_until": counter.refused_until,
    }
    _SAVE.run(session, values)


def forget(session: Session, name: Name) -> None:
    """Remove a counter."""
    rule, key = name
    session.execute(
        delete(login_failures).where(login_failures.c.rule == rule, login_failures.c.key == key)
    )


def last_success(session: Session, account: str, network: str) -> int:
    """Return when the account last logged in from a network, or 0."""
    found = session.scalar(
        select(login_networks.c.last_success).where(
            login_networks.c.account == account, login_networks.c.network == network
        )
    )
    return int(found or 0)


def succeeded(session: Session, account: str, network: str, now: int) -> None:
    """Note that the account logged in from a network."""
    dialect = sqlite if session.engine_name == "sqlite" else postgresql
    row = {"account": account, "network": network, "last_success": now}
    statement = dialect.insert(login_networks).values(row)
    columns = ["account", "network"]
    session.execute(
        statement.on_conflict_do_update(index_elements=columns, set_={"last_success": now})
    )


def drop_old_networks(session: Session, before: int) -> None:
    """Forget networks whose last success no longer counts."""
    session.execute(delete(login_networks).where(login_networks.c.last_success < before))


def drop_idle(session: Session, now: int, before: int) -> None:
    """Remove counters whose last failure was before a time and that refuse nobody."""
    session.execute(
        delete(login_failures).where(
            login_failures.c.refused_until <= now, login_failures.c.last_failure < before
        )
    )


def drop_beyond(session: Session, capacity: int, now: int) -> None:
    """Keep no more counters than that: the longest unused go first, refusing ones last."""
    count = session.scalar(select(func.count()).select_from(login_failures))
    surplus = int(count) - capacity
    if surplus <= 0:
        return
    refusing = login_failures.c.refused_until > now
    oldest = (
        select(login_failures.c.rule, login_failures.c.key)
        .order_by(refusing, login_failures.c.last_failure)
        .limit(surplus)
    )
    for rule, key in session.rows(oldest):
        forget(session, (rule, key))
