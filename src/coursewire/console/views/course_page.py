"""A course itself: how its activities use groups, and its deletion."""

from coursewire.console import course_tabs, exports, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.course_tabs import MODES, course_of
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.domain import course_care, groupings
from coursewire.store import activities, participant_list
from coursewire.store.courses import CourseRecord

_COLUMNS = ("course module id", "name", "kind", "group mode", "grouping")


def show_activities(visit: Visit) -> Answer:
    """Show the activities with their group mode and grouping."""
    course = course_of(visit)
    found = activities.of_course(visit.session, course.id)
    pages = tables.pages(visit.query, len(found))
    rows = found[pages.offset : pages.offset + pages.size]
    ids = [row.id for row in rows] if visit.may("operator") else []
    return course_tabs.page(
        visit,
        course,
        "activities",
        rows=rows,
        changeable=course_care.open_activities(visit.call, ids),
        pages=pages,
        groupings=groupings.of_course(visit.call, course.id),
        modes=MODES,
    )


def activities_as_csv(visit: Visit) -> Answer:
    """Give out the activities as a file."""
    course = course_of(visit)
    names = {one.id: one.name for one in groupings.of_course(visit.call, course.id)}
    modes = dict(MODES)
    lines = (
        (row.id, row.name, row.module, modes.get(row.groupmode), names.get(row.groupingid, ""))
        for row in activities.of_course(visit.session, course.id)
    )
    return exports.as_file(f"course-{course.id}-activities", _COLUMNS, lines, {})


def set_groups(visit: Visit) -> Answer:
    """Change how an activity uses groups."""
    course, form = course_of(visit), visit.form
    activity = activities.get(visit.session, form.number("activity"))
    if activity is None or activity.course_id != course.id:
        return visit.not_found("The course has no such activity.")
    course_care.set_groups(
        visit.call, activity.id, form.number("groupmode", -1), form.number("grouping")
    )
    return visit.redirect(course_tabs.path(course.id, "activities"), "The activity is changed.")


def ask_to_delete(visit: Visit) -> Answer:
    """Say what goes with the course."""
    return _deletion(visit, course_of(visit))


def delete(visit: Visit) -> Answer:
    """Delete the course once its short name was typed."""
    course = course_of(visit)
    if visit.form.text("confirm") != course.shortname.strip():
        visit.errors.add("confirm", f"Type {course.shortname} to confirm.")
        return _deletion(visit, course)
    course_care.delete(visit.call, course.id)
    return visit.redirect("/console/courses", f"The course {course.shortname} is deleted.")


def _deletion(visit: Visit, course: CourseRecord) -> Answer:
    closed = refused.closed(
        visit,
        f"delete the course {course.shortname}",
        lambda: course_care.require_deletable(visit.call, course.id),
    )
    if closed is not None:
        return closed
    return visit.page(
        "courses/delete.html",
        course=course,
        people=participant_list.total(visit.session, course.id),
        activities=len(activities.of_course(visit.session, course.id)),
    )


_COURSE = "/console/courses/{id:int}"
ACTIONS = (
    shows(f"{_COURSE}/activities", show_activities, right="viewer"),
    exports.gives(f"{_COURSE}/activities/csv", activities_as_csv),
    acts(f"{_COURSE}/activities", set_groups, right="operator"),
    shows(f"{_COURSE}/delete", ask_to_delete, right="operator"),
    acts(f"{_COURSE}/delete", delete, right="operator", recent=True),
)
