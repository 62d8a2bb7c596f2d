"""The people of a course: what may be asked for, and whom the caller finds there."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from coursewire.contracts.errors import CodingError, InvalidParameter, MoodleError, NoPermission
from coursewire.domain import (
    answer_rows,
    course_people,
    courses,
    search_limits,
    separate_groups,
    user_details,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_people import CourseView
from coursewire.domain.group_visibility import PARTICIPATING, GroupViewer
from coursewire.domain.loose_numbers import whole_number
from coursewire.domain.permissions import Held, Permissions
from coursewire.domain.shown_fields import UserDetails
from coursewire.domain.site import SITE_COURSE
from coursewire.store import enrolled_people as store
from coursewire.store import group_members, groups, roles, users
from coursewire.store.batches import batches
from coursewire.store.courses import CourseRecord
from coursewire.store.enrolled_people import Chosen

PARTICIPANTS = "moodle/course:viewparticipants"
SITE_PARTICIPANTS = "moodle/site:viewparticipants"
REVIEW = "moodle/course:enrolreview"
REVIEW_ROLES = "moodle/role:review"
FIELDS = frozenset(UserDetails.__annotations__)
# So many people are in memory at once.
AT_ONCE = 250
_NUMBERS = {
    "groupid": "group_id",
    "limitfrom": "offset",
    "limitnumber": "limit",
}
_SWITCHES = {"onlyactive": "only_active", "onlysuspended": "only_suspended"}


class Asked(Struct, frozen=True, kw_only=True):
    """Whom to list, how, and which fields of them; `fields` None means all."""

    fields: frozenset[str] | None = None
    capability: str = ""
    group_id: int = 0
    only_active: bool = False
    only_suspended: bool = False
    order: str = "id"
    descending: bool = False
    offset: int = 0
    limit: int = 0


def asked(options: Iterable[tuple[str, str]]) -> Asked:
    """Read options; of a repeated one the last counts, and unknown ones mean nothing."""
    values: dict[str, Any] = {}
    for name, value in options:
        if name in _NUMBERS:
            values[_NUMBERS[name]] = whole_number(value)
        elif name in _SWITCHES:
            # Any text but nothing and 0 switches it on (recorded in enrolled_users).
            values[_SWITCHES[name]] = value not in {"", "0"}
        elif name == "withcapability":
            values["capability"] = value
        elif name == "userfields":
            values["fields"] = frozenset(field.strip() for field in value.split(","))
        elif name == "sortby":
            values["order"] = _one_of(name, value, store.ORDERS)
        elif name == "sortdirection":
            values["descending"] = _one_of(name, value.upper(), ("ASC", "DESC")) == "DESC"
    return Asked(**values)


def find(call: Call, course_id: int, wanted: Asked) -> Iterator[list[UserDetails]]:
    """Return what the caller sees of the people of a course who were asked for, some at a time.

    The page is cut out of everybody's list before those whom the caller may not see are left out.
    """
    course = courses.require(call.session, course_id)
    place = validation.wrap_hard(call, course_id)
    _require_rights(call, course, place, wanted)
    view = view_of(call, course, place, wanted.fields)
    chosen = _chosen(call, course, place, wanted)
    if chosen is None:
        return
    with search_limits.in_time(call, "ask for a page at a time"):
        ids = _page(call, place, chosen, wanted)
    answer_rows.require_count(call, "users", len(ids))
    for some in batches(ids, AT_ONCE):
        known = users.of_ids(call.session, some)
        # Whoever was deleted meanwhile is in the course no more.
        there = [known[key] for key in some if key in known and not known[key].deleted]
        yield user_details.in_course(call, there, view)


def _one_of(name: str, value: str, choices: Collection[str]) -> str:
    if value not in choices:
        reason = f"{name} {value!r} is none of {', '.join(choices)}"
        raise InvalidParameter(reason)
    return value


def _require_rights(call: Call, course: CourseRecord, place: Context, wanted: Asked) -> None:
    require_sight(call, course, place)
    if wanted.capability:
        call.permissions.require(REVIEW_ROLES, place)
    require_group(call, place, wanted.group_id)
    if wanted.only_active or wanted.only_suspended:
        call.permissions.require(REVIEW, place)
    if wanted.only_active and wanted.only_suspended:
        reason = "onlyactive and onlysuspended exclude each other"
        raise CodingError(reason)


def require_sight(call: Call, course: CourseRecord, place: Context) -> None:
    """Refuse a caller who may not see the people of a course."""
    may = call.permissions.may
    if course.id == SITE_COURSE:
        call.permissions.require(SITE_PARTICIPANTS, call.site.system)
    elif not may(PARTICIPANTS, place) and not may(REVIEW, place):
        raise NoPermission(PARTICIPANTS, place.where)


def require_group(call: Call, place: Context, group_id: int) -> None:
    """Refuse a group that the caller is not in and may not look at; 0 stands for no group."""
    if group_id and not _is_known_member(call, place, group_id):
        call.permissions.require(separate_groups.ALL_GROUPS, place)


def _is_known_member(call: Call, place: Context, group_id: int) -> bool:
    """Tell whether the caller is in a group and may know it."""
    group = groups.of_ids(call.session, [group_id]).get(group_id)
    if group is None or group_id not in group_members.groups_of_user(call.session, call.caller.id):
        return False
    return GroupViewer(call).sees_membership(place, group, call.caller.id)


def view_of(
    call: Call, course: CourseRecord, place: Context, fields: frozenset[str] | None
) -> CourseView:
    """Return the course as the caller looks at its people; `fields` None means all of them."""
    if fields is None:
        return CourseView(call, course, place)
    unknown = sorted(fields - FIELDS)
    if unknown:
        raise MoodleError("invaliduserfield", f"Users have no field {unknown[0]!r}")
    return CourseView(call, course, place, fields & course_people.EVERYTHING)


def _chosen(call: Call, course: CourseRecord, place: Context, wanted: Asked) -> Chosen | None:
    """Return the people to list, None where the groups leave nobody."""
    chosen = in_state(call, course, wanted)
    if wanted.group_id:
        return of_group(call, place, chosen, wanted.group_id)
    if separate_groups.divide(call, course, place):
        return of_my_groups(call, place, chosen)
    return chosen


def in_state(call: Call, course: CourseRecord, wanted: Asked) -> Chosen:
    """Return the people of a course in the state asked for, whatever their groups."""
    active = None
    if wanted.only_active or wanted.only_suspended:
        active = wanted.only_active
    return Chosen(
        course_id=course.id,
        guest_id=call.site.guest_id,
        now=call.now,
        active=active,
        order=wanted.order,
        descending=wanted.descending,
    )


def of_group(call: Call, place: Context, chosen: Chosen, group_id: int) -> Chosen | None:
    """Confine the list to a group, as far as the caller may know its members."""
    group = groups.of_ids(call.session, [group_id]).get(group_id)
    if group is None:
        return None
    members = group_members.of_groups(call.session, [group_id]).get(group_id, [])
    seen = GroupViewer(call).members(place, group, members)
    if len(seen) == len(members):
        return msgspec.structs.replace(chosen, groups=[group_id])
    # Of a group that hides its members from each other only the caller is left.
    return msgspec.structs.replace(chosen, groups=[], oneself=call.caller.id) if seen else None


def of_my_groups(call: Call, place: Context, chosen: Chosen) -> Chosen | None:
    """Confine a list to the caller's groups in a course where groups are kept apart."""
    mine = group_members.groups_of_user(call.session, call.caller.id, [chosen.course_id])
    there = groups.of_ids(call.session, mine).values()
    known = GroupViewer(call).groups(place, there)
    if not known:
        return None
    open_ones = [group.id for group in known if group.visibility in PARTICIPATING]
    return msgspec.structs.replace(chosen, groups=open_ones, oneself=call.caller.id)


def _page(call: Call, place: Context, chosen: Chosen, wanted: Asked) -> list[int]:
    offset, limit = max(0, wanted.offset), max(0, wanted.limit)
    # One more than an answer has tells that there are too many.
    most = call.most_rows + 1
    if not wanted.capability:
        return store.page(call.session, chosen, offset, min(limit or most, most))
    ids = store.page(call.session, chosen, 0, most)
    answer_rows.require_count(call, "users", len(ids))
    able = able_to(call, place, ids, [wanted.capability])[0]
    return able[offset : offset + limit] if limit else able[offset:]


def able_to(
    call: Call, place: Context, ids: Sequence[int], capabilities: Sequence[str]
) -> list[list[int]]:
    """Return, for each of the capabilities, the people whose roles give it to them in a place.

    That somebody administers the site gives nobody a part in a course. The empty name stands for
    no capability at all, which everybody has.
    """
    judges = _judges(call, place, ids) if any(capabilities) else {}
    return [
        [user_id for user_id in ids if not name or judges[user_id].may(name, place)]
        for name in capabilities
    ]


def _judges(call: Call, place: Context, ids: Sequence[int]) -> dict[int, Permissions]:
    """Return who answers for each of the people; those with the same roles there share one.

    Thousands hold the same in a course, and each judge reads what the site has locked.
    """
    above = frozenset(place.ids)
    held = roles.held(call.session, ids)
    alike: dict[tuple[bool, Held], Permissions] = {}
    judges: dict[int, Permissions] = {}
    for user_id in ids:
        here = tuple(pair for pair in held.get(user_id, ()) if pair[0] in above)
        # The guest is refused more, whatever the roles.
        key = (user_id == call.site.guest_id, here)
        if key not in alike:
            alike[key] = Permissions(
                call.session, user_id, is_admin=False, site=call.site, held=here
            )
        judges[user_id] = alike[key]
    return judges
