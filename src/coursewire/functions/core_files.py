"""Bodies of core_files: browse file areas, and upload into one's draft area."""

import base64
import re
import secrets
from collections.abc import Iterable

from coursewire.contracts import core_files as c
from coursewire.contracts.errors import AccessDenied, CodingError, MoodleError
from coursewire.domain import draft_files, named_places, stored_files, validation
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.stored_files import Area, NewFile
from coursewire.functions.binding import Bound
from coursewire.store.files import FileRecord

_LEVEL_AND_INSTANCE = -1
# What base64 is not written with is passed over, as Moodle does: line ends, but anything else too.
_NO_LETTERS = re.compile(r"[^A-Za-z0-9+/]")


def upload(call: Call, params: c.Upload) -> c.UploadedFile:
    """Put a file into a draft area of the caller."""
    content = _decoded(params.filecontent)
    if (params.component, params.filearea) != (draft_files.COMPONENT, draft_files.AREA):
        raise CodingError(f"files cannot be sent into {params.component}/{params.filearea}")
    place = named_places.find(
        call, params.contextid or 0, params.contextlevel or "", params.instanceid
    )
    validation.validate_context(call, place)
    own = draft_files.own_place(call)
    with call.transaction():
        area = draft_files.area(call, max(params.itemid, 0))
        # What others have in their areas is not even told by the error.
        there = stored_files.of_area(call, area) if place.id == own.id else []
        _require_free(there, params)
        if place.id != own.id or not _is_folder(there, params.filepath):
            reason = f"{params.filepath[:80]!r} is no folder of a draft area of the caller"
            raise MoodleError("nofile", "The folder is not there", reason=reason)
        _require_taken(call, content)
        name = params.filename or f"{secrets.token_hex(8)}.tmp"
        new = NewFile(filename=name, content=content, filepath=params.filepath)
        stored = draft_files.add(call, area, new)
    return c.UploadedFile(
        contextid=stored.context_id,
        component=stored.component,
        filearea=stored.filearea,
        itemid=stored.itemid,
        filepath=stored.filepath,
        filename=stored.filename,
        url=_draft_url(call, stored),
    )


def _require_free(there: Iterable[FileRecord], params: c.Upload) -> None:
    if any((file.filepath, file.filename) == (params.filepath, params.filename) for file in there):
        raise MoodleError("fileexist", "There is a file of this name already")


def _is_folder(there: Iterable[FileRecord], path: str) -> bool:
    """Tell whether an area has a folder: the top, or one with a file somewhere in it."""
    below = path.endswith("/") and any(file.filepath.startswith(path) for file in there)
    return path == "/" or below


def _require_taken(call: Call, content: bytes) -> None:
    """Refuse what `webservice/upload.php` would not take."""
    access = call.origin.access
    if access is not None and not access.uploadfiles:
        reason = "the token's service takes no uploads"
        raise AccessDenied(reason, remedy="let the service upload files")
    draft_files.require_size(call, len(content))
    draft_files.require_room(call, [len(content)])


def get_files(call: Call, params: c.GetFiles) -> c.FoundFiles:
    """List files and folders of a draft area of the caller; browsers are shown nothing else."""
    place = _place(call, params)
    validation.validate_context(call, place)
    area = Area(
        context_id=place.id,
        component=params.component,
        filearea=params.filearea,
        itemid=params.itemid,
    )
    is_draft = (area.component, area.filearea) == (draft_files.COMPONENT, draft_files.AREA)
    if not is_draft or place.id != draft_files.own_place(call).id:
        return c.FoundFiles(parents=[], files=[])
    path = params.filepath or "/"
    inside = [
        file
        for file in stored_files.of_area(call, area)
        if path.endswith("/") and file.filepath.startswith(path)
    ]
    found = [
        _entry(call, file)
        for file in inside
        if file.filepath == path and params.filename in {"", file.filename}
    ]
    folders = [] if params.filename else _folders(path, inside)
    since = params.modified
    return c.FoundFiles(
        parents=[],
        files=[each for each in folders + found if since is None or each.timemodified > since],
    )


def _folders(path: str, inside: Iterable[FileRecord]) -> list[c.FileEntry]:
    """Return the folders directly in one, from the files that stand somewhere in them."""
    firsts: dict[str, FileRecord] = {}
    for file in inside:
        name = file.filepath.removeprefix(path).partition("/")[0]
        if name and (name not in firsts or file.timecreated < firsts[name].timecreated):
            firsts[name] = file
    return [
        c.FileEntry(
            contextid=first.context_id,
            component=first.component,
            filearea=first.filearea,
            itemid=first.itemid,
            filepath=f"{path}{name}/",
            filename=name,
            isdir=True,
            url=None,
            # A folder is there since its first file is.
            timemodified=first.timecreated,
            timecreated=first.timecreated,
            filesize=0,
        )
        for name, first in sorted(firsts.items())
    ]


def _place(call: Call, params: c.GetFiles) -> Context:
    if not params.contextid:
        return call.site.system
    by_level = params.contextid == _LEVEL_AND_INSTANCE
    context_id = 0 if by_level else params.contextid
    return named_places.find(call, context_id, params.contextlevel or "", params.instanceid)


def _entry(call: Call, file: FileRecord) -> c.FileEntry:
    return c.FileEntry(
        contextid=file.context_id,
        component=file.component,
        filearea=file.filearea,
        itemid=file.itemid,
        filepath=file.filepath,
        filename=file.filename,
        isdir=False,
        url=_draft_url(call, file),
        timemodified=file.timemodified,
        timecreated=file.timecreated,
        filesize=file.filesize,
        author=file.author,
        license=file.license,
    )


def _draft_url(call: Call, file: FileRecord) -> str:
    where = f"{file.context_id}/{file.component}/{file.filearea}/{file.itemid}"
    return stored_files.address(file, f"{call.site.url}/draftfile.php/{where}")


def _decoded(content: str) -> bytes:
    letters = _NO_LETTERS.sub("", content)
    # One letter alone at the end is less than a byte.
    whole = letters[:-1] if len(letters) % 4 == 1 else letters
    return base64.b64decode(whole + "=" * (-len(whole) % 4))


FUNCTIONS = (Bound(c.upload, upload), Bound(c.get_files, get_files, long=True))
