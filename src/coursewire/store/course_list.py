"""Courses as a list is read: searched, sorted, some at a time."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, select

from coursewire.store.enrolments import SITE_COURSE
from coursewire.store.schema.courses import courses
from coursewire.store.session import Session
from coursewire.store.text_search import holding


class ListedCourse(Struct, frozen=True, gc=False):
    """A row of the list."""

    id: int
    shortname: str
    fullname: str
    idnumber: str
    category: int
    visible: int
    startdate: int
    enddate: int


class Wanted(Struct, frozen=True, kw_only=True):
    """Which courses; category 0 is any, and without a sort they stand in their own order."""

    words: str = ""
    category_id: int = 0
    sort: str = ""


_SORTS: Mapping[str, tuple[Any, ...]] = {
    "": (courses.c.sortorder,),
    "shortname": (func.lower(courses.c.shortname),),
    "fullname": (func.lower(courses.c.fullname),),
    "starts": (courses.c.startdate,),
}
SORTS = frozenset(_SORTS)
_COLUMNS = tuple(courses.c[name] for name in ListedCourse.__struct_fields__)


def count(session: Session, wanted: Wanted) -> int:
    """Return how many courses match."""
    statement = select(func.count()).select_from(courses).where(*_matching(wanted))
    return int(session.scalar(statement) or 0)


def page(session: Session, wanted: Wanted, size: int, offset: int = 0) -> list[ListedCourse]:
    """Return some of the courses that match, in the order asked for."""
    key, backwards = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    order = [*_SORTS.get(key, _SORTS[""]), courses.c.id]
    statement: Select[Any] = select(*_COLUMNS).where(*_matching(wanted))
    statement = statement.order_by(*(one.desc() if backwards else one for one in order))
    return [ListedCourse(*row) for row in session.rows(statement.limit(size).offset(offset))]


def _matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [courses.c.id != SITE_COURSE]
    if wanted.category_id:
        conditions.append(courses.c.category == wanted.category_id)
    columns = (courses.c.fullname, courses.c.shortname, courses.c.idnumber)
    return [*conditions, *holding(columns, wanted.words)]
