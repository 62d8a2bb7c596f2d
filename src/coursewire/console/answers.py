"""What a view gives back: a page, or the way to another one."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from coursewire.console.headers import HTML, headers
from coursewire.server.types import Headers, Scope, Send


class Export(Struct, frozen=True, kw_only=True):
    """A list that an answer gives out: its name, how it was narrowed, and how many rows it has."""

    name: str
    filters: Mapping[str, object]
    rows: int | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """A whole answer; `extra` are headers beside those that every page has.

    `export` is recorded before the answer goes out.
    """

    body: bytes = b""
    status: int = 200
    kind: bytes = HTML
    extra: Sequence[tuple[bytes, bytes]] = ()
    export: Export | None = None

    def __repr__(self) -> str:
        """Show no content: it may hold a token that is shown once."""
        return f"Answer(status={self.status}, {len(self.body)} bytes)"

    def adding(self, *more: tuple[bytes, bytes]) -> "Answer":
        """Return the answer with further headers."""
        return replace(self, extra=(*self.extra, *more))

    def exporting(self, export: Export) -> "Answer":
        """Return the answer as one that gives out a list."""
        return replace(self, export=export)

    def preceded(self, *before: tuple[bytes, bytes]) -> "Answer":
        """Return the answer with headers that its own ones may overrule."""
        return replace(self, extra=(*before, *self.extra))


def redirect(path: str) -> Answer:
    """Send the browser to a path of this site; whoever calls has made sure that it is one."""
    return Answer(status=303, extra=((b"location", path.encode("ascii", "strict")),))


async def send_answer(
    answer: Answer, scope: Scope, send: Send, *, tls: bool, more: Headers, kept: bool = False
) -> None:
    """Send an answer with the headers of every page."""
    given = [*headers(answer.kind, tls=tls, kept=kept), *answer.extra, *more]
    given.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": given})
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
