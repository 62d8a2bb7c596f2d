"""Bodies of core_grades: grades from outside for an activity, and who and what is graded."""

from typing import Any

from coursewire.contracts import core_grades as c
from coursewire.contracts.core_user.profiles import User
from coursewire.contracts.errors import MoodleError
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CourseId
from coursewire.domain import (
    activities,
    answer_rows,
    contexts,
    courses,
    gradable_people,
    grade_items,
    grade_updates,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.enrolled_people import PARTICIPANTS
from coursewire.domain.grade_items import COURSE
from coursewire.domain.grade_report import UNGRADED
from coursewire.domain.user_details import shown_as
from coursewire.domain.validation import validate_context, wrap_hard
from coursewire.functions.binding import Bound
from coursewire.store.activities import ActivityRecord
from coursewire.text.short import format_string

MANAGE = "moodle/grade:manage"
HIDE = "moodle/grade:hide"
EDIT = "moodle/grade:edit"

PLUGIN = "mod_"

_TOTALS = (COURSE, "category")

# The item's columns that a call may change as they are.
_COLUMNS = ("gradetype", "grademax", "grademin", "scaleid", "multfactor", "plusfactor", "hidden")


def update_grades(call: Call, params: c.UpdateGrades) -> int:
    """Store grades of an activity and change its grade item, all or nothing."""
    with call.transaction():
        activity = _activity(call, params)
        place = wrap_hard(call, params.courseid)
        if activity.course_id != params.courseid:
            raise _no_activity(f"activity {activity.id} is not in course {params.courseid}")
        details = params.itemdetails
        changes = _changes(details)
        _require_rights(call, place, params, changes)
        if details.deleted is True:
            return grade_updates.delete(call, activity, params.itemnumber)
        values = {grade.studentid: grade.grade for grade in params.grades}
        return grade_updates.update(call, activity, params.itemnumber, changes, values)


def get_gradeitems(call: Call, params: CourseId) -> c.GradeItems:
    """List what is graded in a course, in its order and without the total.

    Whoever may enter the course gets the names of hidden items too (functions-2.md 10).
    """
    place = contexts.get(call.session, contexts.COURSE, params.courseid)
    validate_context(call, place)
    course = courses.require(call.session, params.courseid)
    graded = [
        item
        for item in grade_items.of_course(call.session, course.id)
        if item.type not in _TOTALS and item.gradetype != UNGRADED
    ]
    answer_rows.require_count(call, "grade items", len(graded))
    # A course has one category, which is the course itself.
    category = format_string(course.fullname, call.text)
    items = [
        c.GradeItemInShort(
            id=str(item.id),
            itemname=format_string(item.name or "", call.text),
            category=category,
        )
        for item in graded
    ]
    return c.GradeItems(gradeItems=items, warnings=[])


def get_gradable_users(call: Call, params: c.GetGradableUsers) -> c.GradableUsers:
    """List who is graded in a course, as far as the caller may see them."""
    place = contexts.get(call.session, contexts.COURSE, params.courseid)
    validate_context(call, place)
    call.permissions.require(PARTICIPANTS, place)
    course = courses.require(call.session, params.courseid)
    found = gradable_people.find(
        call, course, place, group_id=params.groupid, only_active=params.onlyactive
    )
    for details in found:
        # The large picture stands at both addresses, as in the reference.
        details["profileimageurlsmall"] = details.get("profileimageurl", "")
    return c.GradableUsers(users=shown_as(User, found), warnings=[])


def _activity(call: Call, params: c.UpdateGrades) -> ActivityRecord:
    """Return the activity, which must be of the kind that the component stands for."""
    activity = activities.get(call.session, params.activityid)
    if activity is None or PLUGIN + activity.module != params.component:
        raise _no_activity(f"there is no activity {params.activityid} of {params.component}")
    return activity


def _no_activity(reason: str) -> MoodleError:
    return MoodleError("invalidcoursemodule", "There is no such activity", reason=reason)


def _require_rights(
    call: Call, place: Context, params: c.UpdateGrades, changes: dict[str, Any]
) -> None:
    """Refuse what the caller may not do; with `hidden` given, changing the rest is not asked."""
    needed: list[str] = []
    if "hidden" in changes:
        needed.append(HIDE)
    elif changes or params.itemdetails.deleted is not UNSET:
        needed.append(MANAGE)
    if params.grades:
        needed.append(EDIT)
    for capability in needed:
        if not call.permissions.may(capability, place):
            raise MoodleError(
                "nopermissiontoviewgrades",
                "You may not do this with grades",
                reason=f"the caller lacks {capability} in {place.where}",
                remedy=f"allow {capability} to a role of the caller",
            )


def _changes(details: c.GradeItemChange) -> dict[str, Any]:
    """Return what is to be changed, by column; what is absent stays."""
    given = {name: getattr(details, name) for name in _COLUMNS}
    changes = {name: value for name, value in given.items() if value is not UNSET}
    if details.itemname is not UNSET:
        changes["name"] = details.itemname
    if details.idnumber is not UNSET:
        changes["idnumber"] = str(details.idnumber)
    return changes


FUNCTIONS = (
    Bound(c.update_grades, update_grades),
    Bound(c.get_gradeitems, get_gradeitems),
    Bound(c.get_gradable_users, get_gradable_users, long=True),
)
