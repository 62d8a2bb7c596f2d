"""Work that plugins want done again and again, each as often as it says."""

from coursewire.contracts.errors import AccessDenied
from coursewire.plugin import ScheduledWork
from coursewire.plugin.lifecycle import require_enabled
from coursewire.server import nobody
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session


class Scheduled:
    """Knows when a work is due, by the clock that never jumps; the first time comes soon."""

    def __init__(self, runtime: Runtime, plugin: str, work: ScheduledWork) -> None:
        self._runtime = runtime
        self._plugin = plugin
        self._work = work
        self.name = work.name
        self._due = runtime.clock.monotonic()

    def is_due(self) -> bool:
        """Tell whether its time has passed."""
        return self._runtime.clock.monotonic() >= self._due

    def run(self, session: Session) -> None:
        """Do the work as nobody in particular; nothing while its plugin is disabled."""
        self._due = self._runtime.clock.monotonic() + self._work.every
        call = nobody.call(self._runtime, session, f"{self._plugin} ({self.name})")
        try:
            require_enabled(call, self._plugin)
        except AccessDenied:
            return
        self._work.run(call)
