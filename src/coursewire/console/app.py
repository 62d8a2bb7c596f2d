"""The console's application: a table of paths beside the protocol's, all under /console/."""

from collections import defaultdict
from collections.abc import Iterable

from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.routing import BaseRoute, Route, Router

from coursewire.console import navigation, paths
from coursewire.console.answers import Answer, redirect, send_answer
from coursewire.console.arrival import Arrival
from coursewire.console.endpoint import Endpoint
from coursewire.console.entrance import START, Entrance
from coursewire.console.equipment import Equipment
from coursewire.console.failures import plain
from coursewire.console.listing import ACTIONS
from coursewire.console.pages import SECOND_STEP, PageHandler
from coursewire.console.routes import Action
from coursewire.console.static_files import PLACE
from coursewire.server.asgi import nothing_here
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.types import Receive, Scope, Send

_BOTH = frozenset({"GET", "POST"})
_READ = frozenset({"GET"})


class Console:
    """Takes every path that the server itself does not know, and answers those of the console."""

    def __init__(
        self,
        runtime: Runtime,
        placing: Placing,
        recorder: Recorder,
        *,
        actions: Iterable[Action] = ACTIONS,
    ) -> None:
        self.actions = tuple(actions)
        shown = frozenset(action.path for action in self.actions if action.method == "GET")
        groups = navigation.present(shown)
        self.equipment = Equipment(runtime, placing, recorder, groups, shown)
        nothing = Endpoint(self.equipment, _not_found, _BOTH)
        self._router = Router(
            [*_entrance(self.equipment), *_pages(self.equipment, self.actions)],
            redirect_slashes=False,
            default=nothing,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page, or with one of the files that pages load."""
        path: str = scope["path"]
        if not f"{path}/".startswith(paths.HOME):
            await nothing_here(scope, receive, send)
            return
        if path.startswith(PLACE) and await self._sent_file(scope, send):
            return
        await self._router(scope, receive, send)

    async def _sent_file(self, scope: Scope, send: Send) -> bool:
        file = self.equipment.static.at(scope["path"])
        if file is None or scope["method"] not in ("GET", "HEAD"):
            return False
        answer = Answer(body=file.content, kind=file.kind)
        await send_answer(answer, scope, send, tls=self.equipment.tls, more=[], kept=True)
        return True


def _entrance(equipment: Equipment) -> list[BaseRoute]:
    entrance = Entrance(equipment)
    return [
        Route("/console", Endpoint(equipment, _home, _READ)),
        Route(paths.SIGN_IN, Endpoint(equipment, entrance.sign_in, _BOTH)),
        Route(SECOND_STEP, Endpoint(equipment, entrance.second_step, _BOTH)),
        Route(START, Endpoint(equipment, entrance.start, _BOTH)),
    ]


def _pages(equipment: Equipment, actions: Iterable[Action]) -> list[BaseRoute]:
    by_path: dict[str, dict[str, Action]] = defaultdict(dict)
    for action in actions:
        if action.method in by_path[action.path]:
            msg = f"two views for {action.method} {action.path}"
            raise ValueError(msg)
        by_path[action.path][action.method] = action
    return [
        Route(
            path.replace(":int}", ":number}"),
            Endpoint(equipment, PageHandler(equipment, found), frozenset(found)),
        )
        for path, found in by_path.items()
    ]


class _Number(IntegerConvertor):
    """A number that Python reads: of one with thousands of digits it makes an error."""

    regex = "[0-9]{1,100}"


register_url_convertor("number", _Number())


async def _home(_arrival: Arrival) -> Answer:
    return redirect(paths.HOME)


async def _not_found(_arrival: Arrival) -> Answer:
    return plain(404, "Nothing is served at this address.")
