"""`webservice/pluginfile.php` and `draftfile.php`: stored files for the holder of a token."""

import hashlib
from email.utils import formatdate
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from coursewire.contracts.errors import AccessDenied, Refusal
from coursewire.domain import file_access, stored_files
from coursewire.domain.made_files import MadeFile
from coursewire.domain.script_fields import text
from coursewire.server import script_fields, token_gate
from coursewire.server.ajax import refused, send_answer
from coursewire.server.body import Disconnected, read_body
from coursewire.server.peer import address_of, content_type
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.sending import send_empty
from coursewire.server.token_gate import Holder
from coursewire.server.types import Headers, Receive, Scope, Send
from coursewire.store.files import FileRecord
from coursewire.store.session import Session
from coursewire.text import times
from coursewire.wire import held_versions
from coursewire.wire.headers import ajax_headers
from coursewire.wire.held_versions import Held
from coursewire.wire.ranges import NoSuchPart, asked_part
from coursewire.wire.request import Decoded, decode_request

_CHUNK = 64 * 1024
_SECURITY: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"range"),
    (b"access-control-expose-headers", b"content-range"),
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    # Whatever was uploaded, a browser that opens it must not run it as a page of this site.
    (b"content-security-policy", b"default-src 'none'; sandbox"),
]


class Found(NamedTuple):
    """A file that may be read, as it is sent; `etag` changes with its bytes.

    The content is None where the client holds this version of it already.
    """

    filename: str
    mimetype: str
    timemodified: int
    etag: str
    content: bytes | None


class DownloadEndpoint:
    """Gives out files below one script; `drafts` for the script of the draft areas."""

    def __init__(
        self,
        script: str,
        runtime: Runtime,
        placing: Placing,
        recorder: Recorder,
        *,
        drafts: bool = False,
    ) -> None:
        self._script = script
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder
        self._drafts = drafts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, or with an error document."""
        request_id = self._runtime.request_id()
        with_files = False
        try:
            decoded = await self._decoded(scope, receive)
            with_files = bool(decoded.files)
            found = await self._find(scope, decoded, request_id)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - OUT-1: every failure is answered
            answered = refused(self._recorder, request_id, self._script, error)
            if isinstance(error, Refusal) and error.errorcode == "filenotfound":
                answered = answered._replace(status=404)
        else:
            await _send_file(send, scope, found)
            return
        headers = ajax_headers(with_files=with_files)
        await send_answer(send, scope, answered, headers, request_id)

    async def _decoded(self, scope: Scope, receive: Receive) -> Decoded:
        limits = self._runtime.options.limits
        raw = await read_body(receive, scope["headers"], limits.body)
        kind = content_type(scope["headers"])
        query: bytes = scope["query_string"]
        return decode_request(
            scope["method"], query, kind, raw, limits, credential=script_fields.CREDENTIAL
        )

    async def _find(self, scope: Scope, decoded: Decoded, request_id: str) -> Found:
        token = script_fields.token(decoded.tree)
        below = str(scope["path"])[len(self._script) :]
        wanted = below if below.strip("/") else text(decoded.tree, "file", "")
        options = self._runtime.options
        holder = Holder(
            token=token,
            address=address_of(scope, self._runtime.trusted_proxies, options.forwarded_header),
            request_id=request_id,
            in_query=decoded.token_in_query,
            function=self._script.lstrip("/"),
        )
        held = held_versions.NOTHING
        if scope["method"] in ("GET", "HEAD"):
            held = held_versions.held(scope["headers"])
        return await self._placing.on_worker(partial(self._read, holder, wanted, held))

    def _read(self, holder: Holder, path: str, held: Held, session: Session) -> Found:
        entered = token_gate.enter(self._runtime, session, holder)
        if isinstance(entered, Refusal):
            raise entered
        access = entered.origin.access
        if access is None or not access.downloadfiles:
            reason = "the token's service gives out no files"
            raise AccessDenied(reason, remedy="let the service download files")
        file = file_access.readable(entered, path, drafts=self._drafts)
        etag, modified = f'"{_tag(file)}"', times.nearest(file.timemodified)
        content: bytes | None = None
        if not held.is_present(etag, modified):
            content = (
                file.content if isinstance(file, MadeFile) else stored_files.content(entered, file)
            )
        return Found(file.filename, file.mimetype, modified, etag, content)


def _tag(file: FileRecord | MadeFile) -> str:
    """Return what changes with the bytes of a file, without reading those that are stored."""
    if isinstance(file, MadeFile):
        return hashlib.sha256(file.content).hexdigest()
    return file.contenthash


async def _send_file(send: Send, scope: Scope, found: Found) -> None:
    etag, modified = found.etag, formatdate(found.timemodified, usegmt=True)
    versions: Headers = [
        (b"etag", etag.encode("ascii")),
        (b"last-modified", modified.encode("ascii")),
        *_SECURITY,
    ]
    if found.content is None:
        await send_empty(send, 304, versions)
        return
    size = len(found.content)
    # Only the encoded form: a stored name never reaches a header as it is (OUT-3).
    disposition = f"attachment; filename*=UTF-8''{quote(found.filename, safe='')}"
    headers: Headers = [
        (b"content-type", _safe_type(found.mimetype).encode("ascii")),
        (b"content-disposition", disposition.encode("ascii")),
        (b"accept-ranges", b"bytes"),
        *versions,
    ]
    status, content = 200, found.content
    try:
        part = asked_part(_wanted(scope, (etag, modified)), size)
    except NoSuchPart:
        status, content = 416, b""
        headers.append((b"content-range", b"bytes */%d" % size))
    else:
        if part is not None:
            status, content = 206, content[part.start : part.end]
            bounds = part.start, part.end - 1, size
            headers.append((b"content-range", b"bytes %d-%d/%d" % bounds))
    headers.append((b"content-length", b"%d" % len(content)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await _send_content(send, b"" if scope["method"] == "HEAD" else content)


def _wanted(scope: Scope, versions: tuple[str, str]) -> str:
    """Return the Range header of a request; '' where it is for another version of the file."""
    asked: dict[bytes, bytes] = dict(scope["headers"])
    if scope["method"] == "HEAD":
        return ""
    version = asked.get(b"if-range")
    if version is not None and version.decode("latin-1") not in versions:
        return ""
    return asked.get(b"range", b"").decode("latin-1")


async def _send_content(send: Send, content: bytes) -> None:
    last = (max(len(content), 1) - 1) // _CHUNK * _CHUNK
    for start in range(0, last, _CHUNK):
        part = content[start : start + _CHUNK]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": content[last:]})


def _safe_type(mimetype: str) -> str:
    return mimetype if mimetype.isascii() and mimetype.isprintable() else "application/octet-stream"
