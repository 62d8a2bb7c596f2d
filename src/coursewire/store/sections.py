"""Rows of course sections."""

from collections.abc import Collection, Iterable

from msgspec import Struct
from sqlalchemy import bindparam, func, insert, select

from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.courses import sections
from coursewire.store.session import Session


class SectionRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order (a test keeps them equal)."""

    id: int
    course_id: int
    section: int
    name: str | None
    summary: str
    summaryformat: int
    visible: int
    timemodified: int


# Built once: putting a statement together costs more than running it.
_OF_COURSE = DirectRead(
    select(sections).where(sections.c.course_id == bindparam("course")).order_by(sections.c.section)
)
_IN_COURSES = among(sections.c.course_id, "courses")
_FIRSTS = DirectListRead(
    select(sections.c.course_id, sections.c.id).where(_IN_COURSES, sections.c.section == 0)
)
_LAST_NUMBERS = DirectListRead(
    select(sections.c.course_id, func.max(sections.c.section))
    .where(_IN_COURSES)
    .group_by(sections.c.course_id)
)


def of_course(session: Session, course_id: int) -> list[SectionRecord]:
    """Return the sections of a course in their order."""
    return [SectionRecord(*row) for row in _OF_COURSE.rows(session, {"course": course_id})]


def at(session: Session, course_id: int, number: int) -> SectionRecord | None:
    """Return the section of that number."""
    statement = select(sections).where(
        sections.c.course_id == course_id, sections.c.section == number
    )
    row = session.one(statement)
    return None if row is None else SectionRecord(*row)


def firsts(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return the id of the first section, number 0, of each course."""
    rows = _FIRSTS.of_all(session, "courses", sorted(set(course_ids)))
    return {row[0]: row[1] for row in rows}


def last_numbers(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return the number of the last section of each course that has one."""
    rows = _LAST_NUMBERS.of_all(session, "courses", sorted(set(course_ids)))
    return {row[0]: row[1] for row in rows}


def add_many(session: Session, places: Iterable[tuple[int, int]], now: int) -> None:
    """Insert sections, each given by its course and number."""
    rows = [
        {"course_id": course_id, "section": number, "timemodified": now}
        for course_id, number in places
    ]
    if rows:
        session.execute(insert(sections), rows)
