"""Where cohorts belong, and who may read and change them there."""

from collections.abc import Collection

from coursewire.contracts.errors import InvalidParameter, MissingRecord, NoPermission
from coursewire.domain import contexts, validation, written_ids
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import categories
from coursewire.store.cohorts import CohortRecord

MANAGE = "moodle/cohort:manage"
VIEW = "moodle/cohort:view"
ASSIGN = "moodle/cohort:assign"
SYSTEM = "system"


def named(call: Call, kind: str, value: str) -> int:
    """Return the category that a type and a value name; 0 is the whole site."""
    if kind == SYSTEM:
        return 0
    if kind == "id":
        number = written_ids.number(value)
        found = None if number is None else categories.get(call.session, number)
    elif kind == "idnumber":
        found = categories.by_idnumber(call.session, value)
    else:
        reason = f"{kind!r} is no way to name a category"
        raise InvalidParameter(reason, remedy="use id, idnumber or system")
    if found is None:
        raise InvalidParameter(f"there is no category with {kind} {value!r}")
    return found.id


def of_category(call: Call, category_id: int) -> Context:
    """Return the context of a category; 0 is the whole site."""
    if not category_id:
        return call.site.system
    return contexts.get(call.session, contexts.CATEGORY, category_id)


def of_cohort(call: Call, cohort: CohortRecord) -> Context:
    """Return the place of a cohort, whether or not the caller may enter it."""
    found = contexts.by_id(call.session, cohort.context_id)
    if found is None:
        raise MissingRecord("context", cohort.context_id)
    return found


def entered(call: Call, cohort: CohortRecord) -> Context:
    """Return the place of a cohort, if the caller may enter it."""
    return validation.validate_context(call, of_cohort(call, cohort))


class Entered:
    """The places of many cohorts, read together; each is entered and checked once."""

    def __init__(self, call: Call, cohorts: Collection[CohortRecord]) -> None:
        self._call = call
        self._places = contexts.many(call.session, [cohort.context_id for cohort in cohorts])
        self._checked: set[int] = set()

    def require_either(self, wanted: tuple[str, str], cohort: CohortRecord) -> None:
        """Refuse the place of a cohort unless the caller may enter it and holds a capability."""
        if cohort.context_id not in self._checked:
            place = validation.validate_context(self._call, self._places.get(cohort.context_id))
            require_either(self._call, wanted, place)
            self._checked.add(cohort.context_id)


def require_either(call: Call, wanted: tuple[str, str], place: Context) -> None:
    """Refuse callers who hold neither of two capabilities in a place."""
    if not any(call.permissions.may(capability, place) for capability in wanted):
        raise NoPermission(wanted[1], place.where)
