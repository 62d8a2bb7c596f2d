"""Contract of mod_lesson: lessons of courses."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, PlainFile
from coursewire.contracts.fields import (
    NOT_NULL,
    OPTIONAL_ITEM,
    UNSET,
    Bool,
    Int,
    Lang,
    Raw,
    Unset,
    Written,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class Lesson(Struct, frozen=True, kw_only=True):
    """A lesson."""

    id: Annotated[Int, NOT_NULL]
    course: Annotated[Int, NOT_NULL]
    coursemodule: Annotated[Int, NOT_NULL]
    name: Annotated[Raw, NOT_NULL]
    intro: Annotated[Raw, NOT_NULL] | Unset = UNSET
    introformat: Annotated[Int, Written("0")] = 0
    lang: Lang
    practice: Annotated[Bool, NOT_NULL] | Unset = UNSET
    modattempts: Annotated[Bool, NOT_NULL] | Unset = UNSET
    usepassword: Annotated[Bool, NOT_NULL] | Unset = UNSET
    password: Annotated[Raw, NOT_NULL] | Unset = UNSET
    dependency: Annotated[Int, NOT_NULL] | Unset = UNSET
    conditions: Annotated[Raw, NOT_NULL] | Unset = UNSET
    grade: Annotated[Int, NOT_NULL] | Unset = UNSET
    custom: Annotated[Bool, NOT_NULL] | Unset = UNSET
    ongoing: Annotated[Bool, NOT_NULL] | Unset = UNSET
    usemaxgrade: Annotated[Int, NOT_NULL] | Unset = UNSET
    maxanswers: Annotated[Int, NOT_NULL] | Unset = UNSET
    maxattempts: Annotated[Int, NOT_NULL] | Unset = UNSET
    review: Annotated[Bool, NOT_NULL] | Unset = UNSET
    nextpagedefault: Annotated[Int, NOT_NULL] | Unset = UNSET
    feedback: Annotated[Bool, NOT_NULL] | Unset = UNSET
    minquestions: Annotated[Int, NOT_NULL] | Unset = UNSET
    maxpages: Annotated[Int, NOT_NULL] | Unset = UNSET
    timelimit: Annotated[Int, NOT_NULL] | Unset = UNSET
    retake: Annotated[Bool, NOT_NULL] | Unset = UNSET
    activitylink: Annotated[Int, NOT_NULL] | Unset = UNSET
    mediafile: Annotated[Raw, NOT_NULL] | Unset = UNSET
    mediaheight: Annotated[Int, NOT_NULL] | Unset = UNSET
    mediawidth: Annotated[Int, NOT_NULL] | Unset = UNSET
    mediaclose: Annotated[Int, NOT_NULL] | Unset = UNSET
    slideshow: Annotated[Bool, NOT_NULL] | Unset = UNSET
    width: Annotated[Int, NOT_NULL] | Unset = UNSET
    height: Annotated[Int, NOT_NULL] | Unset = UNSET
    bgcolor: Annotated[Raw, NOT_NULL] | Unset = UNSET
    displayleft: Annotated[Bool, NOT_NULL] | Unset = UNSET
    displayleftif: Annotated[Int, NOT_NULL] | Unset = UNSET
    progressbar: Annotated[Bool, NOT_NULL] | Unset = UNSET
    available: Annotated[Int, NOT_NULL] | Unset = UNSET
    deadline: Annotated[Int, NOT_NULL] | Unset = UNSET
    timemodified: Annotated[Int, NOT_NULL] | Unset = UNSET
    completionendreached: Annotated[Int, NOT_NULL] | Unset = UNSET
    completiontimespent: Annotated[Int, NOT_NULL] | Unset = UNSET
    allowofflineattempts: Annotated[Bool, NOT_NULL]
    introfiles: list[Annotated[PlainFile, OPTIONAL_ITEM]] | Unset = UNSET
    mediafiles: list[Annotated[PlainFile, OPTIONAL_ITEM]] | Unset = UNSET


class Lessons(Struct, frozen=True, kw_only=True):
    """The lessons of the courses, and courses left out."""

    lessons: list[Lesson]
    warnings: list[CallWarning] | Unset = UNSET


get_lessons_by_courses: Function[InCourses, Lessons] = Function(
    name="mod_lesson_get_lessons_by_courses",
    component="mod_lesson",
    params=InCourses,
    returns=Lessons,
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
    capabilities=("mod/lesson:view",),
    services=("moodle_mobile_app",),
    summary="List the lessons of courses.",
)
