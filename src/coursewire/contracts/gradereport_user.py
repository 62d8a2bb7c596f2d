"""Contracts of gradereport_user: the grades of one course, item by item."""

from msgspec import Struct

from coursewire.contracts.access import SEE_GROUPS, VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    Bool,
    Float,
    Int,
    NoTags,
    Plugin,
    Raw,
    Text,
    Unset,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class GetGradeItems(Struct, frozen=True, kw_only=True):
    """Parameters of get_grade_items; user 0 means every user, group 0 any group."""

    courseid: Int
    userid: Int = 0
    groupid: Int = 0


class UserGradeItem(Struct, frozen=True, kw_only=True):
    """A grade item and a user's grade in it; totals have no module, name or category."""

    id: Int
    itemname: Raw | None
    itemtype: Alpha
    itemmodule: Plugin | None
    iteminstance: Int | None
    itemnumber: Int | None
    idnumber: Text | None
    categoryid: Int | None
    outcomeid: Int | None
    scaleid: Int | None
    locked: Bool | Unset | None = UNSET
    cmid: Int | Unset = UNSET
    weightraw: Float | Unset | None = UNSET
    weightformatted: NoTags | Unset = UNSET
    status: Alpha | Unset = UNSET
    graderaw: Float | Unset | None = UNSET
    gradedatesubmitted: Int | Unset | None = UNSET
    gradedategraded: Int | Unset | None = UNSET
    gradehiddenbydate: Bool | Unset = UNSET
    gradeneedsupdate: Bool | Unset = UNSET
    gradeishidden: Bool | Unset = UNSET
    gradeislocked: Bool | Unset | None = UNSET
    gradeisoverridden: Bool | Unset | None = UNSET
    gradeformatted: Raw | Unset = UNSET
    grademin: Float | Unset = UNSET
    grademax: Float | Unset = UNSET
    rangeformatted: NoTags | Unset = UNSET
    percentageformatted: NoTags | Unset = UNSET
    lettergradeformatted: NoTags | Unset = UNSET
    rank: Int | Unset = UNSET
    numusers: Int | Unset = UNSET
    averageformatted: NoTags | Unset = UNSET
    feedback: Raw | Unset = UNSET
    feedbackformat: Int | Unset = UNSET


class UserGrades(Struct, frozen=True, kw_only=True):
    """The grades of one user in the course."""

    courseid: Int
    courseidnumber: Text
    userid: Int
    userfullname: Text
    useridnumber: Raw
    maxdepth: Int
    gradeitems: list[UserGradeItem]


class GradeItems(Struct, frozen=True, kw_only=True):
    """Answer of get_grade_items."""

    usergrades: list[UserGrades]
    warnings: list[CallWarning] | Unset = UNSET


get_grade_items: Function[GetGradeItems, GradeItems] = Function(
    name="gradereport_user_get_grade_items",
    component="gradereport_user",
    params=GetGradeItems,
    returns=GradeItems,
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=(
            "gradereport/user:view",
            "mod/*:view",
            "moodle/course:viewhiddenactivities",
            "moodle/grade:manage",
            "moodle/grade:view",
            "moodle/grade:viewall",
            "moodle/grade:viewhidden",
            *SEE_GROUPS,
            *VIEW_COURSE,
        ),
    ),
    capabilities=("gradereport/user:view",),
    services=("moodle_mobile_app",),
    summary="List the grade items of a course with the grades of one user, or of all.",
)
