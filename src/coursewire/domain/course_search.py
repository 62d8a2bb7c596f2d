"""Finding courses by words, by what is in them, or by a field; and who may know of them."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import answer_rows, contexts, search_limits, validation
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.loose_numbers import whole_number
from coursewire.domain.site import SITE_COURSE
from coursewire.domain.validation import COURSE_LIST, HIDDEN_COURSES
from coursewire.store import course_look_ups as store
from coursewire.store import courses
from coursewire.store.courses import CourseRecord

CONFIG = "moodle/site:config"
# So many words narrow down what the database returns; all of them count.
MOST_WORDS = 8

Matches = Callable[[str], bool]


def by_field(call: Call, field: str, value: str) -> list[CourseRecord]:
    """Return the courses of which a field has the value; no field means all of them."""
    session = call.session
    if not field:
        answer_rows.require_few(call, "courses", courses.are_more)
        return list(courses.every(session).values())
    if field == "ids":
        asked = [whole_number(part) for part in value.split(",")]
        found = courses.of_ids(session, asked)
        return [found[key] for key in dict.fromkeys(asked) if key in found]
    if field not in store.FIELDS:
        known = ", ".join(sorted({"ids", *store.FIELDS}))
        raise InvalidParameter(f"there is no field {field!r}", remedy=f"use one of {known}")
    looked_for = value if field in store.TEXTS else whole_number(value)
    if field in store.SHARED:
        are_more = partial(store.are_more_by_field, field=field, value=looked_for)
        answer_rows.require_few(call, "courses", are_more)
    return store.by_field(session, field, looked_for)


def search(call: Call, kind: str, value: str) -> list[CourseRecord]:
    """Return the courses that meet a criterion, the site course left out, in their order."""
    session = call.session
    if kind == "search":
        found = _by_words(call, value)
    elif kind in _BY_CONTENT:
        call.permissions.require(CONFIG, call.site.system)
        found = store.with_activity(session, value) if kind == "modulelist" else []
    elif kind == "tagid":
        # Courses have no tags here.
        found = []
    else:
        known = ", ".join(("search", *_BY_CONTENT, "tagid"))
        raise InvalidParameter(f"there is no criterion {kind!r}", remedy=f"use one of {known}")
    records = courses.of_ids(session, found).values()
    mine = (course for course in records if course.id != SITE_COURSE)
    return sorted(mine, key=lambda course: (course.sortorder, course.id))


def known_to(
    call: Call, found: Iterable[CourseRecord], places: Mapping[int, Context]
) -> list[CourseRecord]:
    """Return those of the courses that the caller may know of, whether they may enter or not."""
    may = call.permissions.may
    shown = [
        course
        for course in found
        if course.id in places and (course.visible or may(HIDDEN_COURSES, places[course.id]))
    ]
    around = contexts.of_instances(
        call.session, contexts.CATEGORY, {course.category for course in shown}
    )
    listed = {key for key, place in around.items() if may(COURSE_LIST, place)}
    rest = {course.id: course for course in shown if course.category not in listed}
    entered = validation.enterable(call, rest) if rest else {}
    return [course for course in shown if course.category in listed or course.id in entered]


_BY_CONTENT = ("modulelist", "blocklist")


def _by_words(call: Call, text: str) -> Collection[int]:
    search_limits.require_short(text)
    terms = text.lower().split()
    tests = [_matcher(term) for term in terms]
    wanted = [word for sign, word in map(_signed, terms) if sign != "-"]
    with search_limits.in_time(call, "search for rarer words"):
        texts = store.texts(call.session, wanted[:MOST_WORDS])
    return [course_id for course_id, words in texts if all(matches(words) for matches in tests)]


def _matcher(term: str) -> Matches:
    """Return the test of one term: `+word` stands as a whole, `-word` does not, else anywhere."""
    sign, word = _signed(term)
    if not sign:
        return lambda words: word in words
    whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    if sign == "+":
        return lambda words: whole.search(words) is not None
    return lambda words: whole.search(words) is None


def _signed(term: str) -> tuple[str, str]:
    """Return the sign of a term, if it has one, and its word."""
    sign, word = term[0], term[1:]
    return (sign, word) if sign in "+-" and word else ("", term)
