"""Passwords and codes on their way through: checked away from loop and worker (AUTH-8)."""

import asyncio
from functools import partial

from coursewire.console.arrival import Arrival
from coursewire.console.equipment import Equipment
from coursewire.domain import login, second_factor
from coursewire.domain.console_sessions import Found
from coursewire.domain.hashing import STANDARD, Busy
from coursewire.domain.login import Attempt
from coursewire.domain.password_hashes import Verified
from coursewire.store.session import Session
from coursewire.store.users import UserRecord

PASSWORD = "confirm_password"  # noqa: S105 - the name of a field
CODE = "confirm_code"


async def password(equipment: Equipment, arrival: Arrival, username: str, typed: str) -> UserRecord:
    """Return whose name and password these are, or raise the one refusal for everything else."""
    placing = equipment.placing
    attempt = await placing.on_worker(partial(_begin, equipment, arrival, username))
    try:
        checking = STANDARD.check_soon(typed, attempt.stored)
    except Busy:
        # Nothing was guessed, so nothing counts towards a lock-out.
        await placing.on_worker(partial(_abandon, equipment, arrival, attempt))
        raise
    verified = await asyncio.wrap_future(checking)
    return await placing.on_worker(partial(_finish, equipment, arrival, attempt, verified))


async def hashed(new: str) -> str:
    """Return the hash of a new password."""
    return await asyncio.to_thread(STANDARD.hash, new)


async def again(equipment: Equipment, arrival: Arrival, found: Found) -> None:
    """Make sure that whoever uses a session is the person who began it, or raise the refusal."""
    user = found.user
    await password(equipment, arrival, user.username, arrival.form.raw(PASSWORD))
    await equipment.placing.on_worker(partial(_require_code, equipment, arrival, user))


def _begin(equipment: Equipment, arrival: Arrival, username: str, session: Session) -> Attempt:
    return login.begin(equipment.call(session, arrival, None), username, arrival.address)


def _abandon(equipment: Equipment, arrival: Arrival, attempt: Attempt, session: Session) -> None:
    login.abandon(equipment.call(session, arrival, None), attempt)


def _finish(
    equipment: Equipment, arrival: Arrival, attempt: Attempt, verified: Verified, session: Session
) -> UserRecord:
    return login.finish(equipment.call(session, arrival, None), attempt, verified)


def _require_code(
    equipment: Equipment, arrival: Arrival, user: UserRecord, session: Session
) -> None:
    if second_factor.is_on(session, user.id):
        call = equipment.call(session, arrival, user)
        second_factor.require(call, user.id, arrival.form.raw(CODE), arrival.address)
