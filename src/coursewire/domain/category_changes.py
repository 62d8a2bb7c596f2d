"""Changes of course categories: names, visibility with what it hides, removal of empty ones."""

from collections.abc import Mapping
from typing import Any

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import categories, category_moves, cohorts, contexts
from coursewire.domain.call import Call
from coursewire.store import categories as store
from coursewire.store import category_contents
from coursewire.store.categories import CategoryRecord

_NO_COLUMNS = frozenset({"parent", "visible"})


def change(call: Call, category_id: int, values: Mapping[str, Any]) -> None:
    """Change name, idnumber, description, place or visibility of a category."""
    with call.transaction():
        store.lock_tree(call.session)
        category = categories.require(call.session, category_id)
        plain = {name: value for name, value in values.items() if name not in _NO_COLUMNS}
        write(call, category, plain)
        if "parent" in values:
            category_moves.move(call, category, values["parent"])
            # Under a hidden one it is hidden now.
            category = categories.require(call.session, category_id)
        if "visible" in values and bool(category.visible) != values["visible"]:
            show(call, category, visible=values["visible"])
        fields = sorted(values)
        call.audit.record(
            "category.update", f"category {category_id}", name=category.name, fields=fields
        )


def write(call: Call, category: CategoryRecord, values: Mapping[str, Any]) -> None:
    """Write columns of a category, if their values may stand there."""
    if "name" in values:
        categories.require_name(values["name"])
    categories.require_idnumber(call.session, values.get("idnumber"), category.idnumber)
    if values:
        store.change(call.session, category.id, {**values, "timemodified": call.now})


def show(call: Call, category: CategoryRecord, *, visible: bool) -> None:
    """Show or hide a category; what is in it is hidden with it, and shown again if it was shown."""
    if visible:
        category_contents.show(call.session, category.id, category.path)
    else:
        category_contents.hide(call.session, category.id, category.path)


def remove(call: Call, category_id: int) -> None:
    """Remove a category that holds nothing."""
    with call.transaction():
        store.lock_tree(call.session)
        category = categories.require(call.session, category_id)
        category_contents.lock(call.session, category.path)
        cohorts.keep_others_out(call)
        if not category_contents.is_empty(call.session, category_id):
            reason = f"the category {category.name!r} holds courses, categories or cohorts"
            raise InvalidParameter(reason, remedy="move or remove what is in it first")
        category_moves.keep_courses(call, category)
        contexts.delete(call.session, categories.place(call.session, category_id))
        category_contents.remove(call.session, category_id)
        call.audit.record("category.delete", f"category {category_id}", name=category.name)
