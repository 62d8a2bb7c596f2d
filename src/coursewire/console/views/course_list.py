"""Courses and categories: the list with the tree, and the forms that create them."""

from coursewire.console import tables
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import course_care
from coursewire.domain.categories import NewCategory
from coursewire.domain.courses import NewCourse
from coursewire.store import categories, course_list
from coursewire.store.categories import CategoryRecord

PATH = "/console/courses"
_MOST = 200


def listing(visit: Visit) -> Answer:
    """Show the courses that match, with the categories beside them."""
    words, category = visit.query.text("q")[:200], visit.query.number("category")
    pages = tables.pages(visit.query, course_list.count(visit.session, words, category))
    every = categories.every(visit.session)
    return visit.page(
        "courses/list.html",
        rows=course_list.page(visit.session, words, category, pages.size, pages.offset),
        pages=pages,
        tree=_tree(every)[:_MOST],
        more=max(0, len(every) - _MOST),
        names={one.id: one.name for one in every},
    )


def ask(visit: Visit) -> Answer:
    """Show the form for a new course."""
    return visit.page("courses/new.html", tree=_tree(categories.every(visit.session))[:_MOST])


def create(visit: Visit) -> Answer:
    """Create the course."""
    form = visit.form
    new = NewCourse(
        category=form.number("category"),
        fullname=form.text("fullname"),
        shortname=form.text("shortname"),
        idnumber=form.text("idnumber"),
        startdate=visit.now - visit.now % 86_400,
    )
    for name, words in (("fullname", "full name"), ("shortname", "short name")):
        if not form.text(name):
            visit.errors.add(name, f"The course needs a {words}.")
    if visit.errors:
        return ask(visit)
    try:
        course_id = course_care.create(visit.call, new)
    except Refusal as refusal:
        field = "category" if "category" in (refusal.reason or str(refusal)) else "shortname"
        visit.errors.add(field, refusal.reason or str(refusal))
        return ask(visit)
    return visit.redirect(f"{PATH}/{course_id}", f"The course {new.shortname} is created.")


def create_category(visit: Visit) -> Answer:
    """Create a category."""
    name = visit.form.text("name")
    if not name:
        visit.errors.add("name", "The category needs a name.")
        return ask(visit)
    new = NewCategory(name=name, parent=visit.form.number("parent"))
    category_id = course_care.create_category(visit.call, new)
    return visit.redirect(f"{PATH}?category={category_id}", f"The category {name} is created.")


def _tree(every: list[CategoryRecord]) -> list[CategoryRecord]:
    return sorted(every, key=lambda one: (one.sortorder, one.id))


ACTIONS = (
    shows(PATH, listing, right="viewer"),
    shows(f"{PATH}/new", ask, right="operator"),
    acts(f"{PATH}/new", create, right="operator"),
    acts(f"{PATH}/categories", create_category, right="operator"),
)
