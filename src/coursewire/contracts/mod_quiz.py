"""Contract of mod_quiz: quizzes of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses
from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    AlphanumExt,
    Bool,
    Float,
    Int,
    Raw,
    SafeDir,
    Text,
    Unset,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, ExternalFile


class Quiz(Struct, frozen=True, kw_only=True):
    """A quiz."""

    id: Int
    coursemodule: Int
    course: Int
    name: Raw
    intro: Raw | Unset = UNSET
    introformat: Int | Unset = UNSET
    introfiles: list[ExternalFile] | Unset = UNSET
    section: Int | Unset = UNSET
    visible: Bool | Unset = UNSET
    groupmode: Int | Unset = UNSET
    groupingid: Int | Unset = UNSET
    lang: SafeDir | Unset = UNSET
    enableaitools: Int | Unset = UNSET
    enabledaiactions: Text | Unset = UNSET
    timeopen: Int | Unset = UNSET
    timeclose: Int | Unset = UNSET
    timelimit: Int | Unset = UNSET
    overduehandling: Alpha | Unset = UNSET
    graceperiod: Int | Unset = UNSET
    preferredbehaviour: AlphanumExt | Unset = UNSET
    canredoquestions: Int | Unset = UNSET
    attempts: Int | Unset = UNSET
    attemptonlast: Int | Unset = UNSET
    grademethod: Int | Unset = UNSET
    decimalpoints: Int | Unset = UNSET
    questiondecimalpoints: Int | Unset = UNSET
    reviewattempt: Int | Unset = UNSET
    reviewcorrectness: Int | Unset = UNSET
    reviewmaxmarks: Int | Unset = UNSET
    reviewmarks: Int | Unset = UNSET
    reviewspecificfeedback: Int | Unset = UNSET
    reviewgeneralfeedback: Int | Unset = UNSET
    reviewrightanswer: Int | Unset = UNSET
    reviewoverallfeedback: Int | Unset = UNSET
    questionsperpage: Int | Unset = UNSET
    navmethod: Alpha | Unset = UNSET
    shuffleanswers: Int | Unset = UNSET
    sumgrades: Float | Unset = UNSET
    grade: Float | Unset = UNSET
    timecreated: Int | Unset = UNSET
    timemodified: Int | Unset = UNSET
    password: Raw | Unset = UNSET
    subnet: Raw | Unset = UNSET
    browsersecurity: AlphanumExt | Unset = UNSET
    delay1: Int | Unset = UNSET
    delay2: Int | Unset = UNSET
    showuserpicture: Int | Unset = UNSET
    showblocks: Int | Unset = UNSET
    completionattemptsexhausted: Int | Unset = UNSET
    completionpass: Int | Unset = UNSET
    allowofflineattempts: Int | Unset = UNSET
    autosaveperiod: Int | Unset = UNSET
    hasfeedback: Int | Unset = UNSET
    hasquestions: Int | Unset = UNSET
    precreateattempts: Int | Unset = UNSET


class Quizzes(Struct, frozen=True, kw_only=True):
    """The quizzes of the courses, and courses left out."""

    quizzes: list[Quiz]
    warnings: list[CallWarning] | Unset = UNSET


get_quizzes_by_courses: Function[InCourses, Quizzes] = Function(
    name="mod_quiz_get_quizzes_by_courses",
    component="mod_quiz",
    params=InCourses,
    returns=Quizzes,
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
    capabilities=("mod/quiz:view",),
    services=("moodle_mobile_app",),
    summary="List the quizzes of courses.",
)
