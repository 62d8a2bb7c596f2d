"""The page of a grouping: the groups in it, and those that can be put into it."""

from coursewire.console import course_tabs, picked, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.course_tabs import course_of, manages_groups, with_counts
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import NoPermission, Refusal
from coursewire.domain import contexts, grouping_care, groups
from coursewire.domain.group_visibility import GroupViewer
from coursewire.store import activities, group_list
from coursewire.store.courses import CourseRecord
from coursewire.store.group_list import Wanted
from coursewire.store.groupings import GroupingRecord
from coursewire.store.groups import GroupRecord

_FOUND = 25


def show(visit: Visit) -> Answer:
    """Show the groups in the grouping."""
    return _page(visit, course_of(visit), _grouping(visit))


def assign(visit: Visit) -> Answer:
    """Put the ticked groups into the grouping."""
    return _link(visit, put=True)


def unassign(visit: Visit) -> Answer:
    """Take the ticked groups out of the grouping."""
    return _link(visit, put=False)


def _link(visit: Visit, *, put: bool) -> Answer:
    course, grouping = course_of(visit), _grouping(visit)
    act = grouping_care.assign if put else grouping_care.unassign
    try:
        number = act(visit.call, course.id, grouping.id, visit.form.numbers("group"))
    except NoPermission:
        raise
    except Refusal as refusal:
        visit.errors.add("", refused.told(refusal))
        return _page(visit, course, grouping)
    words = "Put into the grouping" if put else "Taken out of the grouping"
    here = course_tabs.path(course.id, f"groupings/{grouping.id}")
    return visit.redirect(here, f"{words}: {number}.")


def _grouping(visit: Visit) -> GroupingRecord:
    return grouping_care.find(visit.call, visit.number("id"), visit.number("grouping"))


def _page(visit: Visit, course: CourseRecord, grouping: GroupingRecord) -> Answer:
    session = visit.session
    place = contexts.get(session, contexts.COURSE, course.id)
    scope, words = GroupViewer(visit.call).scope(place), visit.query.text("q")[:200]
    inside = Wanted(course_id=course.id, scope=scope, inside=grouping.id, words=words)
    pages = tables.pages(visit.query, group_list.count(session, inside))
    manages = manages_groups(visit, course.id)
    search = visit.query.text("find")[:200]
    there = activities.of_course(session, course.id)
    ticked = _ticked(visit, course) if manages else []
    outside = Wanted(
        course_id=course.id,
        scope=scope,
        outside=grouping.id,
        without=[each.id for each in ticked],
        words=search,
    )
    found = group_list.page(session, outside, _FOUND) if manages else []

    visit.shown_at = course_tabs.path(course.id, f"groupings/{grouping.id}")
    return visit.page(
        "courses/grouping.html",
        course=course,
        grouping=grouping,
        rows=with_counts(visit, course, group_list.page(session, inside, pages.size, pages.offset)),
        pages=pages,
        manages=manages,
        picked=ticked,
        found=with_counts(visit, course, found),
        found_count=group_list.count(session, outside) if manages else 0,
        others=group_list.of_other_courses(session, grouping.id, course.id),
        used_by=[each for each in there if each.groupingid == grouping.id][:_FOUND],
        is_default=course.defaultgroupingid == grouping.id,
    )


def _ticked(visit: Visit, course: CourseRecord) -> list[GroupRecord]:
    """Return which groups are ticked already: another search takes no tick away."""
    place = contexts.get(visit.session, contexts.COURSE, course.id)
    known = groups.of_ids(visit.call, picked.numbers("group", visit.query)).values()
    return GroupViewer(visit.call).groups(
        place, [each for each in known if each.course_id == course.id]
    )


_GROUPING = "/console/courses/{id:int}/groupings/{grouping:int}"
ACTIONS = (
    shows(_GROUPING, show, right="viewer"),
    acts(f"{_GROUPING}/assign", assign, right="operator"),
    acts(f"{_GROUPING}/unassign", unassign, right="operator"),
)
