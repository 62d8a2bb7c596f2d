"""Body of mod_assign: the assignments of courses."""

from collections.abc import Collection

from msgspec.structs import replace

from coursewire.contracts import mod_assign as c
from coursewire.contracts.parts import CallWarning, ExternalFile
from coursewire.domain import contexts, course_warnings, enrolled_courses, listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import INTRO, Listed
from coursewire.functions.binding import Bound
from coursewire.store.courses import CourseRecord
from coursewire.text.short import format_string

# Moodle's code for a course in which the caller takes no part, or lacks a capability asked for.
_NOT_MINE = "2"
# What is the same in all: nothing can be handed in here, no assignment has a way to do so.
_ASSIGNMENT = c.Assignment(
    id=0,
    course=0,
    name="",
    intro="",
    introformat=1,
    cmid=0,
    duedate=0,
    grade=0,
    timemodified=0,
    introfiles=[],
    nosubmissions=1,
    submissiondrafts=0,
    sendnotifications=0,
    sendlatenotifications=0,
    sendstudentnotifications=0,
    allowsubmissionsfromdate=0,
    gradepenalty=0,
    completionsubmit=0,
    cutoffdate=0,
    gradingduedate=0,
    teamsubmission=0,
    requireallteammemberssubmit=0,
    teamsubmissiongroupingid=0,
    blindmarking=0,
    hidegrader=0,
    revealidentities=0,
    attemptreopenmethod="none",
    maxattempts=1,
    markingworkflow=0,
    markingallocation=0,
    markinganonymous=0,
    requiresubmissionstatement=0,
    configs=[],
    introattachments=[],
)


def get_assignments(call: Call, params: c.GetAssignments) -> c.AssignmentCourses:
    """List the assignments of courses that the caller takes part in, or may enter at least."""
    entered = listed_activities.enter(call, params.courseids)
    shown = _able(call, entered.courses, params.capabilities)
    if params.courseids and not params.includenotenrolledcourses:
        mine = enrolled_courses.of_user(call.session, call.caller.id, call.site, call.now)
        own = {course.id for course in mine}
        shown = {key: course for key, course in shown.items() if key in own}
    left_out = [_not_mine(key) for key in entered.courses if key not in shown]
    assignments: dict[int, list[c.Assignment]] = {}
    for each in listed_activities.find(call, shown, "assign"):
        assignments.setdefault(each.record.course_id, []).append(_assignment(call, each))
    return c.AssignmentCourses(
        courses=[_course(call, each, assignments.get(each.id, [])) for each in shown.values()],
        warnings=entered.warnings + left_out,
    )


def _able(
    call: Call, courses: dict[int, CourseRecord], capabilities: Collection[str]
) -> dict[int, CourseRecord]:
    """Return the courses in which the caller has every one of the capabilities."""
    places = contexts.of_courses(call.session, courses)
    may = call.permissions.may
    return {
        course_id: course
        for course_id, course in courses.items()
        if all(may(capability, places[course_id]) for capability in capabilities)
    }


def _not_mine(course_id: int) -> CallWarning:
    message = f"You take no part in course {course_id}, or lack a capability that was asked for"
    return course_warnings.warning(course_id, _NOT_MINE, message)


def _course(
    call: Call, course: CourseRecord, assignments: list[c.Assignment]
) -> c.AssignmentCourse:
    return c.AssignmentCourse(
        id=course.id,
        fullname=format_string(course.fullname, call.text),
        shortname=format_string(course.shortname, call.text),
        timemodified=course.timemodified,
        assignments=assignments,
    )


def _assignment(call: Call, listed: Listed) -> c.Assignment:
    return replace(
        _ASSIGNMENT,
        id=listed.record.instance,
        course=listed.record.course_id,
        name=listed.name,
        intro=listed.intro,
        introformat=listed.introformat,
        cmid=listed.record.id,
        duedate=listed.details.duedate,
        grade=listed.details.grade,
        timemodified=listed.details.timemodified,
        introfiles=listed_activities.files_of(call, listed, INTRO, ExternalFile),
    )


FUNCTIONS = (Bound(c.get_assignments, get_assignments, long=True),)
