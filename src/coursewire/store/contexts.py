"""Rows of contexts: the tree of places that roles and overrides hang on."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from coursewire.store.batches import batches
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.access import contexts
from coursewire.store.session import Session


class ContextRecord(Struct, frozen=True):
    """One row, in the table's order; `path` holds the ids from the root, as in `/1/3/25`."""

    id: int
    level: int
    instanceid: int
    path: str
    depth: int


C = TypeVar("C", bound=ContextRecord)

_EVERYTHING = select(
    contexts.c.id, contexts.c.level, contexts.c.instanceid, contexts.c.path, contexts.c.depth
)


# Built once: putting a statement together costs more than running it.
_BY_ID = DirectRead(_EVERYTHING.where(contexts.c.id == bindparam("id")))
_BY_INSTANCE = DirectRead(
    _EVERYTHING.where(
        contexts.c.level == bindparam("level"), contexts.c.instanceid == bindparam("instanceid")
    )
)
_BY_IDS = DirectListRead(_EVERYTHING.where(among(contexts.c.id, "ids")))
_BY_INSTANCES = DirectListRead(
    _EVERYTHING.where(contexts.c.level == bindparam("level"), among(contexts.c.instanceid, "ids"))
)
_IDS_BY_INSTANCES = DirectListRead(
    select(contexts.c.id).where(
        contexts.c.level == bindparam("level"), among(contexts.c.instanceid, "ids")
    )
)


def get(session: Session, context_id: int) -> ContextRecord | None:
    """Return a context by its id."""
    row = _BY_ID.one(session, {"id": context_id})
    return None if row is None else ContextRecord(*row)


def find(session: Session, level: int, instance_id: int) -> ContextRecord | None:
    """Return the context of a thing."""
    row = _BY_INSTANCE.one(session, {"level": level, "instanceid": instance_id})
    return None if row is None else ContextRecord(*row)


def hold(session: Session, context_id: int) -> bool:
    """Keep a context from being removed until this transaction ends; tell whether it is there.

    SQLite's writer is alone.
    """
    statement = select(contexts.c.id).where(contexts.c.id == context_id)
    return session.scalar(statement.with_for_update(read=True, key_share=True)) is not None


def of_instances(
    session: Session, level: int, instance_ids: Collection[int], kind: type[C]
) -> list[C]:
    """Return the contexts of many things of one level; those that have none are left out.

    They are made of the kind that the caller works with: lists of them are long.
    """
    rows = _BY_INSTANCES.of_all(session, "ids", sorted(set(instance_ids)), {"level": level})
    return [kind(*row) for row in rows]


def ids_of_instances(session: Session, level: int, instance_ids: Collection[int]) -> list[int]:
    """Return the ids of the contexts of many things of one level, in any order."""
    rows = _IDS_BY_INSTANCES.of_all(session, "ids", sorted(set(instance_ids)), {"level": level})
    return [row[0] for row in rows]


def many(session: Session, context_ids: Collection[int]) -> list[ContextRecord]:
    """Return contexts by their ids, outermost first."""
    rows = _BY_IDS.of_all(session, "ids", sorted(set(context_ids)))
    return sorted(
        (ContextRecord(*row) for row in rows), key=lambda record: (record.depth, record.id)
    )


def below(session: Session, path: str) -> list[ContextRecord]:
    """Return the contexts below a path, outermost first."""
    statement = _EVERYTHING.where(_below(path))
    rows = session.rows(statement.order_by(contexts.c.depth, contexts.c.id))
    return [ContextRecord(*row) for row in rows]


def locked(session: Session) -> list[int]:
    """Return the contexts that are locked against changes."""
    return session.scalars(select(contexts.c.id).where(contexts.c.locked == 1))


def create(
    session: Session, level: int, instance_ids: Sequence[int], parent_path: str, depth: int
) -> None:
    """Create the contexts of things that stand in one place."""
    create_in(session, level, dict.fromkeys(instance_ids, (parent_path, depth)))


def create_in(session: Session, level: int, places: Mapping[int, tuple[str, int]]) -> None:
    """Create the contexts of things, each given with the path above it and its own depth."""
    for part in batches(list(places)):
        session.execute(
            insert(contexts),
            [
                {"level": level, "instanceid": key, "path": places[key][0], "depth": places[key][1]}
                for key in part
            ],
        )
        session.execute(
            update(contexts)
            .where(contexts.c.level == level, contexts.c.instanceid.in_(part))
            .values(path=contexts.c.path + "/" + cast(contexts.c.id, Text))
        )


def move(session: Session, old_path: str, new_path: str, deeper: int) -> None:
    """Rewrite the path of a context and of all below it."""
    _rewrite(session, _within(old_path), old_path, new_path, deeper)


def move_below(session: Session, old_path: str, new_path: str, deeper: int) -> None:
    """Rewrite the paths of all below a context."""
    _rewrite(session, _below(old_path), old_path, new_path, deeper)


def _rewrite(
    session: Session, which: ColumnElement[bool], old_path: str, new_path: str, deeper: int
) -> None:
    session.execute(
        update(contexts)
        .where(which)
        .values(
            path=new_path + func.substr(contexts.c.path, len(old_path) + 1),
            depth=contexts.c.depth + deeper,
        )
    )


def remove(session: Session, path: str) -> None:
    """Remove a context and all below it; what hangs on them goes too."""
    session.execute(delete(contexts).where(_within(path)))


def _within(path: str) -> ColumnElement[bool]:
    return or_(contexts.c.path == path, _below(path))


def _below(path: str) -> ColumnElement[bool]:
    """Select by a range, which the index serves on both engines; `0` is what follows `/`."""
    return and_(contexts.c.path > path + "/", contexts.c.path < path + "0")
