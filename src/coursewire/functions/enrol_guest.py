"""Body of enrol_guest: what is told of a way for guests."""

from coursewire.contracts import enrol_guest as c
from coursewire.contracts.errors import MissingRecord
from coursewire.domain import contexts, courses, enrolments, guest_access, validation
from coursewire.domain.call import Call
from coursewire.domain.enrolments import ENABLED, GUEST
from coursewire.functions.binding import Bound


def get_instance_info(call: Call, params: c.GetInstanceInfo) -> c.GuestInstanceInfo:
    """Tell whether a way for guests is open, and whether it takes a password."""
    validation.validate_context(call, call.site.system)
    instance = enrolments.get_instance(call.session, params.instanceid)
    if instance.enrol != GUEST or GUEST not in call.site.enrol_plugins:
        raise MissingRecord("instance of guest access", instance.id)
    course = courses.require(call.session, instance.course_id)
    place = contexts.get(call.session, contexts.COURSE, course.id)
    validation.require_known(call, course, place)
    return c.GuestInstanceInfo(
        instanceinfo=c.GuestInstance(
            id=instance.id,
            courseid=instance.course_id,
            type=instance.enrol,
            name=guest_access.name(call, instance),
            status=instance.status == ENABLED,
            passwordrequired=bool(instance.password),
        ),
        warnings=[],
    )


FUNCTIONS = (Bound(c.get_instance_info, get_instance_info),)
