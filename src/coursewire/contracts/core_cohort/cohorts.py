"""Contracts of core_cohort for cohorts: create, read, search, update, delete."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    Alphanum,
    Bool,
    Int,
    Raw,
    Text,
    Theme,
    Unset,
    Written,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import HTML, CustomField, CustomFieldValue


class CohortPlace(Struct, frozen=True, kw_only=True):
    """Where a cohort belongs; `type` says whether the value is a category's id or id number.

    With type `system` it belongs to the whole site, whatever the value.
    """

    type: Text
    value: Raw


class NewCohort(Struct, frozen=True, kw_only=True):
    """A cohort to be created."""

    categorytype: CohortPlace
    name: Raw
    idnumber: Raw
    description: Raw | Unset = UNSET
    descriptionformat: Annotated[Int, Written("1")] = HTML
    visible: Bool | Unset = UNSET
    theme: Theme | Unset = UNSET
    customfields: list[CustomFieldValue] | Unset = UNSET


class CreateCohorts(Struct, frozen=True, kw_only=True):
    """Parameters of create_cohorts."""

    cohorts: list[NewCohort]


class CohortChange(Struct, frozen=True, kw_only=True):
    """What becomes of a cohort; what is absent stays."""

    id: Int
    categorytype: CohortPlace
    name: Raw
    idnumber: Raw
    description: Raw | Unset = UNSET
    descriptionformat: Annotated[Int, Written("1")] = HTML
    visible: Bool | Unset = UNSET
    theme: Theme | Unset = UNSET
    customfields: list[CustomFieldValue] | Unset = UNSET


class UpdateCohorts(Struct, frozen=True, kw_only=True):
    """Parameters of update_cohorts."""

    cohorts: list[CohortChange]


class CohortIds(Struct, frozen=True, kw_only=True):
    """The parameters of functions that ask for nothing but cohorts."""

    cohortids: list[Int]


class GetCohorts(Struct, frozen=True, kw_only=True):
    """Parameters of get_cohorts; no ids mean all cohorts."""

    cohortids: list[Int] = []


class SearchPlace(Struct, frozen=True, kw_only=True):
    """Where to search: a context by id, or by level and instance."""

    contextid: Int = 0
    contextlevel: Alphanum = ""
    instanceid: Int = 0


class SearchCohorts(Struct, frozen=True, kw_only=True):
    """Parameters of search_cohorts; `includes` is self, parents or all."""

    query: Raw
    context: SearchPlace
    includes: Alpha = "parents"
    limitfrom: Int = 0
    limitnum: Int = 25


class CreatedCohort(Struct, frozen=True, kw_only=True):
    """A cohort as it was created."""

    id: Int
    name: Raw
    idnumber: Raw
    description: Raw
    descriptionformat: Int
    visible: Bool
    theme: Theme | Unset = UNSET


class Cohort(CreatedCohort, frozen=True, kw_only=True):
    """A cohort with its custom fields."""

    customfields: list[CustomField] | Unset = UNSET


class FoundCohorts(Struct, frozen=True, kw_only=True):
    """Answer of search_cohorts."""

    cohorts: list[Cohort]


create_cohorts: Function[CreateCohorts, list[CreatedCohort]] = Function(
    name="core_cohort_create_cohorts",
    params=CreateCohorts,
    returns=list[CreatedCohort],
    kind="write",
    access=Access(
        at=(Place("category", "cohorts[].categorytype.value"),), asks=("moodle/cohort:manage",)
    ),
    capabilities=("moodle/cohort:manage",),
    summary="Create cohorts in categories or for the whole site: all of them or none.",
)

get_cohorts: Function[GetCohorts, list[Cohort]] = Function(
    name="core_cohort_get_cohorts",
    params=GetCohorts,
    returns=list[Cohort],
    kind="read",
    access=Access(
        at=(Place("cohort", "cohortids[]"),), asks=("moodle/cohort:manage", "moodle/cohort:view")
    ),
    capabilities=("moodle/cohort:view",),
    summary="Read cohorts by id, or all cohorts.",
)

search_cohorts: Function[SearchCohorts, FoundCohorts] = Function(
    name="core_cohort_search_cohorts",
    params=SearchCohorts,
    returns=FoundCohorts,
    kind="read",
    access=Access(
        at=(Place("named", "context.contextid"),),
        asks=("moodle/cohort:manage", "moodle/cohort:view", *VIEW_COURSE),
    ),
    capabilities=("moodle/cohort:view",),
    ajax=True,
    summary="Find cohorts by name, id number or description, in a place and above it.",
)

update_cohorts: Function[UpdateCohorts, None] = Function(
    name="core_cohort_update_cohorts",
    params=UpdateCohorts,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("cohort", "cohorts[].id"), Place("category", "cohorts[].categorytype.value")),
        asks=("moodle/cohort:manage",),
    ),
    capabilities=("moodle/cohort:manage",),
    summary="Change cohorts: all of them or none.",
)

delete_cohorts: Function[CohortIds, None] = Function(
    name="core_cohort_delete_cohorts",
    params=CohortIds,
    returns=None,
    kind="write",
    access=Access(at=(Place("cohort", "cohortids[]"),), asks=("moodle/cohort:manage",)),
    capabilities=("moodle/cohort:manage",),
    ajax=True,
    summary="Delete cohorts: all of them or none.",
)
