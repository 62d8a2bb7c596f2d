"""`webservice/upload.php`: files into the draft area of a token's user (protocol.md 9.2)."""

from collections.abc import Sequence
from functools import partial

from coursewire.contracts.errors import AccessDenied, InvalidParameter, MoodleError, Refusal
from coursewire.domain import draft_files, stored_files, user_names
from coursewire.domain.call import Call
from coursewire.domain.script_fields import text
from coursewire.domain.stored_files import Area, NewFile
from coursewire.server import script_fields, token_gate
from coursewire.server.ajax import Answered, refused, send_answer
from coursewire.server.body import Disconnected, read_body
from coursewire.server.peer import address_of, content_type
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.token_gate import Holder
from coursewire.server.types import Receive, Scope, Send
from coursewire.store import users
from coursewire.store.files import FileRecord
from coursewire.store.session import Session
from coursewire.wire.encode_json import encode_json
from coursewire.wire.headers import ajax_headers
from coursewire.wire.multipart import File
from coursewire.wire.request import Decoded, decode_request


class UploadEndpoint:
    """Stores the files of a multipart form; what cannot be stored is told in its place."""

    def __init__(self, runtime: Runtime, placing: Placing, recorder: Recorder) -> None:
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one upload; a client that has gone away gets nothing."""
        request_id = self._runtime.request_id()
        with_files = False
        try:
            decoded = await self._read(scope, receive)
            with_files = bool(decoded.files)
            holder = self._holder(scope, decoded, request_id)
            stored = await self._placing.on_worker(partial(self._store, holder, decoded))
            answered = Answered(encode_json(stored))
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - OUT-1: every failure is answered
            answered = refused(self._recorder, request_id, scope["path"], error)
        headers = ajax_headers(with_files=with_files)
        await send_answer(send, scope, answered, headers, request_id)

    async def _read(self, scope: Scope, receive: Receive) -> Decoded:
        limits = self._runtime.options.limits
        raw = await read_body(receive, scope["headers"], limits.body)
        kind = content_type(scope["headers"])
        query: bytes = scope["query_string"]
        return decode_request(
            scope["method"], query, kind, raw, limits, credential=script_fields.CREDENTIAL
        )

    def _holder(self, scope: Scope, decoded: Decoded, request_id: str) -> Holder:
        options = self._runtime.options
        return Holder(
            token=script_fields.token(decoded.tree),
            address=address_of(scope, self._runtime.trusted_proxies, options.forwarded_header),
            request_id=request_id,
            in_query=decoded.token_in_query,
            function="webservice/upload.php",
        )

    def _store(
        self, holder: Holder, decoded: Decoded, session: Session
    ) -> list[dict[str, str | int]]:
        entered = token_gate.enter(self._runtime, session, holder)
        if isinstance(entered, Refusal):
            raise entered
        access = entered.origin.access
        if access is None or not access.uploadfiles:
            reason = "the token's service takes no uploads"
            raise AccessDenied(reason, remedy="let the service upload files")
        path = text(decoded.tree, "filepath", "/")
        item = script_fields.number(decoded.tree, "itemid")
        stored_files.check_path(path)
        _require_chosen(decoded.files)
        # PostgreSQL may ask for a transaction again; nothing of it was kept or sent.
        return self._runtime.database.retrying(lambda: _all(entered, item, path, decoded.files))


def _all(call: Call, item: int, path: str, files: Sequence[File]) -> list[dict[str, str | int]]:
    """Store files; where the database fails, none of them is kept."""
    with call.transaction():
        draft_files.require_room(call, [len(file.content) for file in files])
        area = draft_files.area(call, item)
        return [_one(call, area, path, file) for file in files]


def _one(call: Call, area: Area, path: str, file: File) -> dict[str, str | int]:
    """Store one file; a name that is taken, or is none, becomes an entry that says so."""
    user = users.get(call.session, call.caller.id)
    author = "" if user is None else user_names.fullname(user, call.site)
    name = _without_folders(file.filename)
    new = NewFile(
        filename=name,
        content=file.content,
        filepath=path,
        author=author,
        source=name,
    )
    try:
        draft_files.require_size(call, len(file.content))
        return _shown(draft_files.add(call, area, new))
    except (MoodleError, InvalidParameter) as refusal:
        return {
            # A name that is refused may be no UTF-8, which no answer can hold.
            "filename": name.encode("utf-8", "replace").decode(),
            "filepath": path,
            "errortype": refusal.errorcode or "error",
            "error": refusal.message,
        }


def _without_folders(sent: str) -> str:
    """Return a name without the folders in which the file lay at the client's, as PHP does.

    Browsers send them with a whole folder, some programs always; the place here is `filepath`.
    """
    return sent.replace("\\", "/").rpartition("/")[2]


def _shown(file: FileRecord) -> dict[str, str | int]:
    return {
        "component": file.component,
        "contextid": file.context_id,
        "userid": str(file.userid),
        "filearea": file.filearea,
        "filename": file.filename,
        "filepath": file.filepath,
        "itemid": file.itemid,
        "license": file.license,
        "author": file.author,
        "source": file.source,
        "filesize": file.filesize,
    }


def _require_chosen(files: Sequence[File]) -> None:
    """Refuse a form whose field for a file was left empty."""
    for file in files:
        if not file.filename:
            text = "No file was uploaded"
            reason = f"the part {file.name[:80]!r} names no file"
            raise MoodleError("upload_error_no_file", text, reason=reason)
