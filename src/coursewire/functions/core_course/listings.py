"""Bodies of core_course for finding courses: by a field, and by search."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct

from coursewire.contracts.core_course import listings as c
from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.fields import UNSET, Unset
from coursewire.contracts.parts import CallWarning, CustomField, NameValue
from coursewire.domain import (
    answer_rows,
    contexts,
    course_formats,
    course_search,
    course_texts,
    course_warnings,
    enrolled_courses,
    installed,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_listing import Listing
from coursewire.domain.course_rights import UPDATE
from coursewire.domain.custom_fields import FieldValue
from coursewire.domain.loose_numbers import whole_number
from coursewire.functions.binding import Bound
from coursewire.store.courses import CourseRecord

HIDDEN = "moodle/course:viewhiddencourses"


class _Untold(Struct, frozen=True):
    """What is told of how a course is set to those who are not in it, or may not change it."""

    format: Unset = UNSET
    showgrades: Unset = UNSET
    newsitems: Unset = UNSET
    startdate: Unset = UNSET
    enddate: Unset = UNSET
    maxbytes: Unset = UNSET
    showreports: Unset = UNSET
    visible: Unset = UNSET
    groupmode: Unset = UNSET
    groupmodeforce: Unset = UNSET
    defaultgroupingid: Unset = UNSET
    enablecompletion: Unset = UNSET
    completionnotify: Unset = UNSET
    marker: Unset = UNSET
    idnumber: Unset = UNSET
    legacyfiles: Unset = UNSET
    calendartype: Unset = UNSET
    timecreated: Unset = UNSET
    timemodified: Unset = UNSET
    requested: Unset = UNSET
    cacherev: Unset = UNSET


_UNTOLD = _Untold()


def get_courses_by_field(call: Call, params: c.GetCoursesByField) -> c.CoursesByField:
    """Read the courses of which a field has the value, as far as the caller may see them."""
    found = course_search.by_field(call, params.field, params.value)
    places = contexts.of_courses(call.session, [course.id for course in found])
    may = call.permissions.may
    shown = [
        course
        for course in found
        if course.id in places
        and (course.visible or may(HIDDEN, places[course.id]) or may(UPDATE, places[course.id]))
    ]
    entered = validation.enterable(call, {course.id: course for course in shown})
    known = {course.id for course in course_search.known_to(call, shown, places)}
    told = [course for course in shown if course.id in entered or course.id in known]
    listing = Listing(call, told, places)
    warnings: list[CallWarning] = []
    if params.field == "ids":
        warnings = _inaccessible(params.value, entered)
    return c.CoursesByField(
        courses=[
            _detailed(call, course, places[course.id], listing, entered=course.id in entered)
            for course in told
        ],
        warnings=warnings,
    )


def _inaccessible(asked: str, entered: Collection[int]) -> list[CallWarning]:
    ids = dict.fromkeys(whole_number(part) for part in asked.split(","))
    return [course_warnings.not_entered(each) for each in ids if each not in entered]


def _detailed(
    call: Call, course: CourseRecord, place: Context, listing: Listing, *, entered: bool
) -> c.DetailedCourse:
    told = course if entered else _UNTOLD
    edited = course if entered and call.permissions.may(UPDATE, place) else _UNTOLD
    return c.DetailedCourse(
        **_public(call, course, place, listing),
        idnumber=edited.idnumber,
        format=told.format,
        showgrades=told.showgrades,
        newsitems=told.newsitems,
        startdate=told.startdate,
        enddate=told.enddate,
        maxbytes=told.maxbytes,
        showreports=told.showreports,
        visible=told.visible,
        groupmode=told.groupmode,
        groupmodeforce=told.groupmodeforce,
        defaultgroupingid=told.defaultgroupingid,
        enablecompletion=told.enablecompletion,
        completionnotify=told.completionnotify,
        lang=_known(course.lang, installed.LANGS) if entered else UNSET,
        theme=_known(course.theme, installed.THEMES) if entered else UNSET,
        marker=told.marker,
        legacyfiles=edited.legacyfiles,
        calendartype=edited.calendartype,
        timecreated=edited.timecreated,
        timemodified=edited.timemodified,
        requested=edited.requested,
        cacherev=edited.cacherev,
        filters=[] if entered else UNSET,
        courseformatoptions=_options(course, listing) if entered else UNSET,
    )


def _known(name: str, names: Collection[str]) -> str:
    return name if name in names else ""


def _options(course: CourseRecord, listing: Listing) -> list[NameValue] | Unset:
    if course.format == course_formats.SITE:
        return UNSET
    options = listing.options(course)
    return [NameValue(name=name, value=value) for name, value in options.items()]


def _public(call: Call, course: CourseRecord, place: Context, listing: Listing) -> dict[str, Any]:
    shortname, fullname, displayname, summary, summaryformat = listing.texts(course, place)
    picture, files = listing.pictures.of(place.id)
    fields = listing.fields(course)
    conditions = course.showcompletionconditions if course.enablecompletion else None
    return {
        "id": course.id,
        "shortname": shortname,
        "fullname": fullname,
        "displayname": displayname,
        "summary": summary,
        "summaryformat": summaryformat,
        "courseimage": picture,
        "categoryid": course.category,
        "categoryname": listing.category_name(course),
        "sortorder": course.sortorder,
        "summaryfiles": [],
        "overviewfiles": files,
        "showactivitydates": bool(course.showactivitydates),
        "showcompletionconditions": None if conditions is None else bool(conditions),
        "contacts": [
            c.CourseContact(id=user_id, fullname=name) for user_id, name in listing.contacts(course)
        ],
        "enrollmentmethods": listing.ways_in(course),
        "customfields": _custom(call, fields) if fields else UNSET,
    }


def _custom(call: Call, fields: Collection[FieldValue]) -> list[CustomField]:
    return [CustomField(**each) for each in course_texts.fields(call, fields)]


def search_courses(call: Call, params: c.SearchCourses) -> c.FoundCourses:
    """Find courses by words, and page through what was found."""
    validation.validate_context(call, call.site.system)
    found = course_search.search(call, params.criterianame, params.criteriavalue)
    places = contexts.of_courses(call.session, [course.id for course in found])
    known = course_search.known_to(call, found, places)
    if params.limittoenrolled:
        own = enrolled_courses.of_user(call.session, call.caller.id, call.site, call.now)
        mine = {course.id for course in own}
        known = [course for course in known if course.id in mine]
    if params.onlywithcompletion:
        known = [course for course in known if course.enablecompletion]
    for capability in params.requiredcapabilities:
        known = [course for course in known if call.permissions.may(capability, places[course.id])]
    page = _page(known, params.page, params.perpage)
    answer_rows.require_count(call, "courses", len(page))
    listing = Listing(call, page, places)
    return c.FoundCourses(
        total=len(known),
        courses=[
            c.PublicCourse(**_public(call, course, places[course.id], listing)) for course in page
        ],
        warnings=[],
    )


def _page(found: list[CourseRecord], page: int, perpage: int) -> list[CourseRecord]:
    """Return one page, pages counted from 0; no size means everything on one page."""
    if page < 0 or perpage < 0:
        raise InvalidParameter("pages count from 0", remedy="send no negative numbers")
    return found[page * perpage : (page + 1) * perpage] if perpage else found


FUNCTIONS = (
    Bound(c.get_courses_by_field, get_courses_by_field, long=True),
    Bound(c.search_courses, search_courses, long=True),
)
