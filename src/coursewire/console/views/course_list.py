"""Courses: the list with the tree of categories, and the form that creates one."""

from coursewire.console import exports, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.category_tree import Tree, names_above, tree
from coursewire.console.course_tabs import MOST_IN_FILE
from coursewire.console.paths import with_query
from coursewire.console.routes import acts, shows
from coursewire.console.views.course_edit import BLAMED
from coursewire.console.visit import Visit
from coursewire.console.wording import day
from coursewire.contracts.errors import Refusal
from coursewire.domain import category_care, course_care
from coursewire.domain.courses import NewCourse
from coursewire.store import categories, course_list
from coursewire.store.categories import CategoryRecord
from coursewire.store.course_list import Wanted

PATH = "/console/courses"
# So many categories stand beside the list; the page of categories has all.
_BESIDE = 60
_COLUMNS = ("id", "short name", "full name", "id number", "category", "starts", "ends", "state")


def listing(visit: Visit) -> Answer:
    """Show the courses that match, with the categories beside them."""
    wanted = _wanted(visit)
    pages = tables.pages(visit.query, course_list.count(visit.session, wanted))
    rows = course_list.page(visit.session, wanted, pages.size, pages.offset)
    beside = tree(visit.session, _BESIDE)
    chosen = categories.get(visit.session, wanted.category_id) if wanted.category_id else None
    return visit.page(
        "courses/list.html",
        rows=rows,
        pages=pages,
        beside=beside,
        chosen=chosen,
        can_create=visit.may("operator") and (_open(visit, beside) or not beside.is_whole),
        manages=chosen is not None
        and visit.may("operator")
        and bool(category_care.managed(visit.call, [chosen.id])),
        names=categories.of_ids(visit.session, {row.category for row in rows}),
        csv=with_query(
            f"{PATH}/csv",
            q=wanted.words,
            category=wanted.category_id or None,
            sort=wanted.sort,
        ),
    )


def as_csv(visit: Visit) -> Answer:
    """Give out the courses that match as a file."""
    wanted = _wanted(visit)
    rows = course_list.page(visit.session, wanted, MOST_IN_FILE)
    known = categories.of_ids(visit.session, {row.category for row in rows})
    paths = names_above(visit.session, list(known.values()))
    lines = (
        (
            *(row.id, row.shortname, row.fullname, row.idnumber, paths.get(row.category, "")),
            *(day(time) if time else "" for time in (row.startdate, row.enddate)),
            "shown" if row.visible else "hidden",
        )
        for row in rows
    )
    return exports.as_file(
        "courses", _COLUMNS, lines, {"q": wanted.words, "category": wanted.category_id}
    )


def ask(visit: Visit) -> Answer:
    """Show the form for a new course; it offers the categories that are open to the person."""
    found = tree(visit.session)
    rows = _open(visit, found)
    if found.is_whole and not rows:
        closed = refused.closed(
            visit, "add a course", lambda: course_care.require_may_create(visit.call)
        )
        if closed is not None:
            return closed
    return visit.page("courses/new.html", tree=found, rows=rows)


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
    if not new.category:
        visit.errors.add("category", "Choose the category.")
    if visit.errors:
        return ask(visit)
    try:
        course_id = course_care.create(visit.call, new)
    except Refusal as refusal:
        refused.tell(visit, refusal, BLAMED, "shortname")
        return ask(visit)
    return visit.redirect(f"{PATH}/{course_id}", f"The course {new.shortname} is created.")


def _open(visit: Visit, found: Tree) -> list[CategoryRecord]:
    """Return the categories in which the person may create courses."""
    ids = course_care.open_to(visit.call, [row.id for row in found.rows])
    return [row for row in found.rows if row.id in ids]


def _wanted(visit: Visit) -> Wanted:
    query, sort = visit.query, visit.query.text("sort")
    return Wanted(
        words=query.text("q")[:200],
        category_id=query.number("category"),
        sort=sort if sort.removeprefix("-") in course_list.SORTS else "",
    )


ACTIONS = (
    shows(PATH, listing, right="viewer"),
    exports.gives(f"{PATH}/csv", as_csv),
    shows(f"{PATH}/new", ask, right="operator"),
    acts(f"{PATH}/new", create, right="operator"),
)
