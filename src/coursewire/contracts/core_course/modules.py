"""Contracts of core_course for one activity (course module), by its id or by its instance."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    AlphanumExt,
    Area,
    Component,
    Float,
    Int,
    Raw,
    Text,
    Unset,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import ActivityId, CallWarning


class GetCourseModuleByInstance(Struct, frozen=True, kw_only=True):
    """Parameters of get_course_module_by_instance: the kind of activity and its own id."""

    module: Component
    instance: Int


class AdvancedGrading(Struct, frozen=True, kw_only=True):
    """The grading method of one area of an activity; null: a grade is given without one."""

    area: Area
    method: Component | None


class GradingOutcome(Struct, frozen=True, kw_only=True):
    """An outcome by which an activity is graded."""

    id: AlphanumExt
    name: Raw
    scale: Text


class CourseModule(Struct, frozen=True, kw_only=True):
    """An activity; what may be absent is told to those who may change it."""

    id: Int
    course: Int
    module: Int
    name: Raw
    modname: Component
    instance: Int
    section: Int
    sectionnum: Int
    groupmode: Int
    groupingid: Int
    completion: Int
    idnumber: Raw | Unset = UNSET
    added: Int | Unset = UNSET
    score: Int | Unset = UNSET
    indent: Int | Unset = UNSET
    visible: Int | Unset = UNSET
    visibleoncoursepage: Int | Unset = UNSET
    visibleold: Int | Unset = UNSET
    completiongradeitemnumber: Int | Unset | None = UNSET
    completionpassgrade: Int | Unset = UNSET
    completionview: Int | Unset = UNSET
    completionexpected: Int | Unset = UNSET
    showdescription: Int | Unset = UNSET
    downloadcontent: Int | Unset = UNSET
    availability: Raw | Unset | None = UNSET
    grade: Float | Unset = UNSET
    scale: Text | Unset = UNSET
    gradepass: Raw | Unset = UNSET
    gradecat: Int | Unset = UNSET
    advancedgrading: list[AdvancedGrading] | Unset = UNSET
    outcomes: list[GradingOutcome] | Unset = UNSET


class CourseModuleAnswer(Struct, frozen=True, kw_only=True):
    """Answer of get_course_module and get_course_module_by_instance."""

    cm: CourseModule
    warnings: list[CallWarning] | Unset = UNSET


get_course_module: Function[ActivityId, CourseModuleAnswer] = Function(
    name="core_course_get_course_module",
    params=ActivityId,
    returns=CourseModuleAnswer,
    kind="read",
    access=Access(
        at=(Place("module", "cmid"),),
        asks=(
            "moodle/course:viewhiddenactivities",
            "mod/*:view",
            "moodle/course:manageactivities",
            *VIEW_COURSE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="Read an activity by its course module id.",
)

get_course_module_by_instance: Function[GetCourseModuleByInstance, CourseModuleAnswer] = Function(
    name="core_course_get_course_module_by_instance",
    params=GetCourseModuleByInstance,
    returns=CourseModuleAnswer,
    kind="read",
    access=Access(
        at=(Place("module", "instance"),),
        asks=(
            "moodle/course:viewhiddenactivities",
            "mod/*:view",
            "moodle/course:manageactivities",
            *VIEW_COURSE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="Read an activity by its kind and the id it has there.",
)
