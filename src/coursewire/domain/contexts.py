"""Contexts: where something stands in the tree of places, and what stands above it."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from coursewire.contracts.errors import MissingRecord
from coursewire.domain.once import once
from coursewire.store import contexts as rows
from coursewire.store.contexts import ContextRecord
from coursewire.store.session import Session

SYSTEM = 10
USER = 30
CATEGORY = 40
COURSE = 50
MODULE = 70
BLOCK = 80

LEVELS: Mapping[int, str] = {
    SYSTEM: "system",
    USER: "user",
    CATEGORY: "category",
    COURSE: "course",
    MODULE: "activity",
    BLOCK: "block",
}


class Context(ContextRecord, frozen=True, dict=True):
    """A place; `path` holds the ids from the root to it, as in `/1/3/25`."""

    @once
    def ids(self) -> tuple[int, ...]:
        """Return the ids from the root to this context, itself included."""
        return (*_ids(self.path.rpartition("/")[0]), self.id)

    @property
    def where(self) -> str:
        """Name the place to a person: `course 5`."""
        name = LEVELS.get(self.level, f"level {self.level}")
        return "the whole site" if self.level == SYSTEM else f"{name} {self.instanceid}"

    def is_within(self, path: str) -> bool:
        """Tell whether this is the place of that path or lies below it."""
        return self.path == path or self.path.startswith(path + "/")


@lru_cache(maxsize=4096)
def _ids(path: str) -> tuple[int, ...]:
    """Return the ids on a path; of many things most stand in few places."""
    return tuple(map(int, path.split("/")[1:]))


def find(session: Session, level: int, instance_id: int) -> Context | None:
    """Return the context of a thing, or None."""
    return _soft(rows.find(session, level, instance_id))


def get(session: Session, level: int, instance_id: int) -> Context:
    """Return the context of a thing, or raise MissingRecord."""
    found = find(session, level, instance_id)
    if found is None:
        raise MissingRecord(f"context of {LEVELS.get(level, 'a thing')}", instance_id)
    return found


def by_id(session: Session, context_id: int) -> Context | None:
    """Return a context by its own id, or None."""
    return _soft(rows.get(session, context_id))


def hold(session: Session, context: Context) -> None:
    """Keep a place from being deleted until the transaction ends, or raise MissingRecord."""
    if not rows.hold(session, context.id):
        raise MissingRecord(
            f"context of {LEVELS.get(context.level, 'a thing')}", context.instanceid
        )


def system(session: Session) -> Context:
    """Return the root."""
    return get(session, SYSTEM, 0)


def course(session: Session, course_id: int) -> Context | None:
    """Return the context of a course, or None."""
    return find(session, COURSE, course_id)


def category(session: Session, category_id: int) -> Context | None:
    """Return the context of a category, or None."""
    return find(session, CATEGORY, category_id)


def module(session: Session, course_module_id: int) -> Context | None:
    """Return the context of an activity, or None."""
    return find(session, MODULE, course_module_id)


def user(session: Session, user_id: int) -> Context | None:
    """Return the context of a user, or None."""
    return find(session, USER, user_id)


def of_instances(session: Session, level: int, instance_ids: Collection[int]) -> dict[int, Context]:
    """Return the contexts of many things of one level by the things' ids, in one query."""
    found = rows.of_instances(session, level, instance_ids, Context)
    return {context.instanceid: context for context in found}


def of_courses(session: Session, course_ids: Collection[int]) -> dict[int, Context]:
    """Return the contexts of courses by course id."""
    return of_instances(session, COURSE, course_ids)


def of_users(session: Session, user_ids: Collection[int]) -> dict[int, Context]:
    """Return the contexts of users by user id."""
    return of_instances(session, USER, user_ids)


def ids_of_users(session: Session, user_ids: Collection[int]) -> list[int]:
    """Return the ids of the contexts of users, in any order."""
    return rows.ids_of_instances(session, USER, user_ids)


def many(session: Session, context_ids: Collection[int]) -> dict[int, Context]:
    """Return contexts by their own ids, outermost first."""
    return {record.id: _context(record) for record in rows.many(session, context_ids)}


def above(session: Session, context: Context) -> list[Context]:
    """Return the contexts from the root to this one, itself included."""
    return [_context(record) for record in rows.many(session, context.ids)]


def below(session: Session, context: Context) -> list[Context]:
    """Return the contexts below this one, outermost first."""
    return [_context(record) for record in rows.below(session, context.path)]


def course_of(session: Session, context: Context) -> Context | None:
    """Return the context of the course that a place is or lies in; None outside courses."""
    if context.level == COURSE:
        return context
    if context.level < COURSE:
        return None
    around = above(session, context)
    return next((place for place in around if place.level == COURSE), None)


def create(session: Session, level: int, instance_id: int, parent: Context) -> Context:
    """Create the context of a new thing."""
    create_many(session, level, [instance_id], parent)
    return get(session, level, instance_id)


def create_many(session: Session, level: int, instance_ids: Iterable[int], parent: Context) -> None:
    """Create the contexts of many new things that stand in one place, in two statements."""
    rows.create(session, level, list(instance_ids), parent.path, parent.depth + 1)


def create_in(session: Session, level: int, parents: Mapping[int, Context]) -> None:
    """Create the contexts of new things, each in its own place, in two statements."""
    places = {key: (parent.path, parent.depth + 1) for key, parent in parents.items()}
    rows.create_in(session, level, places)


def move(session: Session, context: Context, parent: Context) -> None:
    """Put a category or course, with all below it, into another place."""
    path = f"{parent.path}/{context.id}"
    rows.move(session, context.path, path, parent.depth + 1 - context.depth)


def move_below(session: Session, context: Context, target: Context) -> None:
    """Hang all that is below a context on another one."""
    rows.move_below(session, context.path, target.path, target.depth - context.depth)


def delete(session: Session, context: Context) -> None:
    """Remove a context and all below it, with the roles and overrides that hang on them."""
    rows.remove(session, context.path)


def _context(record: ContextRecord) -> Context:
    return Context(record.id, record.level, record.instanceid, record.path, record.depth)


def _soft(record: ContextRecord | None) -> Context | None:
    return None if record is None else _context(record)
