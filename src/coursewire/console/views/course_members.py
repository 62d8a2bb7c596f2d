"""The page of a group: its members, and those who can be put into it."""

from coursewire.console import course_tabs, exports, picked, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.course_tabs import MOST_IN_FILE, course_of, manages_groups
from coursewire.console.routes import acts, shows
from coursewire.console.views.course_groups import VISIBILITIES
from coursewire.console.views.course_people import pasted
from coursewire.console.visit import Visit
from coursewire.console.wording import counted, day
from coursewire.contracts.errors import NoPermission, Refusal
from coursewire.domain import contexts, group_care, group_members
from coursewire.domain.group_visibility import GroupViewer
from coursewire.store import group_list, member_list, people_list, users
from coursewire.store.courses import CourseRecord
from coursewire.store.groups import GroupRecord
from coursewire.store.member_list import Wanted
from coursewire.store.users import UserRecord

_FOUND = 12
_MOST = 500
_COLUMNS = (
    *("id", "username", "first name", "last name", "e-mail", "id number"),
    *("added", "added by"),
)


def show(visit: Visit) -> Answer:
    """Show the members."""
    return _page(visit, course_of(visit), _group(visit))


def as_csv(visit: Visit) -> Answer:
    """Give out the members that match as a file."""
    course, group = course_of(visit), _group(visit)
    wanted = _wanted(visit, course, group)
    rows = member_list.page(visit.session, wanted, MOST_IN_FILE)
    lines = (
        (
            *(row.user_id, row.username, row.firstname, row.lastname, row.email, row.idnumber),
            *(day(row.timeadded) if row.timeadded else "", row.component or "a person"),
        )
        for row in rows
    )
    return exports.as_file(f"group-{group.id}-members", _COLUMNS, lines, {"q": wanted.words})


def add(visit: Visit) -> Answer:
    """Put the ticked and the pasted into the group; who cannot be is named first."""
    course, group = course_of(visit), _group(visit)
    chosen = _chosen(visit, course)
    if visit.errors:
        return _page(visit, course, group)
    try:
        added = group_care.add_members(visit.call, course.id, group.id, chosen)
    except NoPermission:
        raise
    except Refusal as refusal:
        visit.errors.add("people", refused.told(refusal))
        return _page(visit, course, group)
    return _back(visit, f"Added to the group: {added}.")


def remove(visit: Visit) -> Answer:
    """Take the ticked out of the group."""
    course, group = course_of(visit), _group(visit)
    ticked = visit.form.numbers("user")
    try:
        taken = group_care.remove_members(visit.call, course.id, group.id, ticked)
    except NoPermission:
        raise
    except Refusal as refusal:
        visit.errors.add("", refused.told(refusal))
        return _page(visit, course, group)
    return _back(visit, f"Taken out of the group: {taken}.")


def _chosen(visit: Visit, course: CourseRecord) -> list[int]:
    """Return whom the form means; unknown ones and those outside the course become an error."""
    form = visit.form
    names = pasted(form.text("people"))
    picked = form.numbers("pick")
    if len(names) + len(picked) > _MOST:
        visit.errors.add("people", f"At most {_MOST} people at a time.")
        return []
    if not names and not picked:
        visit.errors.add("people", "Tick somebody, or paste user names or e-mail addresses.")
    found = people_list.named(visit.session, names)
    unknown = [name for name in names if len(found[name]) != 1]
    known = {name: people[0].id for name, people in found.items() if len(people) == 1}
    ids = {*known.values(), *picked}
    inside = group_members.enrolled(visit.call, course.id, ids)
    outside = [name for name, user_id in known.items() if user_id not in inside]
    if (unknown or outside) and not form.is_on("skip"):
        told = (
            f"Not known, or not one person: {', '.join(unknown[:20])}. " if unknown else "",
            f"Not in the course: {', '.join(outside[:20])}." if outside else "",
        )
        visit.errors.add("people", "".join(told).strip())
    return [key for key in dict.fromkeys([*known.values(), *picked]) if key in inside]


def _group(visit: Visit) -> GroupRecord:
    return group_care.find(visit.call, visit.number("id"), visit.number("group"))


def _wanted(visit: Visit, course: CourseRecord, group: GroupRecord) -> Wanted:
    place = contexts.get(visit.session, contexts.COURSE, course.id)
    return Wanted(
        group_id=group.id,
        words=visit.query.text("q")[:200],
        only=GroupViewer(visit.call).only(place, group),
    )


def _back(visit: Visit, notice: str) -> Answer:
    here = course_tabs.path(visit.number("id"), f"groups/{visit.number('group')}")
    return visit.redirect(here, notice)


def _page(visit: Visit, course: CourseRecord, group: GroupRecord) -> Answer:
    wanted = _wanted(visit, course, group)
    pages = tables.pages(visit.query, member_list.count(visit.session, wanted))
    manages = manages_groups(visit, course.id)
    search = visit.query.text("find")[:200]
    found = (
        member_list.outside(visit.session, course.id, group.id, search, _FOUND + 1)
        if manages and search
        else []
    )
    visit.shown_at = course_tabs.path(course.id, f"groups/{group.id}")
    ticked = _ticked(visit, course) if manages else {}
    return visit.page(
        "courses/group.html",
        course=course,
        group=group,
        rows=member_list.page(visit.session, wanted, pages.size, pages.offset),
        pages=pages,
        sees_all=wanted.only is None,
        manages=manages,
        found=[each for each in found[:_FOUND] if each.user_id not in ticked],
        picked=list(ticked.values()),
        found_told=_found_told(len(found)) if search else "",
        groupings=[
            (grouping_id, name)
            for grouping_id, course_id, name in group_list.groupings_of(visit.session, group.id)
            if course_id == course.id
        ],
        visible_to=next(
            (words for value, words, _ in VISIBILITIES if value == group.visibility), ""
        ),
    )


def _ticked(visit: Visit, course: CourseRecord) -> dict[int, UserRecord]:
    """Return who is ticked already: another search, or an error, takes no tick away."""
    ids = set(picked.numbers("pick", visit.form, visit.query))
    return users.of_ids(visit.session, group_members.enrolled(visit.call, course.id, ids))


def _found_told(number: int) -> str:
    if number > _FOUND:
        return f"The first {_FOUND} by name; more of the name shows others."
    return f"{counted(number, 'person', 'people')} found who can be added."


_GROUP = "/console/courses/{id:int}/groups/{group:int}"
ACTIONS = (
    shows(_GROUP, show, right="viewer"),
    exports.gives(f"{_GROUP}/csv", as_csv),
    acts(f"{_GROUP}/add", add, right="operator"),
    acts(f"{_GROUP}/remove", remove, right="operator"),
)
