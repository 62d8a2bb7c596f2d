"""Work that plugins want done again and again, each as often as it says."""

from coursewire.plugin import Plugin, ScheduledWork
from coursewire.plugin.lifecycle import require_enabled
from coursewire.server import nobody
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session


class Scheduled:
    """Knows when each work is due, by the clock that never jumps; the first time comes soon."""

    def __init__(self, runtime: Runtime, plugins: tuple[Plugin, ...]) -> None:
        self._runtime = runtime
        self._works = [(plugin.name, work) for plugin in plugins for work in plugin.scheduled]
        self._due = [runtime.clock.monotonic() for _ in self._works]

    def due(self) -> list[tuple[str, ScheduledWork]]:
        """Return what is due, each with its plugin, and let its time begin again."""
        now = self._runtime.clock.monotonic()
        found: list[tuple[str, ScheduledWork]] = []
        for number, (plugin, work) in enumerate(self._works):
            if now >= self._due[number]:
                self._due[number] = now + work.every
                found.append((plugin, work))
        return found

    def run(self, plugin: str, work: ScheduledWork, session: Session) -> None:
        """Do one work as nobody in particular; nothing while its plugin is disabled."""
        call = nobody.call(self._runtime, session, f"{plugin} ({work.name})")
        require_enabled(call, plugin)
        work.run(call)
