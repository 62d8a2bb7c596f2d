"""Rows of second factors and of the recovery codes that stand in for them."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import delete, func, insert, select, update

from coursewire.store.schema.console import recovery_codes, second_factors
from coursewire.store.session import Session


class FactorRecord(Struct, frozen=True, gc=False):
    """A user's second factor: its sealed secret, and the last time step that was accepted."""

    user_id: int
    sealed_secret: bytes
    last_step: int
    confirmed: int

    def __repr__(self) -> str:
        """Show no secret."""
        return f"FactorRecord(user_id={self.user_id}, confirmed={self.confirmed})"


_COLUMNS = [second_factors.c[name] for name in FactorRecord.__struct_fields__]


def get(session: Session, user_id: int) -> FactorRecord | None:
    """Return a user's second factor, confirmed or not."""
    row = session.one(select(*_COLUMNS).where(second_factors.c.user_id == user_id))
    return None if row is None else FactorRecord(*row)


def put(session: Session, user_id: int, sealed_secret: bytes) -> None:
    """Store an unconfirmed factor in place of what there is."""
    remove(session, user_id)
    row = {"user_id": user_id, "sealed_secret": sealed_secret, "last_step": 0, "confirmed": 0}
    session.execute(insert(second_factors), row)


def confirm(session: Session, user_id: int) -> None:
    """Demand the factor from now on."""
    mine = second_factors.c.user_id == user_id
    session.execute(update(second_factors).where(mine).values(confirmed=1))


def advance(session: Session, user_id: int, step: int) -> bool:
    """Accept a time step; False when it or a later one was accepted before."""
    newer = second_factors.c.user_id == user_id, second_factors.c.last_step < step
    done = session.execute(update(second_factors).where(*newer).values(last_step=step))
    return done.rowcount == 1


def remove(session: Session, user_id: int) -> None:
    """Remove a user's factor and its recovery codes."""
    session.execute(delete(second_factors).where(second_factors.c.user_id == user_id))
    session.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))


def set_codes(session: Session, user_id: int, digests: Iterable[bytes]) -> None:
    """Store recovery codes in place of the present ones."""
    session.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    rows = [{"user_id": user_id, "digest": digest, "used": 0} for digest in digests]
    session.execute(insert(recovery_codes), rows)


def use_code(session: Session, user_id: int, digest: bytes, now: int) -> bool:
    """Mark a recovery code as used; False when there is no such unused code."""
    mine = recovery_codes.c.user_id == user_id, recovery_codes.c.digest == digest
    unused = update(recovery_codes).where(*mine, recovery_codes.c.used == 0)
    return session.execute(unused.values(used=now)).rowcount == 1


def codes_left(session: Session, user_id: int) -> int:
    """Return how many recovery codes are unused."""
    mine = recovery_codes.c.user_id == user_id, recovery_codes.c.used == 0
    query = select(func.count()).select_from(recovery_codes).where(*mine)
    return int(session.scalar(query) or 0)
