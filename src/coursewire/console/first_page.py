"""The way in from the server: what pages need is loaded when the first one is asked for."""

import asyncio

from coursewire.console import paths
from coursewire.server.asgi import nothing_here
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.types import App, Receive, Scope, Send


class FirstPage:
    """Takes every path that the server itself does not know; loads the console once.

    A server that answers only connectors then carries neither views nor templates.
    """

    def __init__(self, runtime: Runtime, placing: Placing, recorder: Recorder) -> None:
        self._parts = (runtime, placing, recorder)
        self._loading = asyncio.Lock()
        self._console: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request for a page to the console; nothing else is here."""
        if not f"{scope['path']}/".startswith(paths.HOME):
            await nothing_here(scope, receive, send)
            return
        console = self._console or await self._loaded()
        await console(scope, receive, send)

    async def _loaded(self) -> App:
        """Load it in a thread: calls of others are answered meanwhile."""
        async with self._loading:
            if self._console is None:
                self._console = await asyncio.to_thread(self._made)
            return self._console

    def _made(self) -> App:
        # Only here: the views, their rules and the templates are a third of the start.
        from coursewire.console.app import Console  # noqa: PLC0415

        return Console(*self._parts)
