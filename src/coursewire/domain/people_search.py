"""Searches for people, for those who run a course: in the course, and beside a way into it.

Nobody finds people by what the caller may not see of them.
"""

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from coursewire.contracts.errors import InvalidParameter, MissingRecord, NoPermission
from coursewire.domain import (
    activities,
    activity_groups,
    answer_rows,
    contexts,
    courses,
    enrolled_people,
    enrolments,
    search_limits,
    separate_groups,
    user_details,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_people import CourseView
from coursewire.domain.enrolled_people import PARTICIPANTS, REVIEW
from coursewire.domain.profile_fields import TO_ALL
from coursewire.domain.shown_fields import UserDetails
from coursewire.domain.user_names import shows
from coursewire.domain.user_places import VIEW_ALL, Place, Places
from coursewire.store import people_search as store
from coursewire.store import profile_fields, users
from coursewire.store.courses import CourseRecord
from coursewire.store.enrolled_people import Chosen
from coursewire.store.people_search import Sought

_ALWAYS = frozenset({"id", "fullname", "profileimageurl", "profileimageurlsmall"})
_NAMES = ("firstname", "lastname")
CUSTOM = "profile_field_"
# No site has people so far down its lists, and the engines take the number.
_FARTHEST = 2**53
# Finds some people: from which on, and how many at most.
Search = Callable[[int, int], list[int]]


class Asked(Struct, frozen=True, kw_only=True):
    """What to look for, and which page of what is found; pages count from 0."""

    piece: str
    anywhere: bool
    page: int
    size: int


def participants(
    call: Call, course_id: int, context_id: int | None, wanted: Asked
) -> list[UserDetails]:
    """Return what the caller sees of the people of a course who are found, in whatever state.

    Where groups are kept apart, in the course or in the activity whose place is given, these are
    people of the caller's groups.
    """
    session = call.session
    around = contexts.get(session, contexts.COURSE, course_id)
    named = around if context_id is None else _place(call, context_id)
    # Rights held elsewhere count for nothing in the course.
    place = named if named.is_within(around.path) else around
    validation.wrap_place(call, course_id, place)
    if not call.permissions.may(PARTICIPANTS, place) and not call.permissions.may(REVIEW, place):
        raise NoPermission(PARTICIPANTS, place.where)
    if place.id != named.id:
        reason = f"context {context_id} does not lie in {around.where}"
        raise InvalidParameter(reason, remedy="leave contextid out, or give one of the course")
    course = courses.require(session, course_id)
    chosen = _within_reach(call, course, around, place)
    look = _Look(call, course, around, wanted)
    if chosen is None:
        return []
    within = chosen
    return look.found(
        lambda offset, limit: store.in_course(session, within, look.sought, offset, limit)
    )


def potential(call: Call, course_id: int, instance_id: int, wanted: Asked) -> list[UserDetails]:
    """Return what the caller sees of those found who do not use a way into a course yet."""
    session = call.session
    place = validation.wrap_hard(call, course_id)
    call.permissions.require(REVIEW, place)
    instance = enrolments.get_instance(session, instance_id)
    if instance.course_id != course_id:
        raise MissingRecord("enrolment instance", instance_id)
    look = _Look(call, courses.require(session, course_id), place, wanted)
    guest_id = call.site.guest_id
    return look.found(
        lambda offset, limit: store.beside(
            session, instance_id, guest_id, look.sought, offset, limit
        )
    )


class _Look:
    """A look for people through one course."""

    def __init__(self, call: Call, course: CourseRecord, place: Context, wanted: Asked) -> None:
        self._call = call
        self._wanted = wanted
        self._view = CourseView(call, course, place, frozenset())
        self._sight = Places(call).course(place)
        self.sought = sought(call, self._sight, wanted.piece, _NAMES, anywhere=wanted.anywhere)

    def found(self, search: Search) -> list[UserDetails]:
        """Return a page of those found; whom the caller may not see is missing in it."""
        wanted, most = self._wanted, self._call.most_rows + 1
        if wanted.size <= 0:
            return []
        offset = min(max(0, wanted.page) * wanted.size, _FARTHEST)
        with search_limits.in_time(self._call, "search for a longer text"):
            ids = search(offset, min(wanted.size, most))
        answer_rows.require_count(self._call, "users", len(ids))
        return self._shown(ids)

    def _shown(self, ids: Sequence[int]) -> list[UserDetails]:
        """Return of people their names, pictures and what identifies them."""
        known = users.of_ids(self._call.session, ids)
        # Whoever was deleted meanwhile is found no more.
        there = [known[key] for key in ids if key in known and not known[key].deleted]
        names = _ALWAYS | self._sight.identity
        return user_details.in_course(self._call, there, self._view, names)


def _place(call: Call, context_id: int) -> Context:
    place = contexts.by_id(call.session, context_id)
    if place is None:
        raise MissingRecord("context", context_id)
    return place


def _within_reach(
    call: Call, course: CourseRecord, around: Context, place: Context
) -> Chosen | None:
    """Return the people among whom to search, None where groups leave nobody."""
    chosen = enrolled_people.in_state(call, course, enrolled_people.Asked())
    if not _divides(call, course, place):
        return chosen
    return enrolled_people.of_my_groups(call, around, chosen)


def _divides(call: Call, course: CourseRecord, place: Context) -> bool:
    """Tell whether groups keep the caller apart from others in a course or an activity."""
    if place.level != contexts.MODULE:
        return separate_groups.divide(call, course, place)
    activity = activities.require(call.session, place.instanceid)
    if activity_groups.mode(course, activity) != activity_groups.SEPARATE:
        return False
    return not call.permissions.may(activity_groups.ALL_GROUPS, place)


def sought(
    call: Call, sight: Place, piece: str, names: Collection[str], *, anywhere: bool = True
) -> Sought:
    """Return where a text may stand: in whole names, in single ones, in what identifies people.

    All of it only as far as the caller may see it of everybody in that place.
    """
    shown = [name for name in _NAMES if sight.names or shows(call.site, name)]
    are_whole = len(shown) == len(_NAMES)
    identity = [
        name
        for name in sorted(sight.identity)
        if not name.startswith(CUSTOM) and (name != "username" or sight.full)
    ]
    return Sought(
        piece=search_limits.require_tame("search", piece),
        anywhere=anywhere,
        whole_names=are_whole,
        # Of a name that is kept back in part, the rest is the whole.
        columns=[*(names if are_whole else shown), *identity],
        profile_fields=_custom_fields(call, sight),
    )


def _custom_fields(call: Call, sight: Place) -> list[int]:
    """Return those profile fields of the site that identify people and that the caller may see."""
    shortnames = {name.removeprefix(CUSTOM) for name in sight.identity if name.startswith(CUSTOM)}
    if not shortnames:
        return []
    sees_all = call.permissions.may(VIEW_ALL, call.site.system)
    return [
        field.id
        for field in profile_fields.all_fields(call.session)
        if field.shortname in shortnames and (sees_all or field.visible == TO_ALL)
    ]
