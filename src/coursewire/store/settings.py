"""Rows of the site's settings: a name and a JSON value."""

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.direct import DirectRead
from coursewire.store.schema.site import settings
from coursewire.store.session import Session

_EVERYTHING = DirectRead(select(settings.c.name, settings.c.value))


def everything(session: Session) -> dict[str, str]:
    """Return all settings that were ever set, as JSON texts."""
    rows = _EVERYTHING.rows(session)
    return {row[0]: row[1] for row in rows}


def put(session: Session, name: str, value: str) -> None:
    """Set one."""
    make = sqlite.insert if session.engine_name == "sqlite" else postgresql.insert
    statement = make(settings).values(name=name, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def remove(session: Session, name: str) -> None:
    """Forget one, so that its default holds again."""
    session.execute(delete(settings).where(settings.c.name == name))
