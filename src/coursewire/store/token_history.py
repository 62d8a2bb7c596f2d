"""How tokens stand at one time, for carrying later revocations into an earlier database (BAK-3)."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import bindparam, delete, select, text, update

from coursewire.store.schema.console import console_sessions, one_time_links
from coursewire.store.schema.services import tokens
from coursewire.store.session import Session


class Standing(Struct, frozen=True):
    """When a token ended, is to end, or was disabled."""

    revoked: int
    revoked_reason: str | None
    expired_seen: int
    validuntil: int
    disabled: int


LOCK_WAIT = "30s"
_WAIT = text("SELECT set_config('lock_timeout', :most, true)")
_STANDING = select(
    tokens.c.handle, *(tokens.c[name] for name in Standing.__struct_fields__)
).order_by(tokens.c.id)
_SET = (
    update(tokens)
    .where(tokens.c.handle == bindparam("key"))
    .values({name: bindparam(f"new_{name}") for name in Standing.__struct_fields__})
)


def standings(session: Session) -> dict[str, Standing]:
    """Return how each token stands, by its handle."""
    return {row[0]: Standing(*row[1:]) for row in session.rows(_STANDING)}


def last_standings(session: Session) -> dict[str, Standing]:
    """Return the same when nobody can change it before the transaction ends; on PostgreSQL.

    While it waits for somebody who holds the table, all others wait behind it.
    """
    session.execute(_WAIT, {"most": LOCK_WAIT})
    session.connection.exec_driver_sql("LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE")
    return standings(session)


def set_standings(session: Session, wanted: Mapping[str, Standing]) -> None:
    """Let tokens stand as they are wanted to."""
    rows = [
        {
            "key": handle,
            "new_revoked": standing.revoked,
            "new_revoked_reason": standing.revoked_reason,
            "new_expired_seen": standing.expired_seen,
            "new_validuntil": standing.validuntil,
            "new_disabled": standing.disabled,
        }
        for handle, standing in wanted.items()
    ]
    if rows:
        session.execute(_SET, rows)


def forget_sealed(session: Session) -> None:
    """Drop values that were sealed with a key file that is lost."""
    session.execute(update(tokens).values(sealed=None))


def end_sessions(session: Session) -> None:
    """End every console session and every one-time link."""
    session.execute(delete(console_sessions))
    session.execute(delete(one_time_links))
