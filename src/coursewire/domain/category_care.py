"""What the console does to categories, each with its rights."""

from collections.abc import Collection, Mapping
from typing import Any

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import (
    categories,
    category_changes,
    category_deletion,
    contexts,
    deletable_courses,
    edit_marks,
)
from coursewire.domain.call import Call
from coursewire.domain.categories import NewCategory
from coursewire.domain.shown_categories import MANAGE
from coursewire.store import categories as store
from coursewire.store import category_contents
from coursewire.store.categories import CategoryRecord

# What a person changes of a category, and what must not have changed meanwhile.
FIELDS = ("name", "idnumber", "description", "parent", "visible")


def create(call: Call, new: NewCategory) -> CategoryRecord:
    """Create a category."""
    call.permissions.require(MANAGE, categories.place(call.session, new.parent))
    return categories.create(call, new)


def change(call: Call, category_id: int, values: Mapping[str, Any], seen: str) -> None:
    """Change a category that is still as it was seen; only what differs is written."""
    with call.transaction():
        store.lock_tree(call.session)
        category = require_managed(call, category_id)
        edit_marks.require_unchanged(category, FIELDS, seen)
        wanted = {name: value for name, value in values.items() if value != _of(category, name)}
        if "parent" in wanted:
            call.permissions.require(MANAGE, categories.place(call.session, wanted["parent"]))
        if wanted.get("visible") and _is_below_hidden(call, category, values):
            reason = "the category above is hidden, and so is all in it"
            raise InvalidParameter(reason, remedy="show that one first")
        if wanted:
            category_changes.change(call, category_id, wanted)


def delete_with_contents(call: Call, category_id: int) -> None:
    """Delete a category with all in it; the caller must be allowed to delete each course."""
    with call.transaction():
        store.lock_tree(call.session)
        category = require_managed(call, category_id)
        category_contents.lock(call.session, category.path)
        deletable_courses.require_all_within(call, category)
        category_deletion.delete_with_contents(call, category)


def delete_after_moving(call: Call, category_id: int, target_id: int) -> None:
    """Delete a category after what stands in it was moved into another one."""
    with call.transaction():
        store.lock_tree(call.session)
        category = require_managed(call, category_id)
        target = require_managed(call, target_id)
        if f"{target.path}/".startswith(f"{category.path}/"):
            reason = f"{target.name!r} goes with the category, or stands in it"
            raise InvalidParameter(reason, remedy="choose a category outside of it")
        category_deletion.delete_after_moving(call, category, target)


def require_managed(call: Call, category_id: int) -> CategoryRecord:
    """Return a category that the caller may change and delete, or raise NoPermission."""
    category = categories.require(call.session, category_id)
    call.permissions.require(MANAGE, categories.place(call.session, category_id))
    return category


def managed(call: Call, category_ids: Collection[int]) -> set[int]:
    """Return those of the categories that the caller may change and delete."""
    places = contexts.of_instances(call.session, contexts.CATEGORY, category_ids)
    return {each for each, place in places.items() if call.permissions.may(MANAGE, place)}


def may_add_at_top(call: Call) -> bool:
    """Tell whether the caller may put a category beside those at the top."""
    return call.permissions.may(MANAGE, call.site.system)


def _is_below_hidden(call: Call, category: CategoryRecord, values: Mapping[str, Any]) -> bool:
    parent_id = values.get("parent", category.parent)
    parent = categories.get(call.session, parent_id) if parent_id else None
    return parent is not None and not parent.visible


def _of(category: CategoryRecord, name: str) -> object:
    value = getattr(category, name)
    if name == "visible":
        return bool(value)
    return value or "" if name == "idnumber" else value
