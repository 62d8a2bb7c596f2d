"""Contracts of enrol_manual: enrol users in courses by hand."""

from msgspec import Struct

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


enrol_users: Function[EnrolUsers, None] = Function(
    name="enrol_manual_enrol_users",
    component="enrol_manual",
    params=EnrolUsers,
    returns=None,
    kind="write",
    capabilities=("enrol/manual:enrol",),
    summary="Enrol users in courses with a role: all of them or none.",
)
