"""Bodies of core_course for one activity (course module), by its id or by its instance."""

from typing import Any

from coursewire.contracts.core_course import modules as c
from coursewire.contracts.errors import CodingError, MissingRecord
from coursewire.contracts.parts import ActivityId
from coursewire.domain import activities, activity_kinds, grade_display, grade_items
from coursewire.domain.call import Call
from coursewire.functions.binding import Bound
from coursewire.store import activities as rows
from coursewire.store import activity_details
from coursewire.store.activities import ActivityRecord
from coursewire.text.short import format_string

MANAGE = "moodle/course:manageactivities"


def get_course_module(call: Call, params: ActivityId) -> c.CourseModuleAnswer:
    """Read an activity by its course module id."""
    return _answer(call, params.cmid)


def get_course_module_by_instance(
    call: Call, params: c.GetCourseModuleByInstance
) -> c.CourseModuleAnswer:
    """Read an activity by its kind and the id it has there."""
    if not params.module:
        raise CodingError("a kind of activity has a name")
    found = rows.of_instance(call.session, params.module, params.instance)
    if found is None:
        raise MissingRecord(f"activity of kind {params.module}", params.instance)
    return _answer(call, found.id)


def _answer(call: Call, cmid: int) -> c.CourseModuleAnswer:
    activity, place = activities.enter(call, cmid)
    shown = _for_everybody(call, activity)
    if call.permissions.may(MANAGE, place):
        shown |= _for_editors(call, activity)
    return c.CourseModuleAnswer(cm=c.CourseModule(**shown), warnings=[])


def _for_everybody(call: Call, activity: ActivityRecord) -> dict[str, Any]:
    return {
        "id": activity.id,
        "course": activity.course_id,
        "module": activity_kinds.of(activity.module, call.site.activity_kinds).number,
        "name": format_string(activity.name, call.text),
        "modname": activity.module,
        "instance": activity.instance,
        "section": activity.section_id,
        "sectionnum": activity.section_number,
        "groupmode": activity.groupmode,
        "groupingid": activity.groupingid,
        "completion": activity.completion,
        "downloadcontent": 1,
    }


def _for_editors(call: Call, activity: ActivityRecord) -> dict[str, Any]:
    details = activity_details.of_ids(call.session, [activity.id])[activity.id]
    kind = activity_kinds.of(activity.module, call.site.activity_kinds)
    shown: dict[str, Any] = {
        "idnumber": activity.idnumber,
        "added": activity.added,
        "score": 0,
        "indent": 0,
        "visible": activity.visible,
        "visibleoncoursepage": activity.visibleoncoursepage,
        "visibleold": details.visibleold,
        # Activities have one grade item, the first.
        "completiongradeitemnumber": 0 if activity.completionusegrade else None,
        "completionpassgrade": activity.completionpassgrade,
        "completionview": activity.completionview,
        "completionexpected": details.completionexpected,
        # What has no page of its own is nothing but its description.
        "showdescription": details.showdescription if kind.has_page else 1,
        "availability": None,
        **_grading(call, activity),
    }
    if kind.areas:
        shown["advancedgrading"] = [
            # No grading methods of their own are set up here.
            c.AdvancedGrading(area=area, method=None)
            for area in kind.areas
        ]
    return shown


def _grading(call: Call, activity: ActivityRecord) -> dict[str, Any]:
    item = grade_items.of_activity(
        call.session, activity.course_id, activity.module, activity.instance
    )
    if item is None:
        return {}
    return {
        "grade": item.grademax,
        "gradepass": grade_display.rounded(item.gradepass, 2),
        "gradecat": item.category_id,
    }


FUNCTIONS = (
    Bound(c.get_course_module, get_course_module),
    Bound(c.get_course_module_by_instance, get_course_module_by_instance),
)
