"""Categories: the list in the order of the tree, and the form that creates one."""

from coursewire.console import exports, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.category_tree import Tree, managed_of, names_above, tree
from coursewire.console.course_tabs import MOST_IN_FILE
from coursewire.console.paths import with_query
from coursewire.console.routes import acts, shows
from coursewire.console.views.category_page import BLAMED
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import category_care
from coursewire.domain.categories import NewCategory
from coursewire.store import categories, category_list

PATH = "/console/courses/categories"
_COLUMNS = ("id", "name", "id number", "path", "parent id", "courses", "state")


def listing(visit: Visit) -> Answer:
    """Show the categories that match."""
    return _listing(visit)


def as_csv(visit: Visit) -> Answer:
    """Give out the categories that match as a file."""
    rows = category_list.page(visit.session, _words(visit), MOST_IN_FILE)
    counts = categories.course_counts(visit.session, [row.id for row in rows])
    above = names_above(visit.session, rows)
    lines = (
        (
            *(row.id, row.name, row.idnumber or "", above[row.id], row.parent or ""),
            counts.get(row.id, 0),
            "shown" if row.visible else "hidden",
        )
        for row in rows
    )
    return exports.as_file("categories", _COLUMNS, lines, {"q": _words(visit)})


def create(visit: Visit) -> Answer:
    """Create a category."""
    form = visit.form
    if not form.text("name"):
        visit.errors.add("name", "The category needs a name.")
        return _listing(visit)
    new = NewCategory(
        name=form.text("name"), parent=form.number("parent"), idnumber=form.text("idnumber")
    )
    try:
        made = category_care.create(visit.call, new)
    except Refusal as refusal:
        refused.tell(visit, refusal, BLAMED, "name")
        return _listing(visit)
    notice = f"The category {made.name} is created."
    return visit.redirect(f"/console/courses?category={made.id}", notice)


def _words(visit: Visit) -> str:
    return visit.query.text("q")[:200]


def _listing(visit: Visit) -> Answer:
    words = _words(visit)
    pages = tables.pages(visit.query, category_list.count(visit.session, words))
    rows = category_list.page(visit.session, words, pages.size, pages.offset)
    found = tree(visit.session) if visit.may("operator") else Tree([], 0)
    parents = managed_of(visit, found.rows)
    at_top = visit.may("operator") and category_care.may_add_at_top(visit.call)
    return visit.page(
        "courses/categories.html",
        rows=rows,
        pages=pages,
        counts=categories.course_counts(visit.session, [row.id for row in rows]),
        above=names_above(visit.session, rows) if words else {},
        tree=found,
        parents=parents,
        at_top=at_top,
        can_add=at_top or bool(parents) or not found.is_whole,
        managed=[row.id for row in managed_of(visit, rows)] if visit.may("operator") else [],
        csv=with_query(f"{PATH}/csv", q=words),
    )


ACTIONS = (
    shows(PATH, listing, right="viewer"),
    acts(PATH, create, right="operator"),
    exports.gives(f"{PATH}/csv", as_csv),
)
