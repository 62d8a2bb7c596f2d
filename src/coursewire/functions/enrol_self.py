"""Bodies of enrol_self: what a way to enrol oneself asks for, and going in by it."""

from coursewire.contracts import enrol_self as c
from coursewire.contracts.errors import MissingRecord
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import Outcome
from coursewire.domain import contexts, courses, enrolments, self_enrolment, validation
from coursewire.domain.call import Call
from coursewire.domain.enrolments import SELF
from coursewire.functions.binding import Bound

# The label of the field for the key.
KEY = "Enrolment key"


def enrol_user(call: Call, params: c.EnrolUser) -> Outcome:
    """Enrol the caller in a course; that it did not work is an answer, not an error."""
    course = courses.require(call.session, params.courseid)
    validation.validate_context(call, call.site.system)
    place = contexts.get(call.session, contexts.COURSE, course.id)
    if not validation.is_advertised(call, course, place):
        raise validation.course_hidden(course)
    return self_enrolment.enter(call, course.id, params.instanceid, params.password)


def get_instance_info(call: Call, params: c.GetInstanceInfo) -> c.SelfEnrolmentInstance:
    """Tell whether the caller can go a way now, and whether it takes a key."""
    validation.validate_context(call, call.site.system)
    instance = enrolments.get_instance(call.session, params.instanceid)
    if instance.enrol != SELF or SELF not in call.site.enrol_plugins:
        raise MissingRecord("instance of self enrolment", instance.id)
    course = courses.require(call.session, instance.course_id)
    place = contexts.get(call.session, contexts.COURSE, course.id)
    validation.require_known(call, course, place)
    closed = self_enrolment.hindrance(call, instance)
    return c.SelfEnrolmentInstance(
        id=instance.id,
        courseid=instance.course_id,
        type=instance.enrol,
        name=self_enrolment.name(call, instance),
        status=True if closed is None else closed,
        enrolpassword=KEY if instance.password else UNSET,
    )


FUNCTIONS = (Bound(c.enrol_user, enrol_user), Bound(c.get_instance_info, get_instance_info))
