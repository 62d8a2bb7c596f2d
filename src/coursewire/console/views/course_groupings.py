"""The groupings of a course: the list, and the forms that create, change and delete one."""

from coursewire.console import course_tabs, exports, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.course_tabs import MOST_IN_FILE, course_of, manages_groups
from coursewire.console.paths import with_query
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.core_group.groupings import GroupingChange, NewGrouping
from coursewire.contracts.errors import Refusal
from coursewire.domain import course_care, edit_marks, grouping_care
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.grouping_care import FIELDS
from coursewire.store import activities, group_list
from coursewire.store.courses import CourseRecord
from coursewire.store.group_list import Scope
from coursewire.store.groupings import GroupingRecord

TAB = "groupings"
# So many groups of a grouping are named in the list; its page names all.
_NAMED = 8
_COLUMNS = ("id", "name", "id number", "groups", "names of groups")
_BLAMED = {"idnumber": "idnumber"}


def listing(visit: Visit) -> Answer:
    """Show the groupings with the groups in them."""
    return _listing(visit, course_of(visit))


def as_csv(visit: Visit) -> Answer:
    """Give out the groupings that match as a file."""
    course = course_of(visit)
    scope = _scope(visit, course)
    rows = group_list.page_of_groupings(
        visit.session, course.id, scope, _words(visit), MOST_IN_FILE
    )
    names = _gathered(visit, course, [row.id for row in rows], MOST_IN_FILE)
    lines = (
        (row.id, row.name, row.idnumber, row.groups, ", ".join(_names_of(names, row.id)))
        for row in rows
    )
    return exports.as_file(f"course-{course.id}-groupings", _COLUMNS, lines, {"q": _words(visit)})


def create(visit: Visit) -> Answer:
    """Create a grouping and lead to its page."""
    course, form = course_of(visit), visit.form
    if not form.text("name"):
        visit.errors.add("name", "The grouping needs a name.")
        return _listing(visit, course)
    new = NewGrouping(
        courseid=course.id, name=form.text("name"), idnumber=form.text("idnumber"), description=""
    )
    try:
        made = grouping_care.create(visit.call, new)
    except Refusal as refusal:
        refused.tell(visit, refusal, _BLAMED, "name")
        return _listing(visit, course)
    return visit.redirect(_path(course.id, made.id), f"The grouping {made.name} is created.")


def ask(visit: Visit) -> Answer:
    """Show what of the grouping can be changed."""
    return _form(visit, course_of(visit), _grouping(visit))


def change(visit: Visit) -> Answer:
    """Change the grouping."""
    course, grouping, form = course_of(visit), _grouping(visit), visit.form
    if not form.text("name"):
        visit.errors.add("name", "The grouping needs a name.")
        return _form(visit, course, grouping)
    wanted = GroupingChange(
        id=grouping.id,
        name=form.text("name"),
        idnumber=form.text("idnumber"),
        # Browsers end lines as forms do.
        description=form.raw("description").replace("\r\n", "\n"),
        descriptionformat=grouping.descriptionformat,
    )
    try:
        grouping_care.change(visit.call, course.id, wanted, form.text("seen"))
    except Refusal as refusal:
        grouping = _grouping(visit)
        stored = {"name": grouping.name, "idnumber": grouping.idnumber}
        stale = refused.tell_change(visit, refusal, stored, _BLAMED, "name")
        return _form(visit, course, grouping, stale=stale)
    return visit.redirect(_path(course.id, grouping.id), "The grouping is changed.")


def ask_to_delete(visit: Visit) -> Answer:
    """Say what does without the grouping from then on."""
    course, grouping = course_of(visit), _grouping(visit)
    if not manages_groups(visit, course.id):
        return course_tabs.not_theirs(visit, course)
    there = activities.of_course(visit.session, course.id)
    return visit.page(
        "courses/grouping_delete.html",
        course=course,
        grouping=grouping,
        group_count=group_list.size_of_grouping(visit.session, grouping.id),
        activities=sum(each.groupingid == grouping.id for each in there),
        is_default=course.defaultgroupingid == grouping.id,
    )


def delete(visit: Visit) -> Answer:
    """Delete the grouping."""
    course, grouping = course_of(visit), _grouping(visit)
    grouping_care.delete(visit.call, course.id, grouping.id)
    notice = f"The grouping {grouping.name} is deleted; its groups stay."
    return visit.redirect(course_tabs.path(course.id, TAB), notice)


def _grouping(visit: Visit) -> GroupingRecord:
    return grouping_care.find(visit.call, visit.number("id"), visit.number("grouping"))


def _path(course_id: int, grouping_id: int) -> str:
    return course_tabs.path(course_id, f"{TAB}/{grouping_id}")


def _words(visit: Visit) -> str:
    return visit.query.text("q")[:200]


def _gathered(
    visit: Visit, course: CourseRecord, grouping_ids: list[int], most: int
) -> dict[int, list[tuple[int, str]]]:
    scope = _scope(visit, course)
    return group_list.gathered(visit.session, grouping_ids, course.id, scope, most)


def _scope(visit: Visit, course: CourseRecord) -> Scope:
    return GroupViewer(visit.call).scope(course_care.place(visit.call, course.id))


def _names_of(gathered: dict[int, list[tuple[int, str]]], grouping_id: int) -> list[str]:
    return [name for _, name in gathered.get(grouping_id, [])]


def _listing(visit: Visit, course: CourseRecord) -> Answer:
    words = _words(visit)
    total = group_list.count_groupings(visit.session, course.id, words)
    pages = tables.pages(visit.query, total)
    rows = group_list.page_of_groupings(
        visit.session, course.id, _scope(visit, course), words, pages.size, pages.offset
    )
    return course_tabs.page(
        visit,
        course,
        TAB,
        rows=rows,
        pages=pages,
        gathered=_gathered(visit, course, [row.id for row in rows], _NAMED),
        csv=with_query(f"{course_tabs.path(course.id, TAB)}/csv", q=words),
        manages=manages_groups(visit, course.id),
    )


def _form(
    visit: Visit, course: CourseRecord, grouping: GroupingRecord, *, stale: bool = False
) -> Answer:
    if not manages_groups(visit, course.id):
        return course_tabs.not_theirs(visit, course)
    sent = bool(visit.form.pairs)
    stored = {name: getattr(grouping, name) for name in FIELDS}
    seen = edit_marks.mark(grouping, FIELDS)
    return visit.page(
        "courses/grouping_edit.html",
        course=course,
        grouping=grouping,
        values={name: visit.form.raw(name) if sent else stored[name] for name in stored},
        seen=visit.form.text("seen") if sent and not stale else seen,
    )


_GROUPINGS = "/console/courses/{id:int}/groupings"
_GROUPING = f"{_GROUPINGS}/{{grouping:int}}"
ACTIONS = (
    shows(_GROUPINGS, listing, right="viewer"),
    acts(_GROUPINGS, create, right="operator"),
    exports.gives(f"{_GROUPINGS}/csv", as_csv),
    shows(f"{_GROUPING}/edit", ask, right="operator"),
    acts(f"{_GROUPING}/edit", change, right="operator"),
    shows(f"{_GROUPING}/delete", ask_to_delete, right="operator"),
    acts(f"{_GROUPING}/delete", delete, right="operator"),
)
