"""A proxy on loopback that writes down the calls made through it; tokens pass and stay out."""

import hashlib
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import msgspec

from coursewire.client._connection import certificates
from coursewire.client._reading import NO_JSON
from coursewire.contracts.errors import Refusal
from coursewire.transfer.captures import Captures
from coursewire.wire.form import Tree
from coursewire.wire.request import decode_request

ENDPOINT = "/webservice/rest/server.php"
LARGEST = 8 * 1024 * 1024
_DIGITS = 12
_CONTROLS = ("wstoken", "wsfunction", "moodlewsrestformat")
# What a call means depends on these; the others speak of the way to the proxy.
_FORWARDED = ("content-type", "idempotency-key")
_KEPT = ("content-type", "retry-after")
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class RecordingProxy(ThreadingHTTPServer):
    """Forwards calls to one site; `kept` is told after each that was written down.

    `left_out` counts the others: those that cannot be read here, and those that were answered with
    something else than JSON.
    """

    daemon_threads = True

    def __init__(
        self,
        site: str,
        port: int,
        kept: Callable[[Captures], None],
        *,
        ca_file: str | None = None,
    ) -> None:
        # First, since a server that finds its port taken closes what it has.
        self.http = httpx.Client(timeout=_TIMEOUT, trust_env=False, verify=certificates(ca_file))
        super().__init__(("127.0.0.1", port), _Handler)
        self.site = site.rstrip("/")
        self.captures = Captures()
        self.left_out = 0
        self._kept = kept
        self._guard = Lock()
        self._keyed: set[bytes] = set()

    @property
    def address(self) -> str:
        """Return where clients send their calls."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def keep(self, fields: Tree, answer: bytes) -> None:
        """Write one call down, or count it as left out."""
        function = fields.get("wsfunction")
        try:
            document: Any = msgspec.json.decode(answer)
        except NO_JSON:
            self.leave_out()
            return
        if not isinstance(function, str):
            self.leave_out()
            return
        params = {str(key): _plain(value) for key, value in fields.items() if key not in _CONTROLS}
        with self._guard:
            self.captures.take(function, params, document)
            self._kept(self.captures)

    def is_repeat(self, key: str, asked: bytes, answer: bytes) -> bool:
        """Tell whether the site gave the stored answer to a call sent again under its key.

        A site that knows no keys does the call again, and most often answers something else.
        """
        if not key:
            return False
        known = hashlib.sha256(b"\0".join((key.encode("latin-1"), asked, answer))).digest()
        with self._guard:
            is_known = known in self._keyed
            self._keyed.add(known)
        return is_known

    def leave_out(self) -> None:
        """Count a call that is not written down."""
        with self._guard:
            self.left_out += 1

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as inherited
        """Say nothing of a client that hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Close the connections to the site as well."""
        super().server_close()
        self.http.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _proxy(self) -> RecordingProxy:
        return cast("RecordingProxy", self.server)

    def do_GET(self) -> None:
        self._forward(b"")

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or len(length) > _DIGITS or int(length) > LARGEST:
            self.send_error(411 if not length else 413)
            return
        self._forward(self.rfile.read(int(length)))

    def _forward(self, body: bytes) -> None:
        path, query = _parts(self.path)
        if path != ENDPOINT:
            self.send_error(404, f"only {ENDPOINT} is recorded")
            return
        headers = {
            name.encode(): value.encode("latin-1")
            for name in _FORWARDED
            if (value := self.headers.get(name, ""))
        }
        url = f"{self._proxy.site}{ENDPOINT}" + (f"?{query}" if query else "")
        try:
            answer = self._proxy.http.request(self.command, url, content=body, headers=headers)
        except httpx.InvalidURL:
            self.send_error(400, "the query cannot be part of an address")
            return
        except httpx.HTTPError as error:
            self.send_error(502, f"the site did not answer: {type(error).__name__}")
            return
        # First written down, then answered: who has the answer finds the call in the file.
        kind = self.headers.get("content-type", "")
        key = self.headers.get("idempotency-key", "")
        if not self._proxy.is_repeat(key, query.encode() + b"\0" + body, answer.content):
            self._keep(query.encode(), kind, body, answer.content)
        self.send_response(answer.status_code)
        for name in _KEPT:
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def _keep(self, query: bytes, kind: str, body: bytes, answer: bytes) -> None:
        try:
            fields = decode_request(self.command, query, kind, body).tree
        except Refusal:
            # The site answered it, if only by a refusal; that answer is the client's.
            self._proxy.leave_out()
        else:
            self._proxy.keep(fields, answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write no log: the query may hold a token."""


def _parts(address: str) -> tuple[str, str]:
    """Return path and query of what a request asks for; empty where it is no address."""
    try:
        target = urlsplit(address)
    except ValueError:
        return "", ""
    return target.path, target.query


def _plain(value: object) -> object:
    """Return fields numbered from 0 as a list."""
    if not isinstance(value, dict):
        return value
    inner = {key: _plain(item) for key, item in cast("Tree", value).items()}
    if list(inner) == list(range(len(inner))):
        return list(inner.values())
    return {str(key): item for key, item in inner.items()}
