"""The pages of a course: their head and tabs, which every view of them shows."""

from collections.abc import Sequence
from typing import Any

from coursewire.console.answers import Answer
from coursewire.console.visit import Visit
from coursewire.domain import contexts, courses
from coursewire.domain.course_care import DELETE
from coursewire.domain.course_rights import UPDATE
from coursewire.domain.grade_report import VIEW_ALL
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.managed_courses import MANAGE
from coursewire.domain.site import SITE_COURSE
from coursewire.store import group_list, participant_list
from coursewire.store.courses import CourseRecord
from coursewire.store.group_list import ListedGroup

MODES = ((0, "no groups"), (1, "separate groups"), (2, "visible groups"))
# What one file holds at most: more is the work of the command line.
MOST_IN_FILE = 100_000
# How many groups a filter offers; any other is looked at from its own page.
MOST_CHOICES = 200


def course_of(visit: Visit) -> CourseRecord:
    """Return the course that the path names."""
    return courses.require(visit.session, visit.number("id"))


def path(course_id: int, tab: str = "") -> str:
    """Return the address of a tab; the first is the course's own."""
    base = f"/console/courses/{course_id}"
    return f"{base}/{tab}" if tab else base


def manages_groups(visit: Visit, course_id: int) -> bool:
    """Tell whether the person changes groups of the course."""
    place = contexts.get(visit.session, contexts.COURSE, course_id)
    return visit.may("operator") and visit.call.permissions.may(MANAGE, place)


def with_counts(
    visit: Visit, course: CourseRecord, rows: Sequence[ListedGroup]
) -> list[tuple[ListedGroup, bool]]:
    """Return groups, each with whether the person may count its members."""
    viewer = GroupViewer(visit.call)
    place = contexts.get(visit.session, contexts.COURSE, course.id)
    return [(row, viewer.only(place, row) is None) for row in rows]


def not_theirs(visit: Visit, course: CourseRecord) -> Answer:
    """Return the page that says who manages the groups of a course."""
    told = f"You may not manage groups in {course.shortname}."
    return visit.problem(403, "Not allowed", told, f"It takes {MANAGE} in the course.")


def page(visit: Visit, course: CourseRecord, tab: str, **context: Any) -> Answer:  # noqa: ANN401 - passed to the template
    """Return a tab of a course."""
    session, may = visit.session, visit.call.permissions.may
    visit.shown_at = path(course.id, tab)
    place = contexts.get(session, contexts.COURSE, course.id)
    seen = group_list.Wanted(course_id=course.id, scope=GroupViewer(visit.call).scope(place))
    tabs = [
        (path(course.id), "Participants", participant_list.total(session, course.id)),
        (path(course.id, "groups"), "Groups", group_list.count(session, seen)),
        (
            path(course.id, "groupings"),
            "Groupings",
            group_list.count_groupings(session, course.id),
        ),
        *([(path(course.id, "grades"), "Grades", None)] if may(VIEW_ALL, place) else []),
        (path(course.id, "activities"), "Activities", None),
    ]
    return visit.page(
        f"courses/{tab or 'participants'}.html",
        course=course,
        tabs_of_course=tabs,
        here=path(course.id, tab),
        is_site=course.id == SITE_COURSE,
        can_edit=visit.may("operator") and course.id != SITE_COURSE and may(UPDATE, place),
        can_delete=visit.may("operator") and course.id != SITE_COURSE and may(DELETE, place),
        **context,
    )
