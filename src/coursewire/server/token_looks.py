"""The hourly look at tokens while the server runs: read beside the pages, written by the worker."""

from coursewire.contracts.function import AnyFunction
from coursewire.domain import token_looks
from coursewire.server import nobody
from coursewire.server.placing import Placing
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session
from coursewire.store.token_looks import Look

# So often it is asked which tokens are due; a site at rest costs one query each time.
EVERY = 2.0
# A server that begins has requests to answer first.
FIRST_AFTER = 10.0
_WORK = "coursewire (hygiene)"


class TokenLooks:
    """Takes a short turn every few seconds; several processes find what others have done."""

    def __init__(self, runtime: Runtime, placing: Placing) -> None:
        self._runtime = runtime
        self._placing = placing
        self._due = runtime.clock.monotonic() + FIRST_AFTER

    def is_due(self) -> bool:
        """Tell whether it is time for a turn."""
        return self._runtime.clock.monotonic() >= self._due

    async def turn(self) -> None:
        """Look at some tokens and keep what was found."""
        self._due = self._runtime.clock.monotonic() + EVERY
        looks = await self._placing.on_reader(self._take)
        if looks:
            await self._placing.on_worker(lambda session: self._keep(session, looks))

    def _take(self, session: Session) -> list[Look]:
        call = nobody.call(self._runtime, session, _WORK)
        return token_looks.take(call, self._contract)

    def _keep(self, session: Session, looks: list[Look]) -> None:
        token_looks.keep(nobody.call(self._runtime, session, _WORK), looks)

    def _contract(self, name: str) -> AnyFunction | None:
        bound = self._runtime.catalogue.get(name)
        return None if bound is None else bound.contract
