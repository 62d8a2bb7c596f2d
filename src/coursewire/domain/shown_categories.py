"""Which categories the caller sees, and finding categories by what they are."""

from collections.abc import Iterable, Mapping, Sequence

from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.domain import answer_rows, contexts, validation
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.loose_numbers import whole_number
from coursewire.store import categories as store
from coursewire.store.categories import CategoryRecord

MANAGE = "moodle/category:manage"
HIDDEN = "moodle/category:viewhiddencategories"

# Keys that anybody may search by, and the others with what they need in the whole site.
_OPEN = frozenset({"id", "ids", "name", "parent"})
_NEEDS = {"idnumber": MANAGE, "theme": MANAGE, "visible": HIDDEN}


def is_shown(call: Call, category: CategoryRecord, place: Context) -> bool:
    """Tell whether the caller may know of a category."""
    return bool(category.visible) or call.permissions.may(HIDDEN, place)


def matching(
    call: Call, criteria: Iterable[tuple[str, str]], *, with_those_below: bool
) -> list[tuple[CategoryRecord, Context]]:
    """Return what the caller sees of the categories that meet every criterion.

    What stands below a category that the caller may not know of is left out with it.
    """
    wanted = _asked(call, criteria)
    answer_rows.require_few(call, "categories", store.are_more)
    everything = store.every(call.session)
    found = [row for row in everything if all(_meets(row, *item) for item in wanted.items())]
    if with_those_below:
        tops = {row.id for row in found}
        found = [row for row in everything if not tops.isdisjoint(_line(row))]
    return _seen(call, found)


def _asked(call: Call, criteria: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return the criteria by key; the first of a key counts."""
    wanted: dict[str, str] = {}
    for key, value in criteria:
        if key in wanted:
            continue
        if key not in _OPEN and key not in _NEEDS:
            known = ", ".join(sorted(_OPEN | _NEEDS.keys()))
            message = f"Categories cannot be searched by {key!r}; these are possible: {known}"
            raise MoodleError("criteriaerror", message)
        needed = _NEEDS.get(key)
        if needed is not None and not call.permissions.may(needed, call.site.system):
            message = f"You may not search categories by {key!r}"
            raise MoodleError(
                "criteriaerror", message, remedy=f"allow {needed} to a role of the caller"
            )
        wanted[key] = value
    return wanted


def _meets(row: CategoryRecord, key: str, value: str) -> bool:
    if key == "ids":
        return row.id in {whole_number(part) for part in value.split(",")}
    if key in {"id", "parent", "visible"}:
        return int(getattr(row, key)) == whole_number(value)
    return bool(getattr(row, key) == value)


def _seen(call: Call, rows: Sequence[CategoryRecord]) -> list[tuple[CategoryRecord, Context]]:
    places = contexts.of_instances(call.session, contexts.CATEGORY, [row.id for row in rows])
    unseen: set[int] = set()
    seen: list[tuple[CategoryRecord, Context]] = []
    # From the top down, so that what stands above is decided first.
    for row in sorted(rows, key=lambda row: row.depth):
        place = places.get(row.id)
        if place is None or not unseen.isdisjoint(_line(row)) or not _may_see(call, row, place):
            unseen.add(row.id)
        else:
            seen.append((row, place))
    # As Moodle does, which compares their places as texts: 100000 stands before 20000.
    return sorted(seen, key=lambda pair: str(pair[0].sortorder))


def _line(row: CategoryRecord) -> list[int]:
    """Return the ids from the top down to a category, itself included."""
    return [int(part) for part in row.path.split("/")[1:]]


def _may_see(call: Call, row: CategoryRecord, place: Context) -> bool:
    try:
        validation.validate_context(call, place)
    except Refusal:
        return False
    return is_shown(call, row, place)
