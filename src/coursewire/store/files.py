"""Rows of stored files, and their content under its hash."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, exists, func, insert, select

from coursewire.store.batches import batches
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.files import file_contents, files
from coursewire.store.session import Session


class FileRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order."""

    id: int
    context_id: int
    component: str
    filearea: str
    itemid: int
    filepath: str
    filename: str
    contenthash: str
    filesize: int
    mimetype: str
    userid: int
    author: str
    license: str
    source: str
    sortorder: int
    timecreated: int
    timemodified: int


_EVERYTHING = select(files)
_IN_ORDER = (files.c.filepath, files.c.filename, files.c.id)
_HERE = _EVERYTHING.where(among(files.c.context_id, "ids")).order_by(*_IN_ORDER)
_OF_CONTEXTS = DirectListRead(_HERE)
_OF_COMPONENT = DirectListRead(_HERE.where(files.c.component == bindparam("component")))


def of_area(session: Session, area: Mapping[str, Any]) -> list[FileRecord]:
    """Return the files of an area, given by any of its columns, by path and name."""
    return [FileRecord(*row) for row in _of_area(tuple(area)).rows(session, {**area})]


# Areas are named in a few ways.
@lru_cache(maxsize=16)
def _of_area(columns: tuple[str, ...]) -> DirectRead:
    conditions = [files.c[name] == bindparam(name) for name in columns]
    return DirectRead(_EVERYTHING.where(*conditions).order_by(*_IN_ORDER))


def of_contexts(
    session: Session, context_ids: Collection[int], component: str = ""
) -> dict[int, list[FileRecord]]:
    """Return the files of each of the contexts, of one component or of all, by path and name."""
    found: dict[int, list[FileRecord]] = {}
    statement = _OF_COMPONENT if component else _OF_CONTEXTS
    ids = sorted(set(context_ids))
    for row in statement.of_all(session, "ids", ids, {"component": component}):
        record = FileRecord(*row)
        found.setdefault(record.context_id, []).append(record)
    return found


def find(session: Session, place: Mapping[str, Any]) -> FileRecord | None:
    """Return the file of an area, a path and a name."""
    row = session.one(_EVERYTHING.filter_by(**place))
    return None if row is None else FileRecord(*row)


def content(session: Session, contenthash: str) -> bytes | None:
    """Return the bytes that have a hash."""
    wanted = select(file_contents.c.content).where(file_contents.c.contenthash == contenthash)
    found = session.scalar(wanted)
    return None if found is None else bytes(found)


def has_content(session: Session, contenthash: str) -> bool:
    """Tell whether bytes of a hash are kept."""
    return bool(session.scalar(select(exists().where(file_contents.c.contenthash == contenthash))))


def add_content(session: Session, contenthash: str, content_: bytes) -> None:
    """Keep bytes under their hash."""
    session.execute(insert(file_contents), {"contenthash": contenthash, "content": content_})


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a file and return its id."""
    return session.insert(insert(files), dict(values))


def remove(session: Session, ids: Sequence[int]) -> None:
    """Remove files, and content that no file has any more."""
    for some in batches(sorted(set(ids))):
        session.execute(delete(files).where(files.c.id.in_(some)))
    remove_orphans(session)


def remove_orphans(session: Session) -> None:
    """Remove content that no file has any more."""
    used = exists().where(files.c.contenthash == file_contents.c.contenthash)
    session.execute(delete(file_contents).where(~used))


def size_of_user(session: Session, context_id: int, component: str) -> int:
    """Return how many bytes the files of a component take up in a context."""
    mine = files.c.context_id == context_id, files.c.component == component
    return int(session.scalar(select(func.coalesce(func.sum(files.c.filesize), 0)).where(*mine)))
