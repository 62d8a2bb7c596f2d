"""Body of core_course for changing courses."""

from typing import Any

from coursewire.contracts.core_course import courses as c
from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.contracts.fields import UNSET, given
from coursewire.contracts.parts import CallWarning, Warned
from coursewire.domain import (
    contexts,
    course_changes,
    course_rights,
    custom_fields,
    sections,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.courses import KIND, require_dates
from coursewire.domain.site import SITE_COURSE
from coursewire.functions.binding import Bound
from coursewire.store import courses
from coursewire.store.courses import CourseRecord

# Fields of the call that are not columns of the course, or that are looked at by themselves.
# Themes of courses are not switched on, so one that was sent is left out.
_OTHERS = frozenset(
    {"id", "categoryid", "hiddensections", "forcetheme", "courseformatoptions", "customfields"}
)


def update_courses(call: Call, params: c.UpdateCourses) -> Warned:
    """Change courses, each by itself; a failure becomes a warning."""
    warnings: list[CallWarning] = []
    for change in params.courses:
        try:
            with call.transaction():
                _update(call, change)
        except Refusal as refusal:
            warnings.append(
                CallWarning(
                    item="course",
                    itemid=change.id,
                    warningcode=refusal.errorcode or "",
                    message=refusal.message,
                )
            )
    return Warned(warnings=warnings)


def _update(call: Call, change: c.CourseChange) -> None:
    sent = {"category": change.categoryid, "enablecompletion": change.enablecompletion}
    locking = {name: value for name, value in sent.items() if value is not UNSET}
    course_changes.lock(call, change.id, locking)
    place = contexts.get(call.session, contexts.COURSE, change.id)
    validation.validate_context(call, place)
    call.permissions.require(course_rights.UPDATE, place)
    course = courses.get(call.session, change.id)
    if course is None or course.id == SITE_COURSE:
        raise MoodleError("invalidcourse", "The course of the site cannot be changed in this way")
    values = _values(call, course, change)
    course_rights.require_all(call, course, place, values)
    course_changes.require_free(call, course, values)
    if given(change.enddate, 0):
        require_dates(given(change.startdate, 0), given(change.enddate, 0))
    course_changes.write(call, course, values, _options(change))
    custom_fields.save(call.session, KIND, [(course.id, change.customfields)])


def _values(call: Call, course: CourseRecord, change: c.CourseChange) -> dict[str, Any]:
    """Return what was sent, by the names that the rules have for it."""
    sent = {name: getattr(change, name) for name in change.__struct_fields__ if name not in _OTHERS}
    values = {name: value for name, value in sent.items() if value is not UNSET}
    if given(change.categoryid, course.category) != course.category:
        values["category"] = change.categoryid
    last = sections.last_number(call.session, course.id)
    if values.get("numsections", last) <= last:
        # Sections that are there stay, and what is in them.
        values.pop("numsections", None)
    return values


def _options(change: c.CourseChange) -> dict[str, int | str]:
    options: dict[str, int | str] = {
        each.name: each.value for each in given(change.courseformatoptions, [])
    }
    if change.hiddensections is not UNSET:
        options.setdefault("hiddensections", change.hiddensections)
    return options


FUNCTIONS = (Bound(c.update_courses, update_courses, long=True),)
