"""The whole web application: one table of paths, and the work that goes on between requests."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog

from coursewire.plugin import Plugin
from coursewire.server import plugin_pages
from coursewire.server.access_log import AccessLog
from coursewire.server.anonymous import AnonymousEndpoint
from coursewire.server.at_once import Prepared, Prompt
from coursewire.server.attendance import Attendance
from coursewire.server.description import DescriptionEndpoint
from coursewire.server.downloads import DownloadEndpoint
from coursewire.server.health import Health, Probe
from coursewire.server.hosts import Hosts, refuse
from coursewire.server.landing import Landing, Stylesheet
from coursewire.server.login import LoginEndpoint
from coursewire.server.methods import Methods
from coursewire.server.metrics import Metrics
from coursewire.server.placing import Overloaded, Placing
from coursewire.server.record import Recorder
from coursewire.server.rest import RestEndpoint
from coursewire.server.runtime import Runtime
from coursewire.server.scheduled import Scheduled
from coursewire.server.sealing import Sealer
from coursewire.server.sending import send_plain
from coursewire.server.theme_pictures import SCRIPT as PICTURES_PATH
from coursewire.server.theme_pictures import ThemePictures
from coursewire.server.token_looks import TokenLooks
from coursewire.server.types import App, Receive, Scope, Send
from coursewire.server.upkeep import Upkeep
from coursewire.server.uploads import UploadEndpoint
from coursewire.store import probing
from coursewire.store.session import Session

log = structlog.get_logger("coursewire")

REST_PATH = "/webservice/rest/server.php"
LOGIN_PATH = "/login/token.php"
ANONYMOUS_PATH = "/lib/ajax/service-nologin.php"
PAGES_PATH = "/lib/ajax/service.php"
UPLOAD_PATH = "/webservice/upload.php"
DOWNLOAD_PATH = "/webservice/pluginfile.php"
DRAFT_PATH = "/webservice/draftfile.php"
OPENAPI_PATH = "/webservice/openapi.json"
FLUSH_EVERY = 1.0
# Makes an application out of what all endpoints share.
Fallback = Callable[[Runtime, Placing, Recorder], App]
# Where Moodle's clients call.
SCRIPTS = (
    REST_PATH,
    LOGIN_PATH,
    ANONYMOUS_PATH,
    PAGES_PATH,
    UPLOAD_PATH,
    DOWNLOAD_PATH,
    DRAFT_PATH,
)
_SERVED = (*SCRIPTS, PICTURES_PATH)
_SLASHES = re.compile("//+")


def script_of(path: str, scripts: tuple[str, ...] = SCRIPTS) -> tuple[str, str]:
    """Return the script that a path leads to, '' for none, and the path as that script is told it.

    What trails is ignored, as PHP does. Clients join an address or a folder that ends with a slash
    and a path that begins with one; the web servers before PHP merge the two, wherever they stand.
    """
    merged = _SLASHES.sub("/", path)
    return next((one for one in scripts if f"{merged}/".startswith(f"{one}/")), ""), merged


class Server(Prompt):
    """The ASGI application; `others` are exact paths, `fallback` makes what takes the rest."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        others: Mapping[str, App] | None = None,
        fallback: Fallback | None = None,
        plugins: tuple[Plugin, ...] = (),
    ) -> None:
        self.runtime = runtime
        allowed = runtime.options.allowed_hosts
        self._hosts = Hosts(allowed) if allowed else None
        self._upkeep = Upkeep(runtime)
        self._scheduled = [
            Scheduled(runtime, plugin.name, work) for plugin in plugins for work in plugin.scheduled
        ]
        self._sealer = Sealer(runtime)
        self._attendance = Attendance(runtime)
        options = runtime.options
        self._access_log = AccessLog(
            options.access_log, most=options.access_log_bytes, kept=options.access_log_kept
        )
        self._placing = Placing(
            runtime.database, workers=options.workers, queue=options.write_queue
        )
        self._token_looks = TokenLooks(runtime, self._placing)
        self.metrics = Metrics(runtime.catalogue.is_known, lost=lambda: runtime.calls.lost)
        self.recorder = recorder = Recorder(runtime, self._access_log, self.metrics)
        self._stopping = False
        self._ends = False
        self._flusher: asyncio.Task[None] | None = None
        # The kind of error with which each work behind the answers failed last.
        self._failed: dict[str, str] = {}
        rest = fallback(runtime, self._placing, recorder) if fallback else nothing_here
        self._fallback: App = Methods(rest)
        downloads = DownloadEndpoint(DOWNLOAD_PATH, runtime, self._placing, recorder)
        drafts = DownloadEndpoint(DRAFT_PATH, runtime, self._placing, recorder, drafts=True)
        pages: dict[str, App] = {
            "/healthz": Health(runtime.storage),
            "/readyz": Probe(self._is_ready, b"stopping"),
            "/": Landing(runtime),
            "/static/landing.css": Stylesheet(),
            **(others or {}),
            **plugin_pages.of(runtime, self._placing, recorder, plugins),
        }
        login = LoginEndpoint(runtime, self._placing, recorder)
        uploads = UploadEndpoint(runtime, self._placing, recorder)
        description = DescriptionEndpoint(runtime, self._placing, recorder)
        anonymous = AnonymousEndpoint(runtime, self._placing, recorder)
        for_pages = AnonymousEndpoint(runtime, self._placing, recorder, for_pages=True)
        self._rest = RestEndpoint(runtime, self._placing, recorder)
        self._paths: dict[str, App] = {
            REST_PATH: self._rest,
            LOGIN_PATH: Methods(login, shared=True, acts=True),
            ANONYMOUS_PATH: Methods(anonymous),
            PAGES_PATH: Methods(for_pages, acts=True),
            UPLOAD_PATH: Methods(uploads, shared=True, acts=True),
            DOWNLOAD_PATH: Methods(downloads, shared=True),
            DRAFT_PATH: Methods(drafts, shared=True),
            OPENAPI_PATH: Methods(description, shared=True),
            PICTURES_PATH: Methods(ThemePictures(rest)),
            **{path: Methods(app) for path, app in pages.items()},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the process."""
        if scope["type"] == "http":
            if self._hosts is not None and not self._hosts.take(scope):
                await refuse(send)
                return
            app = self._paths.get(scope["path"]) or self._by_script(scope)
            await app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    def prepare(self, scope: Scope) -> Prepared | None:
        """Return what answers calls of the REST endpoint as soon as they are in."""
        if scope["path"] != REST_PATH or not (self._hosts is None or self._hosts.take(scope)):
            return None
        return self._rest.prepare(scope)

    def _by_script(self, scope: Scope) -> App:
        """Return the script that a path leads to."""
        script, path = script_of(scope["path"], _SERVED)
        if not script:
            return self._fallback
        scope["path"] = path
        return self._paths[script]

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._flusher = asyncio.create_task(self._flush_often())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def stop(self) -> None:
        """Finish what runs, write what was gathered, release the workers (NET-6)."""
        self.leave()
        self._ends = True
        if self._flusher is not None:
            self._flusher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flusher
        await self.flush()
        await self._behind("record of the end", self._attendance.end)
        await self._behind("sealing", self._sealer.run)
        self._access_log.close()
        await asyncio.to_thread(self._placing.close)

    async def cut(self, within: float) -> None:
        """Stop the calls that run, and tell their clients; wait so many seconds at most."""
        await self._placing.cut(within)

    def leave(self) -> None:
        """Say on `/readyz` that no new requests should come."""
        self._stopping = True

    def _is_ready(self) -> bool:
        return not self._stopping

    async def flush(self) -> None:
        """Write last uses and the call log; what cannot be written now is tried again later.

        The key file is looked at as well: a copy of it tells nobody that it came.
        """
        self.recorder.flush()
        self.runtime.look_at_keys()
        await self._behind("write-behind", self._write_behind)
        if self.runtime.storage.is_to_be_tried:
            await self._behind("probe", self._try_to_write)

    async def _behind(
        self, name: str, work: Callable[[Session], None], *, outside: bool = False
    ) -> None:
        if outside:
            await self._quietly(name, self._placing.outside(work))
        else:
            await self._quietly(name, self._placing.on_worker(work, last=self._ends))

    async def _quietly(self, name: str, done: Awaitable[None]) -> None:
        try:
            await done
        except Overloaded:
            return
        except Exception as error:  # noqa: BLE001 - a full disk must not stop the server
            if self.runtime.storage.met(error) is None:
                self._tell_failed(name, error)

    def _tell_failed(self, name: str, error: Exception) -> None:
        """Log work that failed, with its trace unless it failed so the last time, a second ago."""
        kind = type(error).__name__
        is_known, self._failed[name] = self._failed.get(name) == kind, kind
        trace = None if is_known else error
        log.warning("background work failed", work=name, error=kind, exc_info=trace)

    async def keep_up(self) -> None:
        """Do the day's work, if it is due."""
        if self._upkeep.is_due():
            await self._behind("upkeep", self._upkeep.run)
        if self._token_looks.is_due():
            await self._quietly("hygiene", self._token_looks.turn())
        if self._sealer.is_due():
            await self._behind("sealing", self._sealer.run)

    def plugin_work(self) -> list[Callable[[], Awaitable[None]]]:
        """Return what does the work of plugins, each if it is due."""
        return [partial(self._do, work) for work in self._scheduled]

    async def _do(self, work: Scheduled) -> None:
        if work.is_due():
            await self._behind(work.name, work.run, outside=True)

    def _write_behind(self, session: Session) -> None:
        self.runtime.last_access.flush(session, self.runtime.clock)
        self.runtime.rekeying.flush(session)
        self.runtime.refused_tokens.flush(session)
        self.runtime.calls.flush(session)

    def _try_to_write(self, session: Session) -> None:
        probing.write(session)
        self.runtime.storage.works()

    async def _flush_often(self) -> None:
        # Not before the server takes requests: a database that is busy then must not hold it up.
        await self._behind("record of the start", self._attendance.begin)
        # Work of plugins may wait for programs outside; nothing else is done later for that.
        works = self.flush, self.keep_up, *self.plugin_work()
        await asyncio.gather(*map(_often, works))


async def _often(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(FLUSH_EVERY)
        await work()


async def nothing_here(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer that no page is known by this path."""
    await send_plain(send, 404, b"Nothing is served at this address.\n")
