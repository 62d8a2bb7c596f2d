"""Contracts of enrol_guest: look into a course as a guest."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import UNSET, Bool, Int, Plugin, Raw, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class GetInstanceInfo(Struct, frozen=True, kw_only=True):
    """Parameters of get_instance_info."""

    instanceid: Int


class GuestInstance(Struct, frozen=True, kw_only=True):
    """A way for guests; the status tells whether it is open."""

    id: Int
    courseid: Int
    type: Plugin
    name: Raw
    status: Bool
    passwordrequired: Bool


class GuestInstanceInfo(Struct, frozen=True, kw_only=True):
    """Answer of get_instance_info."""

    instanceinfo: GuestInstance
    warnings: list[CallWarning] | Unset = UNSET


get_instance_info: Function[GetInstanceInfo, GuestInstanceInfo] = Function(
    name="enrol_guest_get_instance_info",
    component="enrol_guest",
    params=GetInstanceInfo,
    returns=GuestInstanceInfo,
    kind="read",
    access=Access(
        at=(Place("instance", "instanceid"),),
        asks=("moodle/category:viewcourselist", *VIEW_COURSE),
    ),
    services=("moodle_mobile_app",),
    summary="Tell whether a way lets guests look into a course, and whether it needs a password.",
)
