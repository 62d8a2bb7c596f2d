"""Salts of users' private keys; a user whose key was never renewed has none."""

from sqlalchemy import delete, insert, select

from coursewire.store.schema.users import private_keys
from coursewire.store.session import Session


def salt(session: Session, user_id: int, script: str) -> bytes | None:
    """Return the salt of a user's key."""
    found = session.scalar(
        select(private_keys.c.salt).where(
            private_keys.c.user_id == user_id, private_keys.c.script == script
        )
    )
    return None if found is None else bytes(found)


def put(session: Session, user_id: int, script: str, new: bytes, now: int) -> None:
    """Keep a salt in place of the present one."""
    mine = private_keys.c.user_id == user_id, private_keys.c.script == script
    session.execute(delete(private_keys).where(*mine))
    row = {"user_id": user_id, "script": script, "salt": new, "timecreated": now}
    session.execute(insert(private_keys), row)
