"""Contracts of core_completion: what a user has completed, and ticking it off."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    Bool,
    Int,
    NoTags,
    Plugin,
    Raw,
    Text,
    Unset,
    Written,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, Outcome


class UserInCourse(Struct, frozen=True, kw_only=True):
    """Parameters of the two functions that report on one user in one course."""

    courseid: Int
    userid: Int


class CriterionDetails(Struct, frozen=True, kw_only=True):
    """A criterion in words."""

    type: Text
    criteria: Raw
    requirement: Text
    status: Raw


class CriterionCompletion(Struct, frozen=True, kw_only=True):
    """A criterion of the course and whether the user meets it."""

    type: Int
    title: Text
    status: NoTags
    complete: Bool
    timecompleted: Int | None
    details: CriterionDetails


class CourseCompletion(Struct, frozen=True, kw_only=True):
    """Whether a user has completed a course; aggregation 1 all criteria, 2 any."""

    completed: Bool
    aggregation: Int
    completions: list[CriterionCompletion]


class CourseCompletionStatus(Struct, frozen=True, kw_only=True):
    """Answer of get_course_completion_status."""

    completionstatus: CourseCompletion
    warnings: list[CallWarning] | Unset = UNSET


class RuleState(Struct, frozen=True, kw_only=True):
    """Whether a rule is met: 0 not, 1 met; and the rule in words."""

    status: Int
    description: Text


class RuleDetail(Struct, frozen=True, kw_only=True):
    """One automatic completion rule of an activity."""

    rulename: Text
    rulevalue: RuleState


class ActivityCompletion(Struct, frozen=True, kw_only=True):
    """The completion of an activity by a user; tracking 1 by hand, 2 automatic."""

    cmid: Int
    modname: Plugin
    instance: Int
    state: Int
    timecompleted: Int
    tracking: Int
    overrideby: Int | Unset | None = UNSET
    valueused: Bool | Unset = UNSET
    hascompletion: Bool | Unset = UNSET
    isautomatic: Bool | Unset = UNSET
    istrackeduser: Bool | Unset = UNSET
    uservisible: Bool | Unset = UNSET
    details: Annotated[list[RuleDetail] | Unset, Written([])] = UNSET
    isoverallcomplete: Bool | Unset = UNSET


class ActivityCompletions(Struct, frozen=True, kw_only=True):
    """Answer of get_activities_completion_status."""

    statuses: list[ActivityCompletion]
    warnings: list[CallWarning] | Unset = UNSET


class TickActivity(Struct, frozen=True, kw_only=True):
    """Parameters of update_activity_completion_status_manually."""

    cmid: Int
    completed: Bool


class OverrideActivity(Struct, frozen=True, kw_only=True):
    """Parameters of override_activity_completion_status."""

    userid: Int
    cmid: Int
    newstate: Int


class OverriddenCompletion(Struct, frozen=True, kw_only=True):
    """The completion that was set, and by whom."""

    cmid: Int
    userid: Int
    state: Int
    timecompleted: Int
    overrideby: Int | None
    tracking: Int


get_course_completion_status: Function[UserInCourse, CourseCompletionStatus] = Function(
    name="core_completion_get_course_completion_status",
    params=UserInCourse,
    returns=CourseCompletionStatus,
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=(
            "moodle/course:isincompletionreports",
            "moodle/site:accessallgroups",
            "moodle/user:viewuseractivitiesreport",
            "report/completion:view",
            *VIEW_COURSE,
        ),
    ),
    capabilities=("report/completion:view",),
    services=("moodle_mobile_app",),
    summary="Tell which criteria of a course a user meets.",
)

get_activities_completion_status: Function[UserInCourse, ActivityCompletions] = Function(
    name="core_completion_get_activities_completion_status",
    params=UserInCourse,
    returns=ActivityCompletions,
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=(
            "mod/*:view",
            "moodle/course:isincompletionreports",
            "moodle/course:viewhiddenactivities",
            "moodle/site:accessallgroups",
            "report/progress:view",
            *VIEW_COURSE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="Tell which activities of a course a user has completed.",
)

update_activity_completion_status_manually: Function[TickActivity, Outcome] = Function(
    name="core_completion_update_activity_completion_status_manually",
    params=TickActivity,
    returns=Outcome,
    kind="write",
    access=Access(
        at=(Place("module", "cmid"),),
        asks=(
            "moodle/course:viewhiddenactivities",
            "mod/*:view",
            "moodle/course:togglecompletion",
            *VIEW_COURSE,
        ),
    ),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="Tick an activity off as done, or not done, for oneself.",
)

override_activity_completion_status: Function[OverrideActivity, OverriddenCompletion] = Function(
    name="core_completion_override_activity_completion_status",
    params=OverrideActivity,
    returns=OverriddenCompletion,
    kind="write",
    access=Access(
        at=(Place("module", "cmid"),),
        asks=(
            "moodle/course:viewhiddenactivities",
            "mod/*:view",
            "moodle/course:isincompletionreports",
            "moodle/course:overridecompletion",
            "moodle/site:accessallgroups",
            *VIEW_COURSE,
        ),
    ),
    capabilities=("moodle/course:overridecompletion",),
    ajax=True,
    summary="Set the completion of an activity for somebody else.",
)
