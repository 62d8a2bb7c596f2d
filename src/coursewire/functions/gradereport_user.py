"""Bodies of gradereport_user: the grades of one course, item by item."""

from functools import lru_cache

from coursewire.contracts import gradereport_user as c
from coursewire.contracts.errors import MoodleError
from coursewire.contracts.fields import UNSET
from coursewire.domain import (
    contexts,
    courses,
    grade_display,
    grade_report,
    separate_groups,
    user_names,
    users,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.grade_display import PERCENTAGE
from coursewire.domain.grade_items import ACTIVITY, COURSE
from coursewire.domain.grade_report import DEPTH, VIEW_ALL, Report, Row
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound
from coursewire.store.courses import CourseRecord

VIEW_REPORT = "gradereport/user:view"
VIEW_OWN = "moodle/grade:view"


def get_grade_items(call: Call, params: c.GetGradeItems) -> c.GradeItems:
    """List the grades of one user, or of all who are graded in the course."""
    course = courses.require(call.session, params.courseid)
    place = validate_context(call, contexts.course(call.session, course.id))
    call.permissions.require(VIEW_REPORT, place)
    if params.userid:
        _require_one(call, course, place, params.userid)
        people = [params.userid]
    else:
        people = _everybody(call, course, place, params.groupid)
    report = Report(call, place, people)
    found = users.of_ids(call.session, people)
    return c.GradeItems(
        usergrades=[
            c.UserGrades(
                courseid=course.id,
                courseidnumber=course.idnumber,
                userid=user_id,
                userfullname=user_names.fullname(found[user_id], call.site),
                useridnumber=found[user_id].idnumber,
                maxdepth=DEPTH,
                gradeitems=[_as_item(row, report) for row in report.rows(user_id)],
            )
            for user_id in people
        ],
        warnings=[],
    )


def _require_one(call: Call, course: CourseRecord, place: Context, user_id: int) -> None:
    """Refuse the grades of somebody whom the caller may not look at."""
    users.require_active(call, user_id)
    if separate_groups.hide(call, course, place, user_id):
        reason = f"the caller shares no group with user {user_id} in {place.where}"
        raise _not_in_group(reason)
    oneself = user_id == call.caller.id and course.showgrades
    if call.permissions.may(VIEW_ALL, place):
        return
    if not oneself or not call.permissions.may(VIEW_OWN, place):
        reason = f"the caller may not see the grades of user {user_id} in {place.where}"
        message = "You may not see these grades"
        raise MoodleError("nopermissiontoviewgrades", message, reason=reason)


def _everybody(call: Call, course: CourseRecord, place: Context, group_id: int) -> list[int]:
    """Return who is graded in the course, as far as groups let the caller see them."""
    call.permissions.require(VIEW_ALL, place)
    group = separate_groups.chosen(call, course, place, group_id)
    if group is not None and not group and separate_groups.divide(call, course, place):
        raise _not_in_group(f"the caller is in no such group of {place.where}")
    return grade_report.people(call, place, group)


def _not_in_group(reason: str) -> MoodleError:
    message = "Only members of your groups can be looked at"
    return MoodleError("notingroup", message, reason=reason)


def _as_item(row: Row, report: Report) -> c.UserGradeItem:
    item = row.item
    is_total = item.type == COURSE
    weighted = row.weight is not None
    setup = report.shows_setup
    return c.UserGradeItem(
        id=item.id,
        itemname=item.name,
        itemtype=item.type,
        itemmodule=item.module,
        iteminstance=item.instance,
        itemnumber=None if is_total else item.itemnumber,
        idnumber=item.idnumber,
        categoryid=item.category_id,
        outcomeid=None,
        scaleid=item.scaleid or None,
        locked=bool(item.locked) if setup else None,
        cmid=row.cmid if item.type == ACTIVITY and row.cmid is not None else UNSET,
        weightraw=row.weight if weighted else UNSET,
        weightformatted=_percent(row.weight) if row.weight is not None else UNSET,
        status=UNSET if row.status is None else row.status,
        graderaw=row.value,
        gradedatesubmitted=None,
        gradedategraded=row.graded_at,
        gradehiddenbydate=row.hidden_until,
        gradeneedsupdate=False,
        gradeishidden=row.is_hidden,
        gradeislocked=row.is_locked if setup else None,
        gradeisoverridden=row.is_overridden if setup else None,
        gradeformatted=row.shown,
        grademin=row.minimum,
        grademax=row.maximum,
        rangeformatted=row.range,
        percentageformatted=row.percentage,
        feedback=row.feedback,
        feedbackformat=row.feedbackformat,
    )


# Items of as many points have the same share.
@lru_cache
def _percent(share: float) -> str:
    """Write a share as it is shown everywhere, whatever decimals grades have."""
    return grade_display.display(share, 0, 1, PERCENTAGE, 2)


FUNCTIONS = (Bound(c.get_grade_items, get_grade_items, long=True),)
