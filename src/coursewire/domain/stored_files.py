"""Stored files: adding, replacing, reading and removing them, by area, path and name."""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.activity_parts import PlainFile
from coursewire.contracts.errors import InvalidParameter, MoodleError
from coursewire.contracts.parts import ExternalFile
from coursewire.domain import file_types
from coursewire.domain.call import Call
from coursewire.files import content as contents
from coursewire.store import files as store
from coursewire.store.files import FileRecord

F = TypeVar("F", ExternalFile, PlainFile)
LONGEST_NAME = 255
_FORBIDDEN = frozenset("&<>\"`|':\\/")


class Area(Struct, frozen=True, kw_only=True):
    """Where files stand: a context, a component, an area of it, and an item."""

    context_id: int
    component: str
    filearea: str
    itemid: int = 0


class NewFile(Struct, frozen=True, kw_only=True):
    """A file to be stored."""

    filename: str
    content: bytes
    filepath: str = "/"
    author: str = ""
    license: str = "unknown"
    source: str = ""


def address(file: FileRecord, base: str) -> str:
    """Return where a file is fetched; `base` is the address of its area."""
    return base + quote(file.filepath + file.filename)


def told(file: FileRecord, base: str, kind: type[F]) -> F:
    """Return a file as answers tell of it; `base` is the address of its area."""
    return kind(
        filename=file.filename,
        filepath=file.filepath,
        filesize=file.filesize,
        fileurl=address(file, base),
        timemodified=file.timemodified,
        mimetype=file.mimetype,
        isexternalfile=False,
    )


def of_area(call: Call, area: Area) -> list[FileRecord]:
    """Return the files of an area, by path and name."""
    return store.of_area(call.session, _columns(area))


def find(call: Call, area: Area, filepath: str, filename: str) -> FileRecord | None:
    """Return one file."""
    place = {**_columns(area), "filepath": filepath, "filename": filename}
    return store.find(call.session, place)


def content(call: Call, file: FileRecord) -> bytes:
    """Return the bytes of a file."""
    found = contents.read(call.session, file.contenthash)
    if found is None:
        raise MoodleError(
            "filenotfound", "The file is not there", reason=f"content of file {file.id} is missing"
        )
    return found


def add(call: Call, area: Area, new: NewFile) -> FileRecord:
    """Store a file; a name that is taken in this place is refused."""
    check_name(new.filename)
    check_path(new.filepath)
    with call.transaction():
        if find(call, area, new.filepath, new.filename) is not None:
            raise _taken(new)
        row = {
            **_columns(area),
            "filepath": new.filepath,
            "filename": new.filename,
            "contenthash": contents.keep(call.session, new.content),
            "filesize": len(new.content),
            "mimetype": file_types.of_name(new.filename),
            "userid": call.caller.id,
            "author": new.author,
            "license": new.license,
            "source": new.source,
            "timecreated": call.now,
            "timemodified": call.now,
        }
        try:
            with call.item():
                file_id = store.add(call.session, row)
        except IntegrityError as problem:
            # Another upload was faster.
            raise _taken(new) from problem
        target = f"file {file_id}"
        place = f"{area.component}/{area.filearea}/{area.itemid}"
        call.audit.record("file.create", target, name=new.filename, area=place)
        found = find(call, area, new.filepath, new.filename)
        if found is None:  # the row was inserted above, in this transaction
            raise LookupError(target)
        return found


def _taken(new: NewFile) -> MoodleError:
    where = f"{new.filepath}{new.filename}"
    return MoodleError("filenameexist", f"A file of this name exists: {where}")


def remove(call: Call, area: Area) -> None:
    """Remove the files of an area."""
    with call.transaction():
        there = of_area(call, area)
        store.remove(call.session, [file.id for file in there])
        for file in there:
            call.audit.record("file.delete", f"file {file.id}", name=file.filename)


def check_name(name: str) -> None:
    """Refuse what is no plain file name (WEB-6)."""
    bad = not name or name in (".", "..") or len(name) > LONGEST_NAME or not is_text(name)
    if bad or any(ord(letter) < 32 or letter in _FORBIDDEN for letter in name):
        reason = f"{name[:80]!r} is no file name"
        raise InvalidParameter(reason, remedy="use a plain name without / \\ : and controls")


def is_text(written: str) -> bool:
    """Tell whether a database takes this: bytes that are no UTF-8 and NUL are no text (IN-7)."""
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in written


def check_path(path: str) -> None:
    """Refuse what is no path inside an area: it begins and ends with a slash, and never climbs."""
    if not (path.startswith("/") and path.endswith("/")) or len(path) > LONGEST_NAME:
        reason = f"{path[:80]!r} is no path of a folder"
        raise InvalidParameter(reason, remedy="write it as /folder/folder/, or / for none")
    for part in path.strip("/").split("/") if path != "/" else []:
        check_name(part)


def _columns(area: Area) -> Mapping[str, int | str]:
    return {
        "context_id": area.context_id,
        "component": area.component,
        "filearea": area.filearea,
        "itemid": area.itemid,
    }
