"""Contracts of enrol_self: enrol oneself in a course."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import UNSET, Int, Plugin, Raw, RawValue, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import Outcome


class EnrolUser(Struct, frozen=True, kw_only=True):
    """Parameters of enrol_user; instance 0 means each way into the course that there is."""

    courseid: Int
    password: Raw = ""
    instanceid: Int = 0


class GetInstanceInfo(Struct, frozen=True, kw_only=True):
    """Parameters of get_instance_info."""

    instanceid: Int


class SelfEnrolmentInstance(Struct, frozen=True, kw_only=True):
    """A way to enrol oneself; the status is true, or tells why not."""

    id: Int
    courseid: Int
    type: Plugin
    name: Raw
    status: RawValue
    enrolpassword: Raw | Unset = UNSET


enrol_user: Function[EnrolUser, Outcome] = Function(
    name="enrol_self_enrol_user",
    component="enrol_self",
    params=EnrolUser,
    returns=Outcome,
    kind="write",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=("enrol/self:enrolself", "moodle/category:viewcourselist", *VIEW_COURSE),
    ),
    services=("moodle_mobile_app",),
    summary="Enrol the caller in a course.",
)

get_instance_info: Function[GetInstanceInfo, SelfEnrolmentInstance] = Function(
    name="enrol_self_get_instance_info",
    component="enrol_self",
    params=GetInstanceInfo,
    returns=SelfEnrolmentInstance,
    kind="read",
    access=Access(
        at=(Place("instance", "instanceid"),),
        asks=("enrol/self:enrolself", "moodle/category:viewcourselist", *VIEW_COURSE),
    ),
    services=("moodle_mobile_app",),
    summary="Tell whether the caller may enrol by this way, and whether it needs a key.",
)
