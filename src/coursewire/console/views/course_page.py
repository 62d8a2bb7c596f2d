"""The page of a course: who is in it, and how its activities use groups."""

import re
from datetime import UTC, datetime

from coursewire.console import tables
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import course_care, courses, groupings, role_assignments, roles
from coursewire.domain.enrolments import Enrolment
from coursewire.domain.site import SITE_COURSE
from coursewire.store import activities, course_list, people_list
from coursewire.store.courses import CourseRecord

_DAY = 86_400
_MOST = 500
MODES = ((0, "no groups"), (1, "separate groups"), (2, "visible groups"))


def show(visit: Visit) -> Answer:
    """Show the participants."""
    return _participants(visit, _course(visit))


def enrol(visit: Visit) -> Answer:
    """Enrol those who were pasted; unknown ones are named first."""
    course, form = _course(visit), visit.form
    names = list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", form.text("people")))))
    found = people_list.named(visit.session, names)
    unknown = [name for name in names if len(found[name]) != 1]
    start, end = _instant(visit, "start"), _instant(visit, "end", ends=True)
    if not names or len(names) > _MOST:
        visit.errors.add("people", f"Paste user names or addresses, at most {_MOST} at a time.")
    if unknown and not form.is_on("skip"):
        known = len(names) - len(unknown)
        told = ", ".join(unknown[:20])
        visit.errors.add("people", f"{known} found. Not known, or not one person: {told}.")
    if end and end <= max(start, visit.now):
        visit.errors.add("end", "The end lies before the start or in the past.")
    if visit.errors:
        return _participants(visit, course, unknown)
    wanted = [
        Enrolment(
            user_id=found[name][0].id, role_id=form.number("role"), timestart=start, timeend=end
        )
        for name in names
        if len(found[name]) == 1
    ]
    try:
        course_care.enrol(visit.call, course.id, wanted)
    except Refusal as refusal:
        visit.errors.add("role", refusal.reason or str(refusal))
        return _participants(visit, course)
    return _back(visit, f"Enrolled: {len(wanted)}.")


def unenrol(visit: Visit) -> Answer:
    """End an enrolment by hand."""
    done = course_care.unenrol(visit.call, visit.number("id"), visit.form.number("user"))
    return _back(visit, "Unenrolled." if done else "Nobody was enrolled by hand.")


def suspend(visit: Visit) -> Answer:
    """Suspend an enrolment, or let it count again."""
    wanted = visit.form.is_on("on")
    user_id = visit.form.number("user")
    course_care.suspend(visit.call, visit.number("id"), user_id, suspended=wanted)
    return _back(visit, "The enrolment is suspended." if wanted else "The enrolment counts again.")


def show_activities(visit: Visit) -> Answer:
    """Show the activities with their group mode and grouping."""
    course = _course(visit)
    return visit.page(
        "courses/activities.html",
        course=course,
        rows=activities.of_course(visit.session, course.id)[: tables.ROWS],
        groupings=groupings.of_course(visit.call, course.id),
        modes=MODES,
    )


def set_groups(visit: Visit) -> Answer:
    """Change how an activity uses groups."""
    course, form = _course(visit), visit.form
    activity = activities.get(visit.session, form.number("activity"))
    if activity is None or activity.course_id != course.id:
        return visit.not_found("The course has no such activity.")
    course_care.set_groups(
        visit.call, activity.id, form.number("groupmode", -1), form.number("grouping")
    )
    return visit.redirect(f"/console/courses/{course.id}/activities", "The activity is changed.")


def ask_to_delete(visit: Visit) -> Answer:
    """Say what goes with the course."""
    return _deletion(visit, _course(visit))


def delete(visit: Visit) -> Answer:
    """Delete the course once its short name was typed."""
    course = _course(visit)
    if visit.form.text("confirm") != course.shortname:
        visit.errors.add("confirm", f"Type {course.shortname} to confirm.")
        return _deletion(visit, course)
    course_care.delete(visit.call, course.id)
    return visit.redirect("/console/courses", f"The course {course.shortname} is deleted.")


def _course(visit: Visit) -> CourseRecord:
    return courses.require(visit.session, visit.number("id"))


def _back(visit: Visit, notice: str) -> Answer:
    return visit.redirect(f"/console/courses/{visit.number('id')}", notice)


def _instant(visit: Visit, field: str, *, ends: bool = False) -> int:
    """Return the start of a day, or its last second; 0 for an empty field."""
    written = visit.form.text(field)
    if not written:
        return 0
    try:
        day = datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        visit.errors.add(field, f"{written[:20]!r} is no day; write it as 2027-02-28.")
        return 0
    return int(day.timestamp()) + (_DAY - 1 if ends else 0)


def _participants(visit: Visit, course: CourseRecord, unknown: list[str] | None = None) -> Answer:
    pages = tables.pages(visit.query, course_list.participant_count(visit.session, course.id))
    rows = course_list.participants(visit.session, course.id, pages.size, pages.offset)
    place = course_care.place(visit.call, course.id)
    may = visit.call.permissions.may
    giveable = set(role_assignments.assignable(visit.call.permissions, place))
    return visit.page(
        "courses/participants.html",
        course=course,
        pages=pages,
        rows=rows,
        held=course_list.roles_in(visit.session, place.id, {row.user_id for row in rows}),
        roles=[role for role in roles.everything(visit.session) if role.id in giveable],
        unknown=unknown or [],
        can_enrol=visit.may("operator") and may(course_care.ENROL, place),
        is_site=course.id == SITE_COURSE,
    )


def _deletion(visit: Visit, course: CourseRecord) -> Answer:
    return visit.page(
        "courses/delete.html",
        course=course,
        people=course_list.participant_count(visit.session, course.id),
        activities=len(activities.of_course(visit.session, course.id)),
    )


_COURSE = "/console/courses/{id:int}"
ACTIONS = (
    shows(_COURSE, show, right="viewer"),
    acts(f"{_COURSE}/enrol", enrol, right="operator"),
    acts(f"{_COURSE}/unenrol", unenrol, right="operator"),
    acts(f"{_COURSE}/suspend", suspend, right="operator"),
    shows(f"{_COURSE}/activities", show_activities, right="viewer"),
    acts(f"{_COURSE}/activities", set_groups, right="operator"),
    shows(f"{_COURSE}/delete", ask_to_delete, right="operator"),
    acts(f"{_COURSE}/delete", delete, right="operator", recent=True),
)
