"""The groups of a course: the list, and the forms that create, change and delete one."""

from coursewire.console import course_tabs, exports, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.course_tabs import MODES, MOST_IN_FILE, course_of, manages_groups
from coursewire.console.paths import with_query
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.core_group.groups import GroupChange, NewGroup
from coursewire.contracts.errors import Refusal
from coursewire.contracts.fields import UNSET
from coursewire.domain import contexts, edit_marks, group_care, groupings, groups
from coursewire.domain.group_care import FIELDS
from coursewire.domain.group_visibility import GroupViewer
from coursewire.store import group_list, member_list
from coursewire.store.courses import CourseRecord
from coursewire.store.group_list import Wanted
from coursewire.store.groups import GroupRecord

TAB = "groups"
VISIBILITIES = (
    (0, "everybody", "Everybody in the course sees the group and its members."),
    (1, "members", "Only its members see the group and one another."),
    (2, "oneself", "Members see that they are in it, and nobody else."),
    (3, "nobody", "Only those who may see hidden groups know of it."),
)
_COLUMNS = ("id", "name", "id number", "visible to", "takes part in activities", "members")
# Words of refusals and the fields that they are about, looked for in this order.
_BLAMED = {
    "idnumber": "idnumber",
    "visibility": "visibility",
    "participation": "participation",
    "enrolmentkey": "enrolmentkey",
}


def listing(visit: Visit) -> Answer:
    """Show the groups."""
    return _listing(visit, course_of(visit))


def as_csv(visit: Visit) -> Answer:
    """Give out the groups that match as a file."""
    course = course_of(visit)
    wanted = _wanted(visit, course)
    rows = group_list.page(visit.session, wanted, MOST_IN_FILE)
    seen = {value: words for value, words, _ in VISIBILITIES}
    lines = (
        (
            row.id,
            row.name,
            row.idnumber,
            seen.get(row.visibility, row.visibility),
            "yes" if row.participation else "no",
            row.members if counts else "",
        )
        for row, counts in course_tabs.with_counts(visit, course, rows)
    )
    return exports.as_file(f"course-{course.id}-groups", _COLUMNS, lines, {"q": wanted.words})


def create(visit: Visit) -> Answer:
    """Create a group and lead to its page."""
    course, form = course_of(visit), visit.form
    if not form.text("name"):
        visit.errors.add("name", "The group needs a name.")
        return _listing(visit, course)
    new = NewGroup(
        courseid=course.id, name=form.text("name"), idnumber=form.text("idnumber"), description=""
    )
    try:
        made = group_care.create(visit.call, new)
    except Refusal as refusal:
        refused.tell(visit, refusal, _BLAMED, "name")
        return _listing(visit, course)
    return visit.redirect(_path(course.id, made.id), f"The group {made.name} is created.")


def ask(visit: Visit) -> Answer:
    """Show what of the group can be changed."""
    return _form(visit, course_of(visit), _group(visit))


def change(visit: Visit) -> Answer:
    """Change the group."""
    course, group, form = course_of(visit), _group(visit), visit.form
    if not form.text("name"):
        visit.errors.add("name", "The group needs a name.")
        return _form(visit, course, group)
    key = form.raw("enrolmentkey")
    settled = _is_settled(visit, group)
    wanted = GroupChange(
        id=group.id,
        name=form.text("name"),
        idnumber=form.text("idnumber"),
        # Browsers end lines as forms do.
        description=form.raw("description").replace("\r\n", "\n"),
        descriptionformat=group.descriptionformat,
        enrolmentkey=key if key != (group.enrolmentkey or "") else UNSET,
        visibility=UNSET if settled else form.text("visibility"),
        participation=UNSET if settled else form.is_on("participation"),
    )
    try:
        group_care.change(visit.call, course.id, wanted, form.text("seen"))
    except Refusal as refusal:
        group = _group(visit)
        stored = {"name": group.name, "idnumber": group.idnumber}
        stale = refused.tell_change(visit, refusal, stored, _BLAMED, "name")
        return _form(visit, course, group, stale=stale)
    return visit.redirect(_path(course.id, group.id), "The group is changed.")


def ask_to_delete(visit: Visit) -> Answer:
    """Say what goes with the group."""
    course, group = course_of(visit), _group(visit)
    if not manages_groups(visit, course.id):
        return course_tabs.not_theirs(visit, course)
    return visit.page(
        "courses/group_delete.html",
        course=course,
        group=group,
        members=member_list.count(visit.session, member_list.Wanted(group_id=group.id)),
        groupings=group_list.groupings_of(visit.session, group.id),
    )


def delete(visit: Visit) -> Answer:
    """Delete the group."""
    course, group = course_of(visit), _group(visit)
    group_care.delete(visit.call, course.id, group.id)
    return visit.redirect(course_tabs.path(course.id, TAB), f"The group {group.name} is deleted.")


def _group(visit: Visit) -> GroupRecord:
    return group_care.find(visit.call, visit.number("id"), visit.number("group"))


def _path(course_id: int, group_id: int) -> str:
    return course_tabs.path(course_id, f"{TAB}/{group_id}")


def _wanted(visit: Visit, course: CourseRecord) -> Wanted:
    place = contexts.get(visit.session, contexts.COURSE, course.id)
    scope = GroupViewer(visit.call).scope(place)
    sort = visit.query.text("sort")
    # Whoever may not count the members of each group does not learn which has more.
    known = group_list.SORTS if scope.everything else group_list.SORTS - {"members"}
    return Wanted(
        course_id=course.id,
        scope=scope,
        words=visit.query.text("q")[:200],
        sort=sort if sort.removeprefix("-") in known else "name",
    )


def _listing(visit: Visit, course: CourseRecord) -> Answer:
    wanted = _wanted(visit, course)
    pages = tables.pages(visit.query, group_list.count(visit.session, wanted))
    rows = group_list.page(visit.session, wanted, pages.size, pages.offset)
    default = groupings.of_ids(visit.call, [course.defaultgroupingid])
    return course_tabs.page(
        visit,
        course,
        TAB,
        rows=course_tabs.with_counts(visit, course, rows),
        pages=pages,
        visibilities={value: words for value, words, _ in VISIBILITIES},
        mode=dict(MODES).get(course.groupmode, "an unknown mode"),
        default_grouping=default.get(course.defaultgroupingid),
        csv=with_query(f"{course_tabs.path(course.id, TAB)}/csv", q=wanted.words),
        manages=manages_groups(visit, course.id),
    )


def _is_settled(visit: Visit, group: GroupRecord) -> bool:
    """Tell whether the group has members: who sees them stays then."""
    return bool(member_list.count(visit.session, member_list.Wanted(group_id=group.id)))


def _form(visit: Visit, course: CourseRecord, group: GroupRecord, *, stale: bool = False) -> Answer:
    if not manages_groups(visit, course.id):
        return course_tabs.not_theirs(visit, course)
    sent = bool(visit.form.pairs)
    stored = {
        "name": group.name,
        "idnumber": group.idnumber,
        "description": group.description,
        "enrolmentkey": group.enrolmentkey or "",
        "visibility": str(group.visibility),
        "participation": "1" if group.participation else "",
    }
    seen = edit_marks.mark(group, FIELDS)
    return visit.page(
        "courses/group_edit.html",
        course=course,
        group=group,
        values={name: visit.form.raw(name) if sent else stored[name] for name in stored},
        seen=visit.form.text("seen") if sent and not stale else seen,
        visibilities=VISIBILITIES,
        is_settled=_is_settled(visit, group),
        longest=groups.NAME,
    )


_GROUPS = "/console/courses/{id:int}/groups"
_GROUP = f"{_GROUPS}/{{group:int}}"
ACTIONS = (
    shows(_GROUPS, listing, right="viewer"),
    acts(_GROUPS, create, right="operator"),
    exports.gives(f"{_GROUPS}/csv", as_csv),
    shows(f"{_GROUP}/edit", ask, right="operator"),
    acts(f"{_GROUP}/edit", change, right="operator"),
    shows(f"{_GROUP}/delete", ask_to_delete, right="operator"),
    acts(f"{_GROUP}/delete", delete, right="operator"),
)
