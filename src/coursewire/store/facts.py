"""Saying that what servers remember is out of date, where no watched table tells it."""

from sqlalchemy.dialects.sqlite import insert

from coursewire.store.schema.site import facts_version
from coursewire.store.session import Session

_COUNT = insert(facts_version).values(id=1, version=1)
_COUNTED = _COUNT.on_conflict_do_update(
    index_elements=["id"], set_={"version": facts_version.c.version + 1}
)


def changed(session: Session) -> None:
    """Let all servers look again; on PostgreSQL any transaction does."""
    if session.engine_name == "sqlite":
        session.execute(_COUNTED)
