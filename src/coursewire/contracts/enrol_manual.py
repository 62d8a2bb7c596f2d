"""Contracts of enrol_manual: enrol users in courses by hand, and remove them."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import UNSET, Int, Unset
from coursewire.contracts.function import Function


class NewEnrolment(Struct, frozen=True, kw_only=True):
    """A user, a course and the role to hold there; absent times and state are reset to none."""

    roleid: Int
    userid: Int
    courseid: Int
    timestart: Int | Unset = UNSET
    timeend: Int | Unset = UNSET
    suspend: Int | Unset = UNSET


class EnrolUsers(Struct, frozen=True, kw_only=True):
    """Parameters of enrol_users."""

    enrolments: list[NewEnrolment]


class EndedEnrolment(Struct, frozen=True, kw_only=True):
    """A user who shall leave a course; the role is accepted and changes nothing."""

    userid: Int
    courseid: Int
    roleid: Int | Unset = UNSET


class UnenrolUsers(Struct, frozen=True, kw_only=True):
    """Parameters of unenrol_users."""

    enrolments: list[EndedEnrolment]


enrol_users: Function[EnrolUsers, None] = Function(
    name="enrol_manual_enrol_users",
    component="enrol_manual",
    params=EnrolUsers,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("course", "enrolments[].courseid"),),
        asks=("enrol/manual:enrol", "moodle/role:assign", *VIEW_COURSE),
    ),
    capabilities=("enrol/manual:enrol",),
    summary="Enrol users in courses with a role: all of them or none.",
)

unenrol_users: Function[UnenrolUsers, None] = Function(
    name="enrol_manual_unenrol_users",
    component="enrol_manual",
    params=UnenrolUsers,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("course", "enrolments[].courseid"),), asks=("enrol/manual:unenrol", *VIEW_COURSE)
    ),
    capabilities=("enrol/manual:unenrol",),
    summary="Remove users from courses in which they were enrolled by hand: all or none.",
)
