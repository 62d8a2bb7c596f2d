"""Enrolling oneself: why a way into a course is closed, its key, and going in."""

import hmac
import html

from coursewire.contracts.errors import MoodleError
from coursewire.contracts.parts import CallWarning, Outcome
from coursewire.domain import contexts, enrolments, group_members, role_names, users
from coursewire.domain.call import Call
from coursewire.domain.enrolments import ENABLED, SELF, Enrolment
from coursewire.store import cohorts, courses, groups
from coursewire.store import enrolments as store
from coursewire.store.enrolments import Instance
from coursewire.store.groups import GroupRecord
from coursewire.text.short import format_string

ENROL = "enrol/self:enrolself"
# Moodle's codes: the way is closed; the key fits neither the way nor a group; it does not fit,
# with and without a hint.
CLOSED, NO_GROUP_KEY, WRONG_KEY_HINT, WRONG_KEY = "1", "2", "3", "4"


def name(call: Call, instance: Instance) -> str:
    """Return the name of a way into a course; one without a name is called after its role."""
    if instance.name:
        return format_string(instance.name, call.text)
    role = role_names.of(call.session, instance.roleid)
    return f"Self enrolment ({format_string(role, call.text)})" if role else "Self enrolment"


def hindrance(call: Call, instance: Instance) -> str | None:
    """Return why the caller cannot go this way now, in Moodle's order; None: it is open."""
    if call.caller.is_guest:
        return "Guests cannot enrol"
    if store.in_instance(call.session, instance.id, [call.caller.id]):
        return "You are enrolled in this course already"
    if instance.status != ENABLED:
        return "Enrolment is switched off"
    if instance.enrolstartdate > call.now:
        return "Enrolment has not begun yet"
    if instance.enrolenddate and instance.enrolenddate < call.now:
        return "Enrolment is over"
    if not instance.new_enrolments:
        return "Nobody new can enrol"
    if instance.max_enrolled and store.count(call.session, instance.id) >= instance.max_enrolled:
        return "The course has no more places"
    if instance.cohort_id and not cohorts.has_member(
        call.session, instance.cohort_id, call.caller.id
    ):
        return "Only members of a cohort can enrol"
    place = contexts.course(call.session, instance.course_id)
    if place is None or not call.permissions.may(ENROL, place):
        return "You may not enrol yourself in this course"
    return None


def ways(call: Call, course_id: int, instance_id: int) -> list[Instance]:
    """Return the open ways of this kind into a course in their order, or only the one named."""
    if SELF not in call.site.enrol_plugins:
        return []
    return [
        instance
        for instance in store.instances_of(call.session, course_id)
        if instance.enrol == SELF and instance.status == ENABLED and instance_id in (0, instance.id)
    ]


def enter(call: Call, course_id: int, instance_id: int, key: str) -> Outcome:
    """Enrol the caller by the first way that lets them in.

    The course is locked, so that two who come at once cannot take the same last place, and nobody
    unenrolls the caller meanwhile.
    """
    with call.transaction():
        # First, as in the deletion of users, so that neither waits for the other.
        users.hold(call.session, [call.caller.id])
        courses.lock(call.session, [course_id])
        tried = ways(call, course_id, instance_id)
        if not tried:
            reason = f"course {course_id} has no open way to enrol oneself"
            raise MoodleError("canntenrol", "Enrolment is not possible here", reason=reason)
        warnings: list[CallWarning] = []
        for instance in tried:
            refusal = _refusal(call, instance, key)
            if refusal is None:
                _enrol(call, instance, key)
                return Outcome(status=True, warnings=warnings)
            code, message = refusal
            warnings.append(
                CallWarning(item="instance", itemid=instance.id, warningcode=code, message=message)
            )
        codes = [warning.warningcode for warning in warnings]
        call.audit.record(
            "enrolment.self_enrol", f"course {course_id}", outcome="refused", codes=codes
        )
        return Outcome(status=False, warnings=warnings)


def _refusal(call: Call, instance: Instance, key: str) -> tuple[str, str] | None:
    closed = hindrance(call, instance)
    if closed is not None:
        return CLOSED, closed
    if not instance.password or _equal(key, instance.password):
        return None
    if instance.group_keys:
        if _group_of(call, instance, key) is not None:
            return None
        return NO_GROUP_KEY, "The enrolment key is wrong"
    if call.site.settings["enrol_self_showhint"]:
        first = html.escape(instance.password[:1])
        return WRONG_KEY_HINT, f"The enrolment key is wrong; it begins with {first}"
    return WRONG_KEY, "The enrolment key is wrong"


def _enrol(call: Call, instance: Instance, key: str) -> None:
    """Enrol the caller, and put them into the group whose key they gave in place of the way's."""
    end = call.now + instance.enrolperiod if instance.enrolperiod else 0
    role_id = enrolments.role_of(call, instance)
    enrolment = Enrolment(user_id=call.caller.id, role_id=role_id, timestart=call.now, timeend=end)
    enrolments.enrol(call, {instance: [enrolment]})
    if instance.password and instance.group_keys and not _equal(key, instance.password):
        group = _group_of(call, instance, key)
        if group is not None:
            group_members.add(call, [(group.id, call.caller.id)])


def _group_of(call: Call, instance: Instance, key: str) -> GroupRecord | None:
    """Return the oldest group of the course with this key."""
    there = groups.of_course(call.session, instance.course_id)
    fitting = [each for each in there if each.enrolmentkey and _equal(key, each.enrolmentkey)]
    return min(fitting, key=lambda group: group.id, default=None)


def _equal(given: str, key: str) -> bool:
    """Compare without telling by the time it takes how much was right."""
    return hmac.compare_digest(given.encode(), key.encode())
