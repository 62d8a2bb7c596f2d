"""Contract of mod_assign: assignments of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import UNSET, Bool, Capability, Int, Raw, Text, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, ExternalFile


class GetAssignments(Struct, frozen=True, kw_only=True):
    """Parameters of get_assignments; no courses mean all that the caller takes part in."""

    courseids: list[Int] = []
    capabilities: list[Capability] = []
    includenotenrolledcourses: Bool = False


class PluginSetting(Struct, frozen=True, kw_only=True):
    """A setting of one way to hand in or to give feedback."""

    id: Int | Unset = UNSET
    assignment: Int | Unset = UNSET
    plugin: Text
    subtype: Text
    name: Text
    value: Text


class Assignment(Struct, frozen=True, kw_only=True):
    """An assignment; `cmid` is the id of its course module."""

    id: Int
    cmid: Int
    course: Int
    name: Raw
    nosubmissions: Int
    submissiondrafts: Int
    sendnotifications: Int
    sendlatenotifications: Int
    sendstudentnotifications: Int
    duedate: Int
    allowsubmissionsfromdate: Int
    grade: Int
    gradepenalty: Int
    timemodified: Int
    completionsubmit: Int
    cutoffdate: Int
    gradingduedate: Int
    teamsubmission: Int
    requireallteammemberssubmit: Int
    teamsubmissiongroupingid: Int
    blindmarking: Int
    hidegrader: Int
    revealidentities: Int
    attemptreopenmethod: Text
    maxattempts: Int
    markingworkflow: Int
    markingallocation: Int
    markinganonymous: Int
    requiresubmissionstatement: Int
    preventsubmissionnotingroup: Int | Unset = UNSET
    submissionstatement: Raw | Unset = UNSET
    submissionstatementformat: Int | Unset = UNSET
    configs: list[PluginSetting]
    intro: Raw | Unset = UNSET
    introformat: Int | Unset = UNSET
    introfiles: list[ExternalFile] | Unset = UNSET
    introattachments: list[ExternalFile] | Unset = UNSET
    activity: Raw | Unset = UNSET
    activityformat: Int | Unset = UNSET
    activityattachments: list[ExternalFile] | Unset = UNSET
    timelimit: Int | Unset = UNSET
    submissionattachments: Int | Unset = UNSET


class AssignmentCourse(Struct, frozen=True, kw_only=True):
    """A course with its assignments."""

    id: Int
    fullname: Raw
    shortname: Raw
    timemodified: Int
    assignments: list[Assignment]


class AssignmentCourses(Struct, frozen=True, kw_only=True):
    """The courses with their assignments, and courses left out."""

    courses: list[AssignmentCourse]
    warnings: list[CallWarning] | Unset = UNSET


get_assignments: Function[GetAssignments, AssignmentCourses] = Function(
    name="mod_assign_get_assignments",
    component="mod_assign",
    params=GetAssignments,
    returns=AssignmentCourses,
    kind="read",
    access=Access(
        at=(Place("course", "courseids[]"),),
        asks=(
            "mod/*:view",
            "moodle/course:manageactivities",
            "moodle/course:viewhiddenactivities",
            *VIEW_COURSE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="List the assignments of courses, course by course.",
)
