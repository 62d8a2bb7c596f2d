"""Sections of courses; number 0 is the one above all others, and every course has it."""

from collections.abc import Sequence

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain.call import Call
from coursewire.store import sections as store
from coursewire.store.sections import SectionRecord
from coursewire.store.session import Session

# A course page with more would be of no use, and one call could fill the database.
MOST = 1_000


def require_fit(number: int) -> None:
    """Refuse more sections than a course may have."""
    if number > MOST:
        reason = f"a course has {MOST} sections at most, and {number} were asked for"
        raise InvalidParameter(reason, remedy="ask for fewer sections")


def create_many(session: Session, courses: Sequence[tuple[int, int]], now: int) -> None:
    """Make the sections of new courses, each given with the number of its last section."""
    for _, last in courses:
        require_fit(last)
    places = ((course, number) for course, last in courses for number in range(max(last, 0) + 1))
    store.add_many(session, places, now)


def last_number(session: Session, course_id: int) -> int:
    """Return the number of the last section of a course, -1 where there is none."""
    return store.last_numbers(session, [course_id]).get(course_id, -1)


def at(call: Call, course_id: int, number: int) -> SectionRecord:
    """Return the section of that number, made with all before it where it is not there yet."""
    session = call.session
    last = last_number(session, course_id)
    if number > last:
        missing = ((course_id, each) for each in range(last + 1, number + 1))
        store.add_many(session, missing, call.now)
    found = store.at(session, course_id, number)
    if found is None:
        # A gap in the middle, left by a section that was deleted.
        store.add_many(session, [(course_id, number)], call.now)
        return at(call, course_id, number)
    return found
