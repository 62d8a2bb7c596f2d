"""Bodies of core_enrol for the ways into a course."""

from coursewire.contracts import core_enrol as c
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CourseId
from coursewire.domain import (
    contexts,
    courses,
    enrolments,
    guest_access,
    self_enrolment,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.enrolments import ENABLED, GUEST, SELF
from coursewire.functions.binding import Bound
from coursewire.store.enrolments import Instance

# What tells a caller more of a way, by its kind.
_MORE = {SELF: "enrol_self_get_instance_info", GUEST: "enrol_guest_get_instance_info"}


def get_course_enrolment_methods(call: Call, params: CourseId) -> list[c.EnrolmentMethod]:
    """List the open ways into a course that people find by themselves."""
    validation.validate_context(call, call.site.system)
    course = courses.require(call.session, params.courseid)
    place = contexts.get(call.session, contexts.COURSE, course.id)
    validation.require_known(call, course, place)
    return [
        _as_method(call, instance)
        for instance in enrolments.instances(call.session, course.id)
        if instance.status == ENABLED
        and instance.enrol in _MORE
        and instance.enrol in call.site.enrol_plugins
    ]


def _as_method(call: Call, instance: Instance) -> c.EnrolmentMethod:
    """Return a way; only of one that is open but asks for a key there is more to tell."""
    closed = self_enrolment.hindrance(call, instance) if instance.enrol == SELF else None
    more = instance.password and closed is None
    return c.EnrolmentMethod(
        id=instance.id,
        courseid=instance.course_id,
        type=instance.enrol,
        name=_name(call, instance),
        status=True if closed is None else closed,
        wsfunction=_MORE[instance.enrol] if more else UNSET,
    )


def _name(call: Call, instance: Instance) -> str:
    if instance.enrol == SELF:
        return self_enrolment.name(call, instance)
    return guest_access.name(call, instance)


FUNCTIONS = (Bound(c.get_course_enrolment_methods, get_course_enrolment_methods),)
