"""The people of courses who are able to do something there: those of each capability asked for."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from coursewire.domain import (
    answer_rows,
    courses,
    enrolled_people,
    search_limits,
    user_details,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_people import CourseView
from coursewire.domain.enrolled_people import REVIEW, REVIEW_ROLES, Asked
from coursewire.domain.shown_fields import UserDetails
from coursewire.store import enrolled_people as store
from coursewire.store import groups, users
from coursewire.store.courses import CourseRecord

# The options of other lists of people mean nothing here, whatever their values.
OPTIONS = frozenset({"groupid", "onlyactive", "userfields", "limitfrom", "limitnumber"})


class Able(Struct, frozen=True):
    """The people of one course who have one capability there, as the caller sees them."""

    course_id: int
    capability: str
    people: list[UserDetails]


class _Found(Struct, frozen=True):
    """Who is able to do what in one course: a list of ids for each capability."""

    view: CourseView
    ids: dict[str, list[int]]


def asked(options: Iterable[tuple[str, str]]) -> Asked:
    """Read those of the options that mean something here."""
    return enrolled_people.asked((name, value) for name, value in options if name in OPTIONS)


def find(call: Call, wanted: Sequence[tuple[int, Sequence[str]]], options: Asked) -> Iterator[Able]:
    """Return who is able to do each thing in each course, in the order in which it was asked for.

    Each list is cut to its page before those whom the caller may not see are left out. Separate
    groups leave nobody out (functions-2.md 8).
    """
    found = _found(call, wanted, options)
    asked_for = [(course_id, name) for course_id, names in wanted for name in names]
    rows = sum(len(found[course_id].ids[name]) for course_id, name in asked_for)
    answer_rows.require_count(call, "users", rows)
    shown = {course_id: _shown(call, here) for course_id, here in found.items()}
    for course_id, name in asked_for:
        people = shown[course_id]
        seen = [people[user_id] for user_id in found[course_id].ids[name] if user_id in people]
        yield Able(course_id, name, seen)


def _found(
    call: Call, wanted: Iterable[tuple[int, Sequence[str]]], options: Asked
) -> dict[int, _Found]:
    """Look at each course once, however often it was asked for, and at each capability there."""
    distinct: dict[int, dict[str, None]] = {}
    for course_id, capabilities in wanted:
        distinct.setdefault(course_id, {}).update(dict.fromkeys(capabilities))
    found: dict[int, _Found] = {}
    rows = 0
    for course_id, names in distinct.items():
        here = _in_course(call, course_id, [*names], options)
        rows += sum(map(len, here.ids.values()))
        answer_rows.require_count(call, "users", rows)
        found[course_id] = here
    return found


def _in_course(call: Call, course_id: int, capabilities: Sequence[str], options: Asked) -> _Found:
    course = courses.require(call.session, course_id)
    place = validation.wrap_hard(call, course_id)
    _require_rights(call, course, place, options)
    view = enrolled_people.view_of(call, course, place, options.fields)
    everybody = _everybody(call, course, place, options)
    offset, limit = max(0, options.offset), max(0, options.limit)
    end = offset + limit if limit else None
    able = enrolled_people.able_to(call, place, everybody, capabilities)
    pages = [ids[offset:end] for ids in able]
    return _Found(view, dict(zip(capabilities, pages, strict=True)))


def _require_rights(call: Call, course: CourseRecord, place: Context, options: Asked) -> None:
    enrolled_people.require_sight(call, course, place)
    enrolled_people.require_group(call, place, options.group_id)
    if options.only_active:
        call.permissions.require(REVIEW, place)
    call.permissions.require(REVIEW_ROLES, place)


def _everybody(call: Call, course: CourseRecord, place: Context, options: Asked) -> list[int]:
    """Return by id who could be on the lists of a course, whatever they are able to do."""
    chosen = enrolled_people.in_state(call, course, options)
    if options.group_id:
        group = groups.of_ids(call.session, [options.group_id]).get(options.group_id)
        if group is None or group.course_id != course.id:
            return []
        within = enrolled_people.of_group(call, place, chosen, options.group_id)
        if within is None:
            return []
        chosen = within
    with search_limits.in_time(call, "ask for one group at a time"):
        ids = store.page(call.session, chosen, 0, call.most_rows + 1)
    answer_rows.require_count(call, "users", len(ids))
    return ids


def _shown(call: Call, found: _Found) -> dict[int, UserDetails]:
    """Return what the caller sees of everybody on the lists of a course, each read once."""
    known = users.of_ids(call.session, set[int]().union(*found.ids.values()))
    # Whoever was deleted meanwhile is in the course no more.
    there = [person for person in known.values() if not person.deleted]
    # Whatever else may be told of somebody, the id always is.
    return {
        details.get("id", 0): details for details in user_details.in_course(call, there, found.view)
    }
