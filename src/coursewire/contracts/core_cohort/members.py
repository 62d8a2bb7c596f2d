"""Contracts of core_cohort for membership: add, remove, list."""

from msgspec import Struct

from coursewire.contracts.access import Access, Place
from coursewire.contracts.core_cohort.cohorts import CohortIds
from coursewire.contracts.fields import AlphanumExt, Int, Raw
from coursewire.contracts.function import Function
from coursewire.contracts.parts import Warned


class Reference(Struct, frozen=True, kw_only=True):
    """Something named by one of its keys: `type` tells which, for instance id or idnumber."""

    type: AlphanumExt
    value: Raw


class NewCohortMember(Struct, frozen=True, kw_only=True):
    """A cohort by id or id number, and a user by id or user name."""

    cohorttype: Reference
    usertype: Reference


class AddCohortMembers(Struct, frozen=True, kw_only=True):
    """Parameters of add_cohort_members."""

    members: list[NewCohortMember]


class CohortMember(Struct, frozen=True, kw_only=True):
    """A user in a cohort."""

    cohortid: Int
    userid: Int


class DeleteCohortMembers(Struct, frozen=True, kw_only=True):
    """Parameters of delete_cohort_members."""

    members: list[CohortMember]


class CohortMembers(Struct, frozen=True, kw_only=True):
    """The users of a cohort, by last name and first name."""

    cohortid: Int
    userids: list[Int]


add_cohort_members: Function[AddCohortMembers, Warned] = Function(
    name="core_cohort_add_cohort_members",
    params=AddCohortMembers,
    returns=Warned,
    kind="write",
    access=Access(
        at=(Place("cohort", "members[].cohorttype.value"),),
        asks=("moodle/cohort:assign", "moodle/cohort:manage"),
    ),
    capabilities=("moodle/cohort:assign",),
    summary="Add users to cohorts; what is unknown or already there becomes a warning.",
)

delete_cohort_members: Function[DeleteCohortMembers, None] = Function(
    name="core_cohort_delete_cohort_members",
    params=DeleteCohortMembers,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("cohort", "members[].cohortid"),),
        asks=("moodle/cohort:assign", "moodle/cohort:manage"),
    ),
    capabilities=("moodle/cohort:assign",),
    summary="Remove users from cohorts: all of them or none.",
)

get_cohort_members: Function[CohortIds, list[CohortMembers]] = Function(
    name="core_cohort_get_cohort_members",
    params=CohortIds,
    returns=list[CohortMembers],
    kind="read",
    access=Access(
        at=(Place("cohort", "cohortids[]"),), asks=("moodle/cohort:manage", "moodle/cohort:view")
    ),
    capabilities=("moodle/cohort:view",),
    summary="List the ids of the users of each cohort.",
)
