"""Contract of mod_workshop: workshops of courses."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, PlainFile
from coursewire.contracts.fields import (
    NOT_NULL,
    OPTIONAL_ITEM,
    UNSET,
    Bool,
    Float,
    Int,
    Lang,
    Plugin,
    Raw,
    Unset,
    Written,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class Workshop(Struct, frozen=True, kw_only=True):
    """A workshop."""

    id: Annotated[Int, NOT_NULL]
    course: Annotated[Int, NOT_NULL]
    name: Annotated[Raw, NOT_NULL]
    intro: Raw
    introformat: Annotated[Int, Written("0")] = 0
    lang: Lang
    instructauthors: Raw | Unset = UNSET
    instructauthorsformat: Annotated[Int, Written("0")] = 0
    instructreviewers: Raw | Unset = UNSET
    instructreviewersformat: Annotated[Int, Written("0")] = 0
    timemodified: Annotated[Int, NOT_NULL] | Unset = UNSET
    phase: Annotated[Int, NOT_NULL] | Unset = UNSET
    useexamples: Annotated[Bool, NOT_NULL] | Unset = UNSET
    usepeerassessment: Annotated[Bool, NOT_NULL] | Unset = UNSET
    useselfassessment: Annotated[Bool, NOT_NULL] | Unset = UNSET
    grade: Annotated[Float, NOT_NULL] | Unset = UNSET
    gradinggrade: Annotated[Float, NOT_NULL] | Unset = UNSET
    strategy: Annotated[Plugin, NOT_NULL] | Unset = UNSET
    evaluation: Annotated[Plugin, NOT_NULL] | Unset = UNSET
    gradedecimals: Annotated[Int, NOT_NULL] | Unset = UNSET
    submissiontypetext: Annotated[Int, NOT_NULL] | Unset = UNSET
    submissiontypefile: Annotated[Int, NOT_NULL] | Unset = UNSET
    nattachments: Annotated[Int, NOT_NULL] | Unset = UNSET
    submissionfiletypes: Raw | Unset = UNSET
    latesubmissions: Annotated[Bool, NOT_NULL] | Unset = UNSET
    maxbytes: Annotated[Int, NOT_NULL] | Unset = UNSET
    examplesmode: Annotated[Int, NOT_NULL] | Unset = UNSET
    submissionstart: Annotated[Int, NOT_NULL] | Unset = UNSET
    submissionend: Annotated[Int, NOT_NULL] | Unset = UNSET
    assessmentstart: Annotated[Int, NOT_NULL] | Unset = UNSET
    assessmentend: Annotated[Int, NOT_NULL] | Unset = UNSET
    phaseswitchassessment: Annotated[Bool, NOT_NULL] | Unset = UNSET
    conclusion: Raw | Unset = UNSET
    conclusionformat: Annotated[Int, Written("0")] = 0
    overallfeedbackmode: Annotated[Int, NOT_NULL] | Unset = UNSET
    overallfeedbackfiles: Annotated[Int, NOT_NULL] | Unset = UNSET
    overallfeedbackfiletypes: Raw | Unset = UNSET
    overallfeedbackmaxbytes: Annotated[Int, NOT_NULL] | Unset = UNSET
    coursemodule: Annotated[Int, NOT_NULL]
    introfiles: list[PlainFile]
    instructauthorsfiles: list[Annotated[PlainFile, OPTIONAL_ITEM]] | Unset = UNSET
    instructreviewersfiles: list[Annotated[PlainFile, OPTIONAL_ITEM]] | Unset = UNSET
    conclusionfiles: list[Annotated[PlainFile, OPTIONAL_ITEM]] | Unset = UNSET


class Workshops(Struct, frozen=True, kw_only=True):
    """The workshops of the courses, and courses left out."""

    workshops: list[Workshop]
    warnings: list[CallWarning] | Unset = UNSET


get_workshops_by_courses: Function[InCourses, Workshops] = Function(
    name="mod_workshop_get_workshops_by_courses",
    component="mod_workshop",
    params=InCourses,
    returns=Workshops,
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
    capabilities=("mod/workshop:view",),
    services=("moodle_mobile_app",),
    summary="List the workshops of courses.",
)
