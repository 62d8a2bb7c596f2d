"""One-time links into the console: for the first start, and for who lost password or device.

Whoever may run commands on the site's machine makes them (OPS-1); they hold 128 random bits, are
valid for half an hour and work once.
"""

import hashlib
import secrets

from coursewire.contracts.errors import MoodleError
from coursewire.domain import console_rights, users
from coursewire.domain.call import Call
from coursewire.store import console_links as store
from coursewire.store import users as user_rows
from coursewire.store.console_links import LinkRecord
from coursewire.store.session import Session
from coursewire.store.users import UserRecord

VALID = 30 * 60


def make(call: Call, user_id: int) -> str:
    """Make a link for an account that may use the console; return its secret part."""
    with call.transaction():
        user = users.require_active(call, user_id)
        if not console_rights.may_enter(user):
            raise MoodleError(
                "nopermissions",
                f"{user.username} may not use the console",
                remedy=f"coursewire {_opening(user)}",
            )
        secret = secrets.token_hex(16)
        store.add(call.session, user.id, _digest(secret), call.now + VALID)
        call.audit.record("console.link", f"user {user.id}", username=user.username)
    return secret


def _opening(user: UserRecord) -> str:
    """Return the command that lets an account use the console: a right alone opens none."""
    if user.suspended:
        return f"user suspend {user.username} --lift"
    return f"console grant {user.username} viewer|operator|owner"


def whose(session: Session, secret: str, now: int) -> UserRecord | None:
    """Return who a link is for, while it can be used."""
    found = _usable(session, secret, now)
    user = user_rows.get(session, found.user_id) if found else None
    return user if user and console_rights.may_enter(user) else None


def use(call: Call, secret: str) -> UserRecord:
    """Use a link up and return who it is for."""
    with call.transaction():
        found = _usable(call.session, secret, call.now)
        user = whose(call.session, secret, call.now)
        if found is None or user is None or not store.use(call.session, found.id, call.now):
            raise MoodleError("invalidlogin", "The link is used, too old, or was never made")
        call.audit.record("console.link_used", f"user {user.id}", username=user.username)
    return user


def _usable(session: Session, secret: str, now: int) -> LinkRecord | None:
    found = store.by_digest(session, _digest(secret)) if secret else None
    # A clock that was set back does not prolong it (DUR-12).
    in_time = found is not None and now <= found.validuntil <= now + VALID
    return found if found is not None and in_time and not found.used else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
