"""Rows of stored files, and their content under its hash."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, exists, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

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
_OF_AREA = DirectListRead(
    _HERE.where(
        files.c.component == bindparam("component"), files.c.filearea == bindparam("filearea")
    )
)


def of_area(session: Session, area: Mapping[str, Any]) -> list[FileRecord]:
    """Return the files of an area, given by any of its columns, by path and name."""
    return [FileRecord(*row) for row in _of_area(tuple(area)).rows(session, {**area})]


# Areas are named in a few ways.
@lru_cache(maxsize=16)
def _of_area(columns: tuple[str, ...]) -> DirectRead:
    conditions = [files.c[name] == bindparam(name) for name in columns]
    return DirectRead(_EVERYTHING.where(*conditions).order_by(*_IN_ORDER))


def of_contexts(
    session: Session, context_ids: Collection[int], area: tuple[str, str] | None = None
) -> dict[int, list[FileRecord]]:
    """Return the files of each of the contexts, by path and name.

    They are those of one area, given with its component, or of all.
    """
    found: dict[int, list[FileRecord]] = {}
    statement = _OF_CONTEXTS if area is None else _OF_AREA
    component, filearea = area or ("", "")
    where = {"component": component, "filearea": filearea}
    for row in statement.of_all(session, "ids", sorted(set(context_ids)), where):
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


_OF_HASH = select(file_contents.c.contenthash).where(
    file_contents.c.contenthash == bindparam("contenthash")
)
# SQLite's writer is alone and locks nothing.
_HELD = _OF_HASH.with_for_update(read=True, key_share=True)


def keep_content(session: Session, contenthash: str, content_: bytes) -> None:
    """Keep bytes under their hash, which nobody removes before the transaction ends."""
    if session.scalar(_HELD, {"contenthash": contenthash}) is not None:
        return
    dialect = sqlite if session.engine_name == "sqlite" else postgresql
    new = dialect.insert(file_contents).values(contenthash=contenthash, content=content_)
    # Another transaction may have been faster: to change its row is to hold it.
    same = {"contenthash": new.excluded.contenthash}
    session.execute(new.on_conflict_do_update(index_elements=["contenthash"], set_=same))


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a file and return its id."""
    return session.insert(insert(files), dict(values))


def remove(session: Session, ids: Collection[int]) -> None:
    """Remove files, and content that no file has any more."""
    remove_rows(session, ids)
    remove_orphans(session)


def remove_rows(session: Session, ids: Collection[int]) -> int:
    """Remove files without a look at their content; return how many there were."""
    return sum(
        session.execute(delete(files).where(files.c.id.in_(some))).rowcount
        for some in batches(sorted(set(ids)))
    )


def left_alone(session: Session, component: str, filearea: str, before: int, most: int) -> set[int]:
    """Return files of areas to which nothing was added since a time: so many of them at most."""
    newer = files.alias("newer")
    same = ("context_id", "component", "filearea", "itemid")
    is_used = exists().where(
        *(newer.c[name] == files.c[name] for name in same), newer.c.timecreated >= before
    )
    query = select(files.c.id).where(
        files.c.component == component, files.c.filearea == filearea, ~is_used
    )
    return set(session.scalars(query.order_by(files.c.id).limit(most)))


def remove_orphans(session: Session, most: int | None = None) -> int:
    """Remove content that no file has any more, so much of it at most; return how much was found.

    Who adds a file holds its content. Once nobody does, it is looked at again: a statement sees
    what was there when it began.
    """
    unused = ~exists().where(files.c.contenthash == file_contents.c.contenthash)
    hashes = select(file_contents.c.contenthash).where(unused)
    in_order = hashes.order_by(file_contents.c.contenthash).limit(most)
    found = session.scalars(in_order.with_for_update())
    for some in batches(found):
        left = file_contents.c.contenthash.in_(some), unused
        session.execute(delete(file_contents).where(*left))
    return len(found)


def size_of_user(session: Session, context_id: int, component: str) -> int:
    """Return how many bytes the files of a component take up in a context."""
    mine = files.c.context_id == context_id, files.c.component == component
    return int(session.scalar(select(func.coalesce(func.sum(files.c.filesize), 0)).where(*mine)))
