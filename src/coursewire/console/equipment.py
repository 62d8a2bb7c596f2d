"""What every page of the console shares, made once when the program starts."""

from urllib.parse import urlsplit

from coursewire.console import csrf
from coursewire.console.answers import Answer
from coursewire.console.arrival import Arrival
from coursewire.console.cookies import Cookies
from coursewire.console.navigation import Group
from coursewire.console.static_files import StaticFiles
from coursewire.console.templates import Templates
from coursewire.domain.call import Call, Caller, Origin
from coursewire.domain.login import NOBODY
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session
from coursewire.store.users import UserRecord
from coursewire.wire.hosts import is_loopback

_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Equipment:
    """Runtime, workers, templates, and what the address of the site decides (WEB-1, WEB-7)."""

    def __init__(
        self,
        runtime: Runtime,
        placing: Placing,
        recorder: Recorder,
        groups: tuple[Group, ...] = (),
        pages: frozenset[str] = frozenset(),
    ) -> None:
        self.runtime = runtime
        self.placing = placing
        self.recorder = recorder
        self.static = StaticFiles()
        self.templates = Templates(self.static, groups, pages.__contains__)
        parts = urlsplit(runtime.options.site_url)
        self.tls = parts.scheme == "https"
        self.origin = csrf.origin(runtime.options.site_url)
        self.cookies = Cookies(tls=self.tls)
        self._is_local = is_loopback(parts.hostname or "")
        self._hosts = _hosts(parts.netloc, local=self._is_local)

    def may_serve(self, arrival: Arrival) -> bool:
        """Tell whether sessions are safe here: over TLS, or without leaving this machine."""
        return self.tls or (self._is_local and is_loopback(arrival.peer))

    def is_our_host(self, host: str) -> bool:
        """Tell whether a request names this server; configured names are checked before."""
        return bool(self.runtime.options.allowed_hosts) or host.lower() in self._hosts

    def comes_from_here(self, arrival: Arrival) -> bool:
        """Tell whether one of our own pages sent a form (WEB-3)."""
        return csrf.comes_from_here(arrival.headers, self.origin)

    def call(
        self, session: Session, arrival: Arrival, user: UserRecord | None, now: int | None = None
    ) -> Call:
        """Return a call in the name of a person, or of nobody before sign-in."""
        runtime = self.runtime
        view = runtime.sites.current(session, runtime.database.facts_version(session))
        return Call(
            session=session,
            caller=_caller(user, view.site.admin_ids, view.site.guest_id),
            site=view.site,
            now=runtime.clock.now() if now is None else now,
            clock=runtime.clock,
            keys=runtime.keys,
            function="coursewire (console)",
            origin=Origin(request_id=arrival.request_id, address=arrival.address),
        )

    def open_page(
        self, template: str, call: Call, *, status: int = 200, **context: object
    ) -> Answer:
        """Return a page for people who are not signed in."""
        body = self.templates.open_page(template, call.site, call.now, **context)
        return Answer(body=body, status=status)


def _caller(user: UserRecord | None, admins: frozenset[int], guest: int) -> Caller:
    if user is None:
        return NOBODY
    return Caller(
        id=user.id,
        username=user.username,
        auth=user.auth,
        is_admin=user.id in admins,
        is_guest=user.id == guest,
    )


def _hosts(netloc: str, *, local: bool) -> frozenset[str]:
    """Return the hosts that a browser may name: this machine has several names for itself."""
    host = netloc.rpartition("@")[2].lower()
    name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdigit() else (host, "", "")
    names = {name, *(_LOCAL if local else ())}
    return frozenset(f"{one}:{port}" if port else one for one in names)
