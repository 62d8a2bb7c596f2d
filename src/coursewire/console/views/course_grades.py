"""The grades of a course, read-only: a line for each participant, items and the total beside it."""

from itertools import islice

from coursewire.console import course_tabs, exports, tables
from coursewire.console.answers import Answer
from coursewire.console.course_tabs import MOST_CHOICES, MOST_IN_FILE, course_of
from coursewire.console.paths import with_query
from coursewire.console.routes import shows
from coursewire.console.visit import Visit
from coursewire.domain import grade_display, group_care
from coursewire.domain.grade_table import Column, GradeTable, Line

# So many items stand side by side; the total of the course stands beside them on each page.
_ITEMS = 8


def show(visit: Visit) -> Answer:
    """Show the grades, some people and some items at a time."""
    course, table = course_of(visit), _table(visit)
    group_id = visit.query.number("group")
    pages = tables.pages(visit.query, table.count())
    columns = table.columns()
    graded = [place for place, column in enumerate(columns) if not column.is_total]
    items = tables.pages(visit.query, len(graded), _ITEMS, "items")
    shown = graded[items.offset : items.offset + items.size]
    shown += [place for place, column in enumerate(columns) if column.is_total]
    return course_tabs.page(
        visit,
        course,
        "grades",
        columns=[(columns[place], _range(columns[place])) for place in shown],
        lines=[
            (line.user, [line.cells[place] for place in shown])
            for line in table.lines(pages.size, pages.offset)
        ],
        pages=pages,
        items=items,
        choices=table.groups(MOST_CHOICES),
        chosen_group=group_care.find(visit.call, course.id, group_id) if group_id else None,
        is_confined=table.group_ids is not None and not group_id,
        csv=with_query(
            course_tabs.path(course.id, "grades/csv"),
            q=visit.query.text("q"),
            group=group_id or None,
        ),
    )


def as_csv(visit: Visit) -> Answer:
    """Give out all grades of those who match as a file: points, empty where there are none."""
    course, table = course_of(visit), _table(visit)
    head = ("id", "username", "first name", "last name", "e-mail", "id number")
    columns = (*head, *(column.name for column in table.columns()))
    lines = map(_row, islice(table.every_line(), MOST_IN_FILE))
    query = visit.query
    filters = {"q": query.text("q"), "group": query.number("group")}
    return exports.as_file(f"course-{course.id}-grades", columns, lines, filters)


def _table(visit: Visit) -> GradeTable:
    query = visit.query
    return GradeTable(visit.call, visit.number("id"), query.number("group"), query.text("q")[:200])


def _range(column: Column) -> str:
    ends = (grade_display.rounded(end, 0) for end in (column.minimum, column.maximum))
    return " to ".join(ends)


def _row(line: Line) -> tuple[object, ...]:
    user = line.user
    person = (user.id, user.username, user.firstname, user.lastname, user.email, user.idnumber)
    return (*person, *(cell.value for cell in line.cells))


_GRADES = "/console/courses/{id:int}/grades"
ACTIONS = (
    shows(_GRADES, show, right="viewer"),
    exports.gives(f"{_GRADES}/csv", as_csv),
)
