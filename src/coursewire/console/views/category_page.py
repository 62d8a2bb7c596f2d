"""A category: the form that changes it, and its deletion with what stands in it."""

from coursewire.console import refused
from coursewire.console.answers import Answer
from coursewire.console.category_tree import managed_of, names_above, tree
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import categories, category_care, edit_marks
from coursewire.domain.category_care import FIELDS
from coursewire.store import category_list
from coursewire.store.categories import CategoryRecord

# Words of refusals and the fields that they are about, looked for in this order.
BLAMED = {
    "idnumber": "idnumber",
    "categoryname": "name",
    "nameofa": "name",
    "categoryabove": "visible",
    "category": "parent",
}
_MOVED, _DELETED = "move", "delete"


def ask(visit: Visit) -> Answer:
    """Show what can be changed."""
    return _form(visit, _category(visit))


def change(visit: Visit) -> Answer:
    """Change the category."""
    category, form = _category(visit), visit.form
    if not form.text("name"):
        visit.errors.add("name", "The category needs a name.")
        return _form(visit, category)
    values = {
        "name": form.text("name"),
        "idnumber": form.text("idnumber"),
        # Browsers end lines as forms do.
        "description": form.raw("description").replace("\r\n", "\n"),
        "parent": form.number("parent"),
        "visible": form.is_on("visible"),
    }
    try:
        category_care.change(visit.call, category.id, values, form.text("seen"))
    except Refusal as refusal:
        category = _category(visit)
        stored = {"name": category.name, "idnumber": category.idnumber or ""}
        stale = refused.tell_change(visit, refusal, stored, BLAMED, "name")
        return _form(visit, category, stale=stale)
    return visit.redirect(_courses(category.id), f"The category {form.text('name')} is changed.")


def ask_to_delete(visit: Visit) -> Answer:
    """Say what stands in the category, and what can become of it."""
    return _deletion(visit, _category(visit))


def delete(visit: Visit) -> Answer:
    """Delete the category, with what stands in it or after that was moved."""
    category, form = _category(visit), visit.form
    if form.text("confirm") != category.name.strip():
        visit.errors.add("confirm", f"Type {category.name} to confirm.")
    contents = form.text("contents")
    is_empty = category_list.holdings(visit.session, category).is_empty
    if not is_empty and contents not in (_MOVED, _DELETED):
        visit.errors.add("contents", "Choose what becomes of what stands in the category.")
    if visit.errors:
        return _deletion(visit, category)
    try:
        if contents == _MOVED and not is_empty:
            category_care.delete_after_moving(visit.call, category.id, form.number("target"))
        else:
            category_care.delete_with_contents(visit.call, category.id)
    except Refusal as refusal:
        refused.tell(visit, refusal, {}, "target" if contents == _MOVED else "contents")
        return _deletion(visit, category)
    return visit.redirect("/console/courses", f"The category {category.name} is deleted.")


def _category(visit: Visit) -> CategoryRecord:
    return categories.require(visit.session, visit.number("id"))


def _courses(category_id: int) -> str:
    return f"/console/courses?category={category_id}"


def _closed(visit: Visit, deed: str, category: CategoryRecord) -> Answer | None:
    return refused.closed(
        visit,
        f"{deed} the category {category.name}",
        lambda: category_care.require_managed(visit.call, category.id),
    )


def _form(visit: Visit, category: CategoryRecord, *, stale: bool = False) -> Answer:
    closed = _closed(visit, "change", category)
    if closed is not None:
        return closed
    sent = bool(visit.form.pairs)
    stored = {
        "name": category.name,
        "idnumber": category.idnumber or "",
        "description": category.description,
        "parent": str(category.parent),
        "visible": "1" if category.visible else "",
    }
    above = categories.get(visit.session, category.parent) if category.parent else None
    seen = edit_marks.mark(category, FIELDS)
    return visit.page(
        "courses/category.html",
        category=category,
        values={name: visit.form.raw(name) if sent else stored[name] for name in stored},
        seen=visit.form.text("seen") if sent and not stale else seen,
        tree=tree(visit.session),
        outside=_outside(visit, category, category.parent),
        at_top=not category.parent or category_care.may_add_at_top(visit.call),
        is_below_hidden=above is not None and not above.visible,
    )


def _deletion(visit: Visit, category: CategoryRecord) -> Answer:
    closed = _closed(visit, "delete", category)
    if closed is not None:
        return closed
    return visit.page(
        "courses/category_delete.html",
        category=category,
        held=category_list.holdings(visit.session, category),
        tree=tree(visit.session),
        outside=_outside(visit, category),
        where=names_above(visit.session, [category])[category.id],
    )


def _outside(visit: Visit, category: CategoryRecord, present: int = 0) -> list[CategoryRecord]:
    """Return the categories to which this one, or what is in it, can be moved, and the present."""
    inside = f"{category.path}/"
    rows = [row for row in tree(visit.session).rows if not f"{row.path}/".startswith(inside)]
    managed = {row.id for row in managed_of(visit, rows)}
    return [row for row in rows if row.id in managed or row.id == present]


_CATEGORY = "/console/courses/categories/{id:int}"
ACTIONS = (
    shows(_CATEGORY, ask, right="operator"),
    acts(_CATEGORY, change, right="operator"),
    shows(f"{_CATEGORY}/delete", ask_to_delete, right="operator"),
    acts(f"{_CATEGORY}/delete", delete, right="operator", recent=True),
)
