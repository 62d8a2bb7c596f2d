"""When users were first and last seen on the site."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, bindparam, case, update

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


def touch(session: Session, seen: Mapping[int, int]) -> None:
    """Write when users were last seen, and first where that is not known yet."""
    rows = [{"key": user_id, "time": time} for user_id, time in sorted(seen.items())]
    session.execute(_SEEN, rows)
