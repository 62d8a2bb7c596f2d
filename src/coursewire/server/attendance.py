"""What the record of changes knows of the server itself: its start and its end (AUD-1)."""

import os

from coursewire import __version__
from coursewire.server import nobody
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session


class Attendance:
    """Each process writes for itself; one that was killed leaves a start without an end."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._came = False

    def begin(self, session: Session) -> None:
        """Record that the process serves from now on."""
        self._record(session, "server.start")
        self._came = True

    def end(self, session: Session) -> None:
        """Record that it does no longer; nothing where the start could not be recorded."""
        if self._came:
            self._record(session, "server.stop")

    def _record(self, session: Session, action: str) -> None:
        call = nobody.call(self._runtime, session, "coursewire serve")
        with call.transaction():
            call.audit.record(action, f"process {os.getpid()}", version=__version__)
