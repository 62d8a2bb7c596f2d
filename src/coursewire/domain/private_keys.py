"""A user's private access key for files: 32 hexadecimal digits, stable, stored nowhere.

It consists of the user's id and a keyed digest of it, so that site info has nothing to write on a
user's first call and whoever presents a key can be found by it. A salt kept for the user makes the
key another one: that is how a key is taken back.
"""

import hmac
import secrets

from coursewire.domain.call import Call
from coursewire.store import private_keys as store
from coursewire.store.keys import Keys
from coursewire.store.session import Session

# The script that Moodle names these keys after.
FILES = "core_files"
LENGTH = 32
_ID_DIGITS = 10
_SALT_BYTES = 16
_HEX = 16


def of_caller(call: Call) -> str:
    """Return the caller's key; the gate has read what it depends on."""
    access = call.origin.access
    if access is None:
        return of_user(call.session, call.keys, call.caller.id)
    return _written(call.keys, call.caller.id, access.private_salt, FILES)


def of_user(session: Session, keys: Keys, user_id: int, script: str = FILES) -> str:
    """Return a user's key."""
    return _written(keys, user_id, store.salt(session, user_id, script), script)


def owner(session: Session, keys: Keys, key: str, script: str = FILES) -> int | None:
    """Return the id of the user whose key this is, or None."""
    if len(key) != LENGTH or not set(key) <= set("0123456789abcdef"):
        return None
    user_id = int(key[:_ID_DIGITS], _HEX)
    right = of_user(session, keys, user_id, script)
    return user_id if hmac.compare_digest(key, right) else None


def renew(call: Call, user_id: int, script: str = FILES) -> None:
    """Give a user another key; the present one is not valid any more."""
    with call.transaction():
        store.put(call.session, user_id, script, secrets.token_bytes(_SALT_BYTES), call.now)
        call.audit.record("private_key.renew", f"user {user_id}", script=script)


def _written(keys: Keys, user_id: int, salt: bytes | None, script: str) -> str:
    digest = keys.derived(user_id, salt or b"", purpose=f"private key {script} ")
    return f"{user_id:0{_ID_DIGITS}x}{digest[: LENGTH - _ID_DIGITS]}"
