"""Bodies of core_course for courses: read by id, delete."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from coursewire.contracts.core_course import courses as c
from coursewire.contracts.fields import UNSET, Unset
from coursewire.contracts.parts import CallWarning, Warned
from coursewire.domain import (
    answer_rows,
    contexts,
    course_deletion,
    course_formats,
    course_texts,
    custom_fields,
    deletable_courses,
    installed,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_rights import UPDATE
from coursewire.domain.course_texts import Shown
from coursewire.domain.courses import KIND
from coursewire.domain.site import SITE_COURSE
from coursewire.functions.binding import Bound
from coursewire.store import courses, sections
from coursewire.store.courses import CourseRecord

VIEW = "moodle/course:view"
HIDDEN = "moodle/course:viewhiddencourses"


def get_courses(call: Call, params: c.GetCourses) -> list[c.Course]:
    """Read courses by id, or all courses; one that may not be read spoils the call."""
    ids = [] if params.options.ids is UNSET else params.options.ids
    if not ids:
        answer_rows.require_few(call, "courses", courses.are_more)
    found = courses.of_ids(call.session, ids) if ids else courses.every(call.session)
    places = contexts.of_courses(call.session, found)
    chosen: list[tuple[CourseRecord, Context]] = []
    for course in found.values():
        place = validation.wrap_read(call, course, places.get(course.id))
        if course.id != SITE_COURSE:
            call.permissions.require(VIEW, place)
        may = call.permissions.may
        if course.visible or may(UPDATE, place) or may(HIDDEN, place):
            chosen.append((course, place))
    details = _Details(call, [course for course, _ in chosen])
    return [_shown(call, course, place, details) for course, place in chosen]


class _Details:
    """What stands in other tables, read for all the courses at once."""

    def __init__(self, call: Call, listed: Collection[CourseRecord]) -> None:
        session = call.session
        ids = [course.id for course in listed]
        self._call = call
        self.texts = Shown(call, listed).texts
        self._options = courses.format_options(session, ids)
        self._last_sections = sections.last_numbers(session, ids)
        self._fields = {
            editor: custom_fields.values(session, KIND, ids, editor=editor)
            for editor in (False, True)
        }

    def options(self, course: CourseRecord) -> dict[str, int | str]:
        """Return the options of the course's format, with their defaults."""
        stored = self._options.get((course.id, course.format), {})
        return course_formats.options(course.format, stored)

    def last_section(self, course: CourseRecord) -> int:
        """Return the number of the last section."""
        return self._last_sections.get(course.id, 0)

    def fields(self, course: CourseRecord, *, editor: bool) -> list[c.CourseCustomField]:
        """Return the custom fields that have a value and that the caller sees."""
        values = self._fields[editor].get(course.id, ())
        return [c.CourseCustomField(**each) for each in course_texts.fields(self._call, values)]


class _Untold(Struct, frozen=True):
    """What those who may not change a course are told of how it is set."""

    sortorder: Unset = UNSET
    idnumber: Unset = UNSET
    showgrades: Unset = UNSET
    newsitems: Unset = UNSET
    maxbytes: Unset = UNSET
    showreports: Unset = UNSET
    visible: Unset = UNSET
    groupmode: Unset = UNSET
    groupmodeforce: Unset = UNSET
    defaultgroupingid: Unset = UNSET
    timecreated: Unset = UNSET
    timemodified: Unset = UNSET
    enablecompletion: Unset = UNSET
    completionnotify: Unset = UNSET


_UNTOLD = _Untold()


def _shown(call: Call, course: CourseRecord, place: Context, details: _Details) -> c.Course:
    shortname, fullname, displayname, summary, summaryformat = details.texts(course, place)
    editor = call.permissions.may(UPDATE, place)
    told = course if editor else _UNTOLD
    options = details.options(course)
    # What the format says of its sections wins over the sections there are.
    last_section = details.last_section(course) if editor else UNSET
    hidden: Any = options.get("hiddensections", UNSET) if editor else UNSET
    sections_told: Any = options.get("numsections", last_section)
    conditions = course.showcompletionconditions
    return c.Course(
        id=course.id,
        shortname=shortname,
        categoryid=course.category,
        categorysortorder=told.sortorder,
        fullname=fullname,
        displayname=displayname,
        idnumber=told.idnumber,
        summary=summary,
        summaryformat=summaryformat,
        format=course.format,
        showgrades=told.showgrades,
        newsitems=told.newsitems,
        startdate=course.startdate,
        enddate=course.enddate,
        numsections=sections_told,
        maxbytes=told.maxbytes,
        showreports=told.showreports,
        visible=told.visible,
        hiddensections=hidden,
        groupmode=told.groupmode,
        groupmodeforce=told.groupmodeforce,
        defaultgroupingid=told.defaultgroupingid,
        timecreated=told.timecreated,
        timemodified=told.timemodified,
        enablecompletion=told.enablecompletion,
        completionnotify=told.completionnotify,
        lang=_known(course.lang, installed.LANGS) if editor else UNSET,
        forcetheme=_known(course.theme, installed.THEMES) if editor else UNSET,
        courseformatoptions=_option_list(options) if editor else UNSET,
        showactivitydates=bool(course.showactivitydates),
        showcompletionconditions=None if conditions is None else bool(conditions),
        customfields=details.fields(course, editor=editor) or UNSET,
    )


def _known(name: str, names: Collection[str]) -> str:
    return name if name in names else ""


def _option_list(options: Mapping[str, int | str]) -> list[c.CourseFormatOption]:
    return [c.CourseFormatOption(name=name, value=value) for name, value in options.items()]


def delete_courses(call: Call, params: c.DeleteCourses) -> Warned:
    """Delete courses with all they hold, each by itself; a failure becomes a warning."""
    warnings: list[CallWarning] = []
    for course_id in params.courseids:
        try:
            _delete(call, course_id)
        except _Kept as kept:
            text = str(kept)
            warnings.append(
                CallWarning(item="course", itemid=course_id, warningcode=kept.code, message=text)
            )
    return Warned(warnings=warnings)


class _Kept(Exception):
    """A course is not deleted; becomes a warning."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _delete(call: Call, course_id: int) -> None:
    with call.transaction():
        course = courses.get(call.session, course_id)
        if course is None:
            raise _Kept("unknowncourseidnumber", f"There is no course {course_id}")
        place = validation.validate_context(call, contexts.course(call.session, course_id))
        if not deletable_courses.is_deletable(call, course, place):
            raise _Kept("cannotdeletecourse", f"You may not delete course {course_id}")
        if course_id == SITE_COURSE:
            raise _Kept("cannotdeletecategorycourse", "The course of the site cannot be deleted")
        course_deletion.delete(call, course_id)


FUNCTIONS = (
    Bound(c.get_courses, get_courses, long=True),
    Bound(c.delete_courses, delete_courses, long=True),
)
