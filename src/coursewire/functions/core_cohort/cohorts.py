"""Bodies of core_cohort for cohorts: create, read, search, update, delete."""

from collections.abc import Sequence
from typing import Any

from coursewire.contracts.core_cohort import cohorts as c
from coursewire.contracts.errors import CodingError, InvalidParameter
from coursewire.contracts.fields import UNSET
from coursewire.domain import cohort_places, cohort_search, cohorts, named_places, validation
from coursewire.domain.call import Call
from coursewire.domain.cohort_places import MANAGE, VIEW
from coursewire.domain.cohort_search import Page
from coursewire.domain.descriptions import check_format
from coursewire.domain.text_limits import trimmed
from coursewire.functions.binding import Bound
from coursewire.store.cohorts import CohortRecord
from coursewire.text import as_stored, formats
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string

# Cohorts of the places above are shown without their description, as a plain text.
_NO_DESCRIPTION = ("", 2)


def create_cohorts(call: Call, params: c.CreateCohorts) -> list[c.CreatedCohort]:
    """Create cohorts: all of them or none."""
    with cohorts.changing(call):
        made = [cohorts.require(call, _create(call, new)) for new in params.cohorts]
    return [_as_created(call, cohort) for cohort in made]


def _as_created(call: Call, cohort: CohortRecord) -> c.CreatedCohort:
    description, number = _description(call, cohort)
    return c.CreatedCohort(
        id=cohort.id,
        name=format_string(cohort.name, call.text),
        idnumber=cohort.idnumber,
        description=description,
        descriptionformat=number,
        visible=bool(cohort.visible),
        theme="",
    )


def _create(call: Call, new: c.NewCohort) -> int:
    category = cohort_places.named(call, new.categorytype.type, new.categorytype.value)
    cohorts.require_free(call, new.idnumber)
    place = validation.validate_context(call, cohort_places.of_category(call, category))
    call.permissions.require(MANAGE, place)
    check_format(new.descriptionformat)
    return cohorts.create(
        call,
        cohorts.NewCohort(
            name=new.name,
            idnumber=new.idnumber,
            description="" if new.description is UNSET else new.description,
            descriptionformat=new.descriptionformat,
            category_id=category,
            visible=True if new.visible is UNSET else new.visible,
        ),
    )


def get_cohorts(call: Call, params: c.GetCohorts) -> list[c.Cohort]:
    """Read cohorts by id, or all of them."""
    asked = cohorts.of_ids(call, params.cohortids)
    entered = cohort_places.Entered(call, asked)
    for cohort in asked:
        entered.require_either((MANAGE, VIEW), cohort)
    return _shown(call, asked)


def search_cohorts(call: Call, params: c.SearchCohorts) -> c.FoundCohorts:
    """Find cohorts by a text, in a place and above it."""
    wanted = params.context
    place = named_places.find(call, wanted.contextid, wanted.contextlevel, wanted.instanceid)
    validation.validate_context(call, place)
    cohort_places.require_either(call, (MANAGE, VIEW), place)
    page = Page(params.limitfrom, params.limitnum)
    found = cohort_search.search(call, place, params.query, params.includes, page)
    own = _shown(call, found.own)
    return c.FoundCohorts(cohorts=own + [_from_above(call, cohort) for cohort in found.above])


def update_cohorts(call: Call, params: c.UpdateCohorts) -> None:
    """Change cohorts: all of them or none."""
    with cohorts.changing(call):
        for change in params.cohorts:
            _update(call, change)


def _update(call: Call, change: c.CohortChange) -> None:
    if not trimmed(change.name):
        raise InvalidParameter("a cohort needs a name", remedy="send one that is not blank")
    cohort = cohorts.require(call, change.id)
    # Only a cohort that moves asks whether the caller may enter places.
    old = cohort_places.of_cohort(call, cohort)
    call.permissions.require(MANAGE, old)
    category = cohort_places.named(call, change.categorytype.type, change.categorytype.value)
    place = cohort_places.of_category(call, category)
    if place.id != old.id:
        validation.validate_context(call, place)
        call.permissions.require(MANAGE, place)
    values: dict[str, Any] = {
        "name": change.name,
        "idnumber": change.idnumber,
        "category_id": category,
        "descriptionformat": change.descriptionformat,
    }
    if change.description is not UNSET:
        if change.description:
            check_format(change.descriptionformat)
        values["description"] = change.description
    if change.visible is not UNSET:
        values["visible"] = change.visible
    cohorts.change(call, change.id, values)


def delete_cohorts(call: Call, params: c.CohortIds) -> None:
    """Delete cohorts: all of them or none."""
    with cohorts.changing(call):
        for cohort_id in params.cohortids:
            cohort = cohorts.require(call, cohort_id)
            call.permissions.require(MANAGE, cohort_places.entered(call, cohort))
            cohorts.remove(call, cohort_id)


class _Texts:
    """Names and descriptions: one look tells whether all are shown as they are stored."""

    def __init__(self, call: Call, cohorts: Sequence[CohortRecord]) -> None:
        self._call = call
        names = [cohort.name for cohort in cohorts]
        texts = [cohort.description for cohort in cohorts]
        formats = [cohort.descriptionformat for cohort in cohorts]
        self._are_as_stored = as_stored.are_shown(names, texts, formats, call.text)

    def of(self, cohort: CohortRecord) -> tuple[str, str, int]:
        """Return the name and the description of a cohort, and the description's format."""
        if self._are_as_stored:
            return cohort.name, cohort.description, cohort.descriptionformat
        return format_string(cohort.name, self._call.text), *_description(self._call, cohort)


def _shown(call: Call, cohorts: Sequence[CohortRecord]) -> list[c.Cohort]:
    texts = _Texts(call, cohorts)
    return [
        c.Cohort(
            id=cohort.id,
            name=name,
            idnumber=cohort.idnumber,
            description=description,
            descriptionformat=number,
            visible=bool(cohort.visible),
            theme="",
            customfields=[],
        )
        for cohort in cohorts
        for name, description, number in (texts.of(cohort),)
    ]


def _from_above(call: Call, cohort: CohortRecord) -> c.Cohort:
    text, number = _NO_DESCRIPTION
    return c.Cohort(
        id=cohort.id,
        name=format_string(cohort.name, call.text),
        idnumber=cohort.idnumber,
        visible=bool(cohort.visible),
        description=text,
        descriptionformat=number,
        customfields=[],
    )


def _description(call: Call, cohort: CohortRecord) -> tuple[str, int]:
    number = cohort.descriptionformat
    if cohort.description and number not in formats.ACCEPTED and not call.text.raw:
        # An update without a description stores any number.
        msg = f"the description of cohort {cohort.id} has the format {number}, which is none"
        raise CodingError(msg)
    files = FileArea(call.site.url, cohort.context_id, "cohort", "description", cohort.id)
    return format_text(cohort.description, number, call.text, files)


FUNCTIONS = (
    Bound(c.create_cohorts, create_cohorts),
    Bound(c.get_cohorts, get_cohorts, long=True),
    Bound(c.search_cohorts, search_cohorts, long=True),
    Bound(c.update_cohorts, update_cohorts),
    Bound(c.delete_cohorts, delete_cohorts),
)
