"""When users were first and last seen on the site."""

from collections.abc import Collection, Mapping

from sqlalchemy import BigInteger, bindparam, case, update

from coursewire.store import free_rows
from coursewire.store.schema.users import users
from coursewire.store.session import Session

_time = bindparam("time", type_=BigInteger)
_SEEN = (
    update(users)
    .where(users.c.id == bindparam("key"), users.c.lastaccess < _time)
    .values(
        lastaccess=_time,
        firstaccess=case((users.c.firstaccess == 0, _time), else_=users.c.firstaccess),
    )
)


def hold_free(session: Session, ids: Collection[int]) -> set[int]:
    """Hold those users whom nobody is changing, and return them; this waits for nobody."""
    return free_rows.hold(session, users, ids)


def touch(session: Session, seen: Mapping[int, int]) -> None:
    """Write when users were last seen, and first where that is not known yet."""
    rows = [{"key": user_id, "time": time} for user_id, time in sorted(seen.items())]
    session.execute(_SEEN, rows)
