"""The page at `/`: what this address is, for somebody who opened it in a browser."""

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from coursewire.server.runtime import Runtime
from coursewire.server.sending import length
from coursewire.server.types import Headers, Receive, Scope, Send
from coursewire.wire.headers import UNSTORED

if TYPE_CHECKING:
    from jinja2 import Template

_SECURITY: Headers = [
    *UNSTORED,
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        b"frame-ancestors 'none'",
    ),
]
_PAGES = files("coursewire.server") / "pages"


class Landing:
    """Serves the page, with the site's name and address filled in."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @cached_property
    def _page(self) -> "Template":
        # Only here: a server that no browser visits needs no templates.
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

        environment = Environment(autoescape=True, undefined=StrictUndefined)
        return environment.from_string((_PAGES / "landing.html").read_text("utf-8"))

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer with the page."""
        with self._runtime.database.session() as session:
            site = self._runtime.sites.read(session).site
        text = self._page.render(fullname=site.fullname, url=site.url)
        await _send(send, scope, b"text/html; charset=utf-8", text.encode())


class Stylesheet:
    """Serves the one stylesheet of the landing page."""

    def __init__(self) -> None:
        self._text = (_PAGES / "landing.css").read_bytes()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer with the stylesheet."""
        await _send(send, scope, b"text/css; charset=utf-8", self._text)


async def _send(send: Send, scope: Scope, kind: bytes, body: bytes) -> None:
    headers: Headers = [(b"content-type", kind), *_SECURITY, length(body)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
