"""Ways into a course, and putting people into courses and taking them out again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import (
    automatic_completion,
    contexts,
    course_completion,
    grade_items,
    roles,
    users,
)
from coursewire.domain.call import Call
from coursewire.domain.id_ranges import written
from coursewire.store import courses, departures
from coursewire.store import enrolments as store
from coursewire.store import roles as role_rows
from coursewire.store.enrolments import ACTIVE, ENABLED, SUSPENDED, Instance, UserEnrolment
from coursewire.store.session import Session

MANUAL = "manual"
SELF = "self"
GUEST = "guest"

__all__ = [
    "ACTIVE",
    "ENABLED",
    "GUEST",
    "MANUAL",
    "SELF",
    "SUSPENDED",
    "Enrolment",
    "add_instance",
    "enabled_instance",
    "enrol",
    "enrolled_users",
    "get_instance",
    "instances",
    "is_active",
    "is_enrolled",
    "role_of",
    "unenrol",
]


class Enrolment(Struct, frozen=True, kw_only=True):
    """How a user is to be enrolled, and the role to hold in the course; no role is 0."""

    user_id: int
    role_id: int = 0
    status: int = ACTIVE
    timestart: int = 0
    timeend: int = 0


def is_active(session: Session, user_id: int, course_id: int, now: int) -> bool:
    """Tell whether a user's enrolment in a course counts now."""
    return store.is_active(session, user_id, course_id, now)


def is_enrolled(session: Session, user_id: int, course_id: int) -> bool:
    """Tell whether a user is enrolled in a course in any state."""
    return store.is_enrolled(session, user_id, course_id)


def enrolled_users(session: Session, user_ids: Collection[int], course_id: int) -> set[int]:
    """Return those of the users who are enrolled in a course in any state."""
    return store.enrolled(session, user_ids, course_id)


def instances(session: Session, course_id: int) -> list[Instance]:
    """Return the ways into a course in their order."""
    return store.instances_of(session, course_id)


def get_instance(session: Session, instance_id: int) -> Instance:
    """Return a way into a course, or raise MissingRecord."""
    found = store.get_instance(session, instance_id)
    if found is None:
        raise MissingRecord("enrolment instance", instance_id)
    return found


def enabled_instance(call: Call, course_id: int, kind: str = MANUAL) -> Instance | None:
    """Return the first way of a kind that is open in the course and on the site."""
    if kind not in call.site.enrol_plugins:
        return None
    return next(
        (
            instance
            for instance in store.instances_of(call.session, course_id)
            if instance.enrol == kind and instance.status == ENABLED
        ),
        None,
    )


def role_of(call: Call, way: Instance) -> int:
    """Return the role that a way gives, which nobody removes meanwhile: none, once it is gone."""
    return way.roleid if role_rows.hold(call.session, [way.roleid]) else 0


def add_instance(call: Call, course_id: int, kind: str = MANUAL, **values: Any) -> int:  # noqa: ANN401 - columns
    """Open a way into a course and return its id; the columns that are not given have defaults."""
    row = {
        "enrol": kind,
        "course_id": course_id,
        "timecreated": call.now,
        "timemodified": call.now,
        **values,
    }
    instance_id = store.add_instance(call.session, row)
    call.audit.record(
        "enrolment.add_instance", f"course {course_id}", kind=kind, instance=instance_id
    )
    return instance_id


def enrol(call: Call, wanted: Mapping[Instance, Sequence[Enrolment]]) -> None:
    """Enrol people, each through one way into one course, and give them the roles.

    Who is enrolled that way already gets the new state and times in place of the old; roles are
    added to those held. Where a list names a user twice, the last state counts and every role.
    """
    if not any(wanted.values()):
        return
    with call.transaction():
        people = {each.user_id for enrolments in wanted.values() for each in enrolments}
        users.hold_there(call.session, people)
        completable = course_completion.lock_completable(
            call, {instance.course_id for instance in wanted}
        )
        _require_there(call.session, wanted)
        for instance, enrolments in wanted.items():
            _enrol(call, instance, enrolments)
            if instance.course_id in completable:
                # What they did before they were learners of the course counts from now on.
                new = {each.user_id for each in enrolments}
                course_completion.evaluate(call, instance.course_id, new)
            if enrolments:
                where = f"course {instance.course_id}"
                call.audit.record("enrolment.enrol", where, **_told(enrolments))
        _notice(call, people)


def _require_there(session: Session, ways: Collection[Instance]) -> None:
    """Refuse a way that was closed, or whose course was deleted, just before its course was held.

    On SQLite the writer, who has looked already, is alone.
    """
    if session.engine_name != "sqlite":
        for way in ways:
            get_instance(session, way.id)


def unenrol(call: Call, instance: Instance, user_ids: Collection[int]) -> set[int]:
    """End people's use of one way into a course; return those who used it.

    Who has no other way into the course leaves it: roles, groups and grades in it go too. Nobody
    else has the course meanwhile: who is put into a group there, or enrolled once more, would be
    left with a half (DUR-6).
    """
    with call.transaction():
        session = call.session
        courses.lock_alone(session, [instance.course_id])
        leaving = set(store.in_instance(session, instance.id, user_ids))
        if not leaving:
            return leaving
        store.remove_many(session, instance.id, leaving)
        gone = leaving - store.enrolled(session, leaving, instance.course_id)
        place = contexts.get(session, contexts.COURSE, instance.course_id)
        departures.leave_course(session, gone, instance.course_id, place.path)
        _without_grades(call, instance.course_id, gone)
        _notice(call, gone)
        call.audit.record(
            "enrolment.unenrol", f"course {instance.course_id}", users=written(leaving)
        )
        return leaving


def _notice(call: Call, user_ids: Collection[int]) -> None:
    """Let what follows in the same call see what roles the caller has come to hold, or lost."""
    if call.caller.id in user_ids:
        call.own_roles_changed()


def _without_grades(call: Call, course_id: int, user_ids: Collection[int]) -> None:
    """Take back what the grades of those who left had completed (recorded in permission_matrix)."""
    if user_ids:
        for item in grade_items.of_course(call.session, course_id):
            automatic_completion.follow_grades(call, item, user_ids)


def _enrol(call: Call, instance: Instance, enrolments: Sequence[Enrolment]) -> None:
    states = {enrolment.user_id: enrolment for enrolment in enrolments}
    present = store.in_instance(call.session, instance.id, states)
    # In one order, so that two calls that enrol the same people cannot wait for each other.
    changes = [
        _row(call, instance, states[user_id])
        for user_id in sorted(states)
        if user_id not in present or _differs(present[user_id], states[user_id])
    ]
    store.put_many(call.session, changes)
    _give_roles(call, instance.course_id, enrolments)


def _give_roles(call: Call, course_id: int, enrolments: Iterable[Enrolment]) -> None:
    place = contexts.get(call.session, contexts.COURSE, course_id)
    pairs = sorted({(each.role_id, each.user_id) for each in enrolments if each.role_id})
    if not pairs:
        return
    roles.hold(call.session, {role_id for role_id, _ in pairs})
    role_rows.assign_many(
        call.session,
        [
            {
                "role_id": role_id,
                "user_id": user_id,
                "context_id": place.id,
                "modifierid": call.caller.id,
                "timemodified": call.now,
            }
            for role_id, user_id in pairs
        ],
    )


def _row(call: Call, instance: Instance, enrolment: Enrolment) -> dict[str, Any]:
    return {
        "instance_id": instance.id,
        "user_id": enrolment.user_id,
        "status": enrolment.status,
        "timestart": enrolment.timestart,
        "timeend": enrolment.timeend,
        "modifierid": call.caller.id,
        "timecreated": call.now,
        "timemodified": call.now,
    }


def _differs(present: UserEnrolment, wanted: Enrolment) -> bool:
    return (present.status, present.timestart, present.timeend) != (
        wanted.status,
        wanted.timestart,
        wanted.timeend,
    )


def _told(enrolments: Sequence[Enrolment]) -> dict[str, Any]:
    """Return what the record tells: who was enrolled, with which roles, and who is suspended."""
    states = {each.user_id: each.status for each in enrolments}
    suspended = [user_id for user_id, state in states.items() if state == SUSPENDED]
    by_role: dict[int, set[int]] = {}
    for each in enrolments:
        if each.role_id:
            by_role.setdefault(each.role_id, set()).add(each.user_id)
    told: dict[str, Any] = {"users": written(states)}
    if by_role:
        told["roles"] = {str(role_id): written(by_role[role_id]) for role_id in sorted(by_role)}
    if suspended:
        told["suspended"] = written(suspended)
    return told
