"""Bodies of core_completion: what a user has completed, ticking it off, setting it for others."""

from coursewire.contracts import core_completion as c
from coursewire.contracts.errors import MoodleError, NoPermission
from coursewire.contracts.parts import Outcome
from coursewire.domain import (
    activities,
    activity_access,
    activity_completion,
    completion_tracking,
    completion_words,
    contexts,
    course_completion,
    courses,
    separate_groups,
    users,
)
from coursewire.domain.activity_completion import AUTOMATIC, BY_HAND, COMPLETE, INCOMPLETE, NONE
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.site import SITE_COURSE
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound
from coursewire.store.activities import ActivityRecord
from coursewire.store.activity_completions import ActivityCompletionRecord
from coursewire.store.courses import CourseRecord

TOGGLE = "moodle/course:togglecompletion"
OVERRIDE = "moodle/course:overridecompletion"
VIEW_PROGRESS = "report/progress:view"


def get_course_completion_status(call: Call, params: c.UserInCourse) -> c.CourseCompletionStatus:
    """Tell which criteria of a course a user meets."""
    course, place = _enter(call, params)
    # The site course, where nobody is enrolled, is told apart below (recorded in completion_read).
    is_on = course.id == SITE_COURSE or completion_tracking.is_enabled(call, course)
    if not is_on or not completion_tracking.may_view(call, place, params.userid):
        right = completion_tracking.VIEW_COMPLETION
        reason = f"completion is off in {place.where}, or the caller lacks {right}"
        raise MoodleError("cannotviewreport", "You may not view this report", reason=reason)
    _require_shared_group(call, course, place, params.userid)
    if not completion_tracking.is_tracked(call, place, params.userid):
        mine = params.userid == call.caller.id
        code = "notenroled" if mine else "usernotenroled"
        raise MoodleError(code, "The user's progress in this course is not tracked")
    status = course_completion.status(call, course.id, params.userid)
    if status is None:
        raise MoodleError("nocriteriaset", "Nothing is set that completes this course")
    words = completion_words.Words(call, course)
    return c.CourseCompletionStatus(
        completionstatus=c.CourseCompletion(
            completed=status.is_completed,
            aggregation=status.method,
            completions=[_as_criterion(words.of(state), state.met_at) for state in status.criteria],
        ),
        warnings=[],
    )


def get_activities_completion_status(call: Call, params: c.UserInCourse) -> c.ActivityCompletions:
    """Tell which activities a user has completed, of those that the caller may enter."""
    course, place = _enter(call, params)
    if params.userid != call.caller.id:
        call.permissions.require(VIEW_PROGRESS, place)
    _require_shared_group(call, course, place, params.userid)
    if not completion_tracking.is_enabled(call, course):
        return c.ActivityCompletions(statuses=[], warnings=[])
    tracked = completion_tracking.is_tracked(call, place, params.userid)
    shown = activity_access.open_in(call, course.id)
    found = activity_completion.progress(call, params.userid, shown)
    return c.ActivityCompletions(
        statuses=[_as_status(progress, tracked=tracked) for progress in found], warnings=[]
    )


def update_activity_completion_status_manually(call: Call, params: c.TickActivity) -> Outcome:
    """Tick an activity off, or take the tick back; who may do so need not be tracked."""
    with call.transaction():
        activity, module = activities.enter(call, params.cmid)
        call.permissions.require(TOGGLE, module)
        _require_enabled(call, activity)
        if activity.completion != BY_HAND:
            reason = f"activity {activity.id} is not ticked off by its learners"
            message = "This activity is not ticked off by hand"
            raise MoodleError("cannotmanualctrack", message, reason=reason)
        activity_completion.tick(call, activity, done=params.completed)
    return Outcome(status=True, warnings=[])


def override_activity_completion_status(
    call: Call, params: c.OverrideActivity
) -> c.OverriddenCompletion:
    """Set how far somebody else is with an activity; one that is not tracked stays as it is."""
    with call.transaction():
        activity, _ = activities.enter(call, params.cmid)
        _require_enabled(call, activity)
        now = ActivityCompletionRecord(activity.id, params.userid)
        # Of one that is not tracked nobody is asked for a right: what it once was is not told.
        if activity.completion != NONE:
            _override(call, activity, params)
            now = activity_completion.get(call, activity.id, params.userid)
    return c.OverriddenCompletion(
        cmid=activity.id,
        userid=params.userid,
        state=now.state,
        timecompleted=now.timemodified,
        overrideby=now.overrideby,
        tracking=activity.completion,
    )


def _override(call: Call, activity: ActivityRecord, params: c.OverrideActivity) -> None:
    place = contexts.get(call.session, contexts.COURSE, activity.course_id)
    if not call.permissions.may(OVERRIDE, place):
        refusal = NoPermission(OVERRIDE, place.where)
        # Moodle's code is a singular here, and nowhere else.
        refusal.errorcode = "nopermission"
        raise refusal
    # Whether the user takes part in the course is not asked (recorded in random_01).
    users.require_active(call, params.userid)
    if activity_completion.get(call, activity.id, params.userid).state == params.newstate:
        return
    if params.newstate not in {INCOMPLETE, COMPLETE}:
        reason = f"state {params.newstate} cannot be set by hand"
        raise MoodleError("err_system", "This state cannot be set", reason=reason)
    activity_completion.override(call, activity, params.userid, params.newstate)


def _enter(call: Call, params: c.UserInCourse) -> tuple[CourseRecord, Context]:
    course = courses.require(call.session, params.courseid)
    users.require_active(call, params.userid)
    return course, validate_context(call, contexts.course(call.session, course.id))


def _require_enabled(call: Call, activity: ActivityRecord) -> None:
    course = courses.require(call.session, activity.course_id)
    if not completion_tracking.is_enabled(call, course):
        reason = f"completion is not tracked in course {course.id}"
        raise MoodleError("completionnotenabled", "Completion is not enabled", reason=reason)


def _require_shared_group(call: Call, course: CourseRecord, place: Context, user_id: int) -> None:
    if separate_groups.hide(call, course, place, user_id):
        reason = f"the caller shares no group with user {user_id} in {place.where}"
        raise MoodleError("accessdenied", "Access denied", reason=reason)


def _as_criterion(
    words: completion_words.CriterionWords, met_at: int | None
) -> c.CriterionCompletion:
    return c.CriterionCompletion(
        type=words.type,
        title=words.title,
        status=words.status,
        complete=met_at is not None,
        timecompleted=met_at,
        details=c.CriterionDetails(
            type=words.title,
            criteria=words.criteria,
            requirement=words.requirement,
            status=words.status,
        ),
    )


def _as_status(progress: activity_completion.Progress, *, tracked: bool) -> c.ActivityCompletion:
    activity, completion = progress.activity, progress.completion
    return c.ActivityCompletion(
        cmid=activity.id,
        modname=activity.module,
        instance=activity.instance,
        state=completion.state,
        timecompleted=completion.timemodified,
        tracking=activity.completion,
        overrideby=completion.overrideby,
        valueused=False,
        hascompletion=True,
        isautomatic=activity.completion == AUTOMATIC,
        istrackeduser=tracked,
        uservisible=True,
        details=[
            c.RuleDetail(
                rulename=name,
                rulevalue=c.RuleState(status=int(met), description=completion_words.RULES[name]),
            )
            for name, met in progress.rules.items()
        ],
        isoverallcomplete=progress.is_done,
    )


FUNCTIONS = (
    Bound(c.get_course_completion_status, get_course_completion_status),
    Bound(c.get_activities_completion_status, get_activities_completion_status, long=True),
    Bound(c.update_activity_completion_status_manually, update_activity_completion_status_manually),
    Bound(c.override_activity_completion_status, override_activity_completion_status),
)
