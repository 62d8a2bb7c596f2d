"""Calls that the server makes by itself, as nobody in particular."""

from coursewire.domain.call import Call, Caller
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session

_NOBODY = Caller(id=0, username="", auth="", is_admin=False, is_guest=False)


def call(runtime: Runtime, session: Session, work: str) -> Call:
    """Return a call of no user; `work` is what records and plugins see as its function."""
    version = runtime.database.facts_version(session)
    return Call(
        session=session,
        caller=_NOBODY,
        site=runtime.sites.current(session, version).site,
        now=runtime.clock.now(),
        clock=runtime.clock,
        keys=runtime.keys,
        function=work,
    )
