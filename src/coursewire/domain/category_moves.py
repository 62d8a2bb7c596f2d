"""Moving categories, and what stands in them, to other places of the tree."""

from coursewire.contracts.errors import MoodleError
from coursewire.domain import categories, cohorts, contexts
from coursewire.domain.call import Call
from coursewire.store import categories as store
from coursewire.store import category_contents as contents
from coursewire.store.categories import CategoryRecord


def move(call: Call, category: CategoryRecord, parent_id: int) -> None:
    """Hang a category under another one; under a hidden one it is hidden with all in it."""
    parent = categories.require(call.session, parent_id) if parent_id else None
    if parent is not None:
        _require_outside(category, parent)
    _hang(call, category, parent)
    store.put_in_order(call.session, categories.ROOM)


def move_contents(call: Call, category: CategoryRecord, target: CategoryRecord) -> None:
    """Move what stands directly in a category into another one.

    A category may be named as its own target (recorded in categories_write): its courses then
    keep its number although it goes, and everything else moves to the place above.
    """
    session = call.session
    above: CategoryRecord | None = target
    if target.id != category.id:
        _require_outside(category, target)
    else:
        above = categories.require(session, category.parent) if category.parent else None
    for child in contents.children(session, category.id):
        _hang(call, child, above)
    old = categories.place(session, category.id)
    new = categories.place(session, above.id if above else 0)
    contents.move_courses(session, category, target)
    store.put_in_order(session, categories.ROOM)
    # Only now: all courses that move, within the order as well, are locked by that.
    cohorts.keep_others_out(call)
    # Only contexts of courses are left below.
    contexts.move_below(session, old, new)
    contents.move_cohorts(session, category.path, new.id)


def keep_courses(call: Call, category: CategoryRecord) -> None:
    """Put what a category that goes took over, but does not hold, into the place above it.

    Those are courses left behind by a category that was its own target: only their contexts are
    here, and they would go with this one.
    """
    session = call.session
    above = categories.place(session, category.parent)
    for place in contexts.below(session, categories.place(session, category.id)):
        if place.level == contexts.COURSE:
            contexts.move(session, place, above)


def keep_cohorts(call: Call, category: CategoryRecord) -> None:
    """Hang the cohorts of a category, and of all below it, on the place above it.

    Their members are people of the whole site, and ways into courses elsewhere may ask for them.
    """
    above = categories.place(call.session, category.parent)
    contents.move_cohorts(call.session, category.path, above.id)


def _require_outside(category: CategoryRecord, place: CategoryRecord) -> None:
    """Refuse a place in the category itself or below it: the tree would no longer be one."""
    if f"{place.path}/".startswith(f"{category.path}/"):
        message = f"Category {category.id} cannot be moved into itself or what is below it"
        raise MoodleError("cannotmovecategory", message)


def _hang(call: Call, category: CategoryRecord, parent: CategoryRecord | None) -> None:
    session = call.session
    store.put_under(session, category, parent)
    place = categories.place(session, category.id)
    contexts.move(session, place, categories.place(session, parent.id if parent else 0))
    if parent is not None and not parent.visible:
        contents.hide_below(session, f"{parent.path}/{category.id}")
