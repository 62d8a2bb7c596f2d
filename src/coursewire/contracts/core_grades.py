"""Contracts of core_grades: send grades of an activity; what is graded in a course."""

from msgspec import Struct, field

from coursewire.contracts.access import SEE_PEOPLE, VIEW_COURSE, Access, Place
from coursewire.contracts.core_user.profiles import User
from coursewire.contracts.fields import (
    UNSET,
    Alphanum,
    AlphanumExt,
    Bool,
    Component,
    Float,
    Int,
    Raw,
    Text,
    Unset,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, CourseId


class NewGrade(Struct, frozen=True, kw_only=True):
    """A user's grade; the feedback is accepted and not kept."""

    studentid: Int
    grade: Float
    str_feedback: Text | Unset = UNSET


class GradeItemChange(Struct, frozen=True, kw_only=True):
    """What becomes of the grade item; what is absent stays."""

    itemname: AlphanumExt | Unset = UNSET
    idnumber: Int | Unset = UNSET
    gradetype: Int | Unset = UNSET
    grademax: Float | Unset = UNSET
    grademin: Float | Unset = UNSET
    scaleid: Int | Unset = UNSET
    multfactor: Float | Unset = UNSET
    plusfactor: Float | Unset = UNSET
    deleted: Bool | Unset = UNSET
    hidden: Bool | Unset = UNSET


class UpdateGrades(Struct, frozen=True, kw_only=True):
    """Parameters of update_grades; `activityid` is the id of the course module."""

    source: Text
    courseid: Int
    component: Component
    activityid: Int
    itemnumber: Int
    grades: list[NewGrade] = []
    itemdetails: GradeItemChange = field(default_factory=GradeItemChange)


class GradeItemInShort(Struct, frozen=True, kw_only=True):
    """What is graded; the category is called as its course where it is the whole course."""

    id: Alphanum
    itemname: Raw
    category: Text | Unset = UNSET


class GradeItems(Struct, frozen=True, kw_only=True):
    """Answer of get_gradeitems."""

    gradeItems: list[GradeItemInShort]  # noqa: N815 - so the protocol has it
    warnings: list[CallWarning] | Unset = UNSET


class GetGradableUsers(Struct, frozen=True, kw_only=True):
    """Parameters of get_gradable_users; group 0 stands for the whole course."""

    courseid: Int
    groupid: Int = 0
    onlyactive: Bool = False


class GradableUsers(Struct, frozen=True, kw_only=True):
    """Answer of get_gradable_users."""

    users: list[User]
    warnings: list[CallWarning] | Unset = UNSET


update_grades: Function[UpdateGrades, int] = Function(
    name="core_grades_update_grades",
    params=UpdateGrades,
    returns=int,
    kind="write",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=("moodle/grade:edit", "moodle/grade:hide", "moodle/grade:manage", *VIEW_COURSE),
    ),
    summary="Send grades for an activity and change its grade item; answers 0 when it went well.",
)

get_gradeitems: Function[CourseId, GradeItems] = Function(
    name="core_grades_get_gradeitems",
    params=CourseId,
    returns=GradeItems,
    kind="read",
    ajax=True,
    access=Access(at=(Place("course", "courseid"),), asks=VIEW_COURSE),
    services=("moodle_mobile_app",),
    summary="List what is graded in a course, totals left out.",
)

get_gradable_users: Function[GetGradableUsers, GradableUsers] = Function(
    name="core_grades_get_gradable_users",
    params=GetGradableUsers,
    returns=GradableUsers,
    kind="read",
    ajax=True,
    access=Access(
        at=(Place("course", "courseid"), Place("group", "groupid")),
        asks=(
            "moodle/course:view",
            "moodle/course:viewparticipants",
            "moodle/course:viewsuspendedusers",
            *SEE_PEOPLE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="List the people who are graded in a course, as far as the caller may see them.",
)
