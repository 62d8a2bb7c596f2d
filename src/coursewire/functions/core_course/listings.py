"""Bodies of core_course for finding courses: by a field, and by search."""

from collections.abc import Collection
from typing import TypeVar

from msgspec.structs import replace

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


# What both functions tell of a course, or that and more.
C = TypeVar("C", bound=c.PublicCourse)


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
    public = _public(c.DetailedCourse, call, course, place, listing)
    if not entered:
        return public
    told = replace(
        public,
        format=course.format,
        showgrades=course.showgrades,
        newsitems=course.newsitems,
        startdate=course.startdate,
        enddate=course.enddate,
        maxbytes=course.maxbytes,
        showreports=course.showreports,
        visible=course.visible,
        groupmode=course.groupmode,
        groupmodeforce=course.groupmodeforce,
        defaultgroupingid=course.defaultgroupingid,
        enablecompletion=course.enablecompletion,
        completionnotify=course.completionnotify,
        lang=_known(course.lang, installed.LANGS),
        theme=_known(course.theme, installed.THEMES),
        marker=course.marker,
        filters=[],
        courseformatoptions=_options(course, listing),
    )
    if not call.permissions.may(UPDATE, place):
        return told
    return replace(
        told,
        idnumber=course.idnumber,
        legacyfiles=course.legacyfiles,
        calendartype=course.calendartype,
        timecreated=course.timecreated,
        timemodified=course.timemodified,
        requested=course.requested,
        cacherev=course.cacherev,
    )


def _known(name: str, names: Collection[str]) -> str:
    return name if name in names else ""


def _options(course: CourseRecord, listing: Listing) -> list[NameValue] | Unset:
    if course.format == course_formats.SITE:
        return UNSET
    options = listing.options(course)
    return [NameValue(name=name, value=value) for name, value in options.items()]


def _public(kind: type[C], call: Call, course: CourseRecord, place: Context, listing: Listing) -> C:
    shortname, fullname, displayname, summary, summaryformat = listing.texts(course, place)
    picture, files = listing.pictures.shown_with(place.id)
    fields = listing.fields(course)
    conditions = course.showcompletionconditions if course.enablecompletion else None
    return kind(
        id=course.id,
        shortname=shortname,
        fullname=fullname,
        displayname=displayname,
        summary=summary,
        summaryformat=summaryformat,
        courseimage=picture,
        categoryid=course.category,
        categoryname=listing.category_name(course),
        sortorder=course.sortorder,
        summaryfiles=[],
        overviewfiles=files,
        showactivitydates=bool(course.showactivitydates),
        showcompletionconditions=None if conditions is None else bool(conditions),
        contacts=[
            c.CourseContact(id=user_id, fullname=name) for user_id, name in listing.contacts(course)
        ],
        enrollmentmethods=listing.ways_in(course),
        customfields=_custom(call, fields) if fields else UNSET,
    )


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
            _public(c.PublicCourse, call, course, places[course.id], listing) for course in page
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
