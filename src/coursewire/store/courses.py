"""Rows of courses: look-ups, the lock behind names in a course, insertion, format options."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, exists, insert, select, update

from coursewire.store.batches import batches
from coursewire.store.counting import Count
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.courses import course_format_options, courses
from coursewire.store.session import Session


class CourseRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order (a test keeps them equal)."""

    id: int
    category: int
    sortorder: int
    fullname: str
    shortname: str
    idnumber: str
    summary: str
    summaryformat: int
    format: str
    showgrades: int
    newsitems: int
    startdate: int
    enddate: int
    marker: int
    maxbytes: int
    legacyfiles: int
    showreports: int
    visible: int
    visibleold: int
    groupmode: int
    groupmodeforce: int
    defaultgroupingid: int
    lang: str
    calendartype: str
    theme: str
    requested: int
    enablecompletion: int
    completionnotify: int
    showactivitydates: int
    showcompletionconditions: int | None
    cacherev: int
    creatorid: int
    timecreated: int
    timemodified: int


_EVERYTHING = select(courses)
# Built once: putting a statement together costs more than running it.
_BY_ID = DirectRead(_EVERYTHING.where(courses.c.id == bindparam("id")))
_EVERY = DirectRead(_EVERYTHING.order_by(courses.c.id))
_BY_IDS = DirectListRead(_EVERYTHING.where(among(courses.c.id, "ids")).order_by(courses.c.id))
_COUNT = Count(select(courses.c.id))
_options = course_format_options.c
_OPTIONS = DirectListRead(
    select(_options.course_id, _options.format, _options.name, _options.value)
    .where(among(_options.course_id, "ids"))
    .order_by(_options.id)
)


def any_hidden(session: Session) -> bool:
    """Tell whether there is a hidden course."""
    return bool(session.scalar(select(exists(select(courses.c.id).where(courses.c.visible == 0)))))


def get(session: Session, course_id: int) -> CourseRecord | None:
    """Return a course."""
    row = _BY_ID.one(session, {"id": course_id})
    return None if row is None else CourseRecord(*row)


def of_ids(session: Session, ids: Collection[int]) -> dict[int, CourseRecord]:
    """Return those of the courses that exist, by id."""
    rows = _BY_IDS.of_all(session, "ids", sorted(set(ids)))
    return {row[0]: CourseRecord(*row) for row in rows}


def are_more(session: Session, most: int) -> bool:
    """Tell whether there are more than so many courses."""
    return _COUNT.exceeds(session, most)


def every(session: Session) -> dict[int, CourseRecord]:
    """Return all courses by id, the site course first."""
    return {row[0]: CourseRecord(*row) for row in _EVERY.rows(session)}


def hold(session: Session, ids: Collection[int]) -> None:
    """Keep courses from being deleted until this transaction ends; other changes go on.

    Waits for who has the course alone, so what is read afterwards tells what became of it. Rows
    are locked in one order, so two calls cannot wait for each other. On SQLite the writer is alone
    anyway.
    """
    _lock(session, ids, read=True, key_share=True)


def lock(session: Session, ids: Collection[int]) -> None:
    """Keep other transactions from changing what the rows stand for until this one ends."""
    _lock(session, ids, read=False, key_share=True)


def lock_alone(session: Session, ids: Collection[int]) -> None:
    """Wait until nobody holds the courses either, and let nobody until this transaction ends.

    To write a row that refers to a course is to hold it.
    """
    _lock(session, ids, read=False, key_share=False)


def _lock(session: Session, ids: Collection[int], *, read: bool, key_share: bool) -> None:
    if session.engine_name == "sqlite":
        return
    for some in batches(sorted(set(ids))):
        statement = select(courses.c.id).where(courses.c.id.in_(some)).order_by(courses.c.id)
        session.rows(statement.with_for_update(read=read, key_share=key_share))


def taken(session: Session, column: str, values: Collection[str]) -> set[str]:
    """Return those of the short names (`shortname`) or id numbers that a course has."""
    name = courses.c[column]
    found: set[str] = set()
    for some in batches(sorted(set(values))):
        found.update(session.scalars(select(name).where(name.in_(some))))
    return found


def make_room(session: Session, category_id: int, places: int) -> None:
    """Move the courses of a category back, for new ones to stand before them."""
    moved = {"sortorder": courses.c.sortorder + places}
    session.execute(update(courses).where(courses.c.category == category_id).values(moved))


def add_many(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert courses that all name the same columns; return their ids in order."""
    statement = insert(courses).returning(courses.c.id, sort_by_parameter_order=True)
    return list(session.execute(statement, [dict(row) for row in rows]).scalars())


def change(session: Session, course_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of one course."""
    session.execute(update(courses).where(courses.c.id == course_id), dict(values))


def forget_default_groupings(session: Session, grouping_ids: Collection[int]) -> None:
    """Let no course default to one of the groupings."""
    statement = update(courses).where(courses.c.defaultgroupingid.in_(grouping_ids))
    session.execute(statement.values(defaultgroupingid=0))


def format_options(session: Session, ids: Collection[int]) -> dict[tuple[int, str], dict[str, str]]:
    """Return the options that were set, by course and format: `{(3, "weeks"): {…}}`."""
    found: dict[tuple[int, str], dict[str, str]] = {}
    for course_id, kind, name, value in _OPTIONS.of_all(session, "ids", sorted(set(ids))):
        found.setdefault((course_id, kind), {})[name] = value
    return found


def set_format_options(
    session: Session, course_id: int, kind: str, values: Mapping[str, str]
) -> None:
    """Write options of a course's format, in place of their earlier values."""
    options = course_format_options.c
    session.execute(
        delete(course_format_options).where(
            options.course_id == course_id, options.format == kind, options.name.in_(values)
        )
    )
    rows = [
        {"course_id": course_id, "format": kind, "name": name, "value": value}
        for name, value in values.items()
    ]
    if rows:
        session.execute(insert(course_format_options), rows)
