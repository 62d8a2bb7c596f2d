"""Sections of courses; number 0 is the one above all others, and every course has it."""

from collections.abc import Sequence

from coursewire.domain.call import Call
from coursewire.store import sections as store
from coursewire.store.sections import SectionRecord
from coursewire.store.session import Session


def create_many(session: Session, courses: Sequence[tuple[int, int]], now: int) -> None:
    """Make the sections of new courses, each given with the number of its last section."""
    places = ((course, number) for course, last in courses for number in range(max(last, 0) + 1))
    store.add_many(session, places, now)


def at(call: Call, course_id: int, number: int) -> SectionRecord:
    """Return the section of that number, made with all before it where it is not there yet."""
    session = call.session
    last = store.last_numbers(session, [course_id]).get(course_id, -1)
    if number > last:
        missing = ((course_id, each) for each in range(last + 1, number + 1))
        store.add_many(session, missing, call.now)
    found = store.at(session, course_id, number)
    if found is None:
        # A gap in the middle, left by a section that was deleted.
        store.add_many(session, [(course_id, number)], call.now)
        return at(call, course_id, number)
    return found
