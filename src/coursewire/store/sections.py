"""Rows of course sections."""

from collections.abc import Collection, Iterable

from msgspec import Struct
from sqlalchemy import func, insert, select

from coursewire.store.batches import batches
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


def of_course(session: Session, course_id: int) -> list[SectionRecord]:
    """Return the sections of a course in their order."""
    statement = select(sections).where(sections.c.course_id == course_id)
    return [SectionRecord(*row) for row in session.rows(statement.order_by(sections.c.section))]


def at(session: Session, course_id: int, number: int) -> SectionRecord | None:
    """Return the section of that number."""
    statement = select(sections).where(
        sections.c.course_id == course_id, sections.c.section == number
    )
    row = session.one(statement)
    return None if row is None else SectionRecord(*row)


def firsts(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return the id of the first section, number 0, of each course."""
    found: dict[int, int] = {}
    for some in batches(sorted(set(course_ids))):
        statement = select(sections.c.course_id, sections.c.id).where(
            sections.c.course_id.in_(some), sections.c.section == 0
        )
        found.update((course_id, section_id) for course_id, section_id in session.rows(statement))
    return found


def last_numbers(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return the number of the last section of each course that has one."""
    found: dict[int, int] = {}
    for some in batches(sorted(set(course_ids))):
        statement = select(sections.c.course_id, func.max(sections.c.section)).where(
            sections.c.course_id.in_(some)
        )
        rows = session.rows(statement.group_by(sections.c.course_id))
        found.update((course_id, number) for course_id, number in rows)
    return found


def add_many(session: Session, places: Iterable[tuple[int, int]], now: int) -> None:
    """Insert sections, each given by its course and number."""
    rows = [
        {"course_id": course_id, "section": number, "timemodified": now}
        for course_id, number in places
    ]
    if rows:
        session.execute(insert(sections), rows)
