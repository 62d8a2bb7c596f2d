"""Moving categories, and what stands in them, to other places of the tree."""

from coursewire.contracts.errors import MoodleError
from coursewire.domain import categories, contexts
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
    above = target
    if target.id != category.id:
        _require_outside(category, target)
    elif category.parent:
        above = categories.require(session, category.parent)
    for child in contents.children(session, category.id):
        _hang(call, child, above)
    old, new = (categories.place(session, each.id) for each in (category, above))
    contents.move_courses(session, category, target)
    # Only contexts of courses are left below.
    contexts.move_below(session, old, new)
    contents.move_cohorts(session, old.id, new.id)
    store.put_in_order(session, categories.ROOM)


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
