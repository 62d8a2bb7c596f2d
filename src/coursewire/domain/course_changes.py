"""Changes of courses: columns, place, format, sections."""

from collections.abc import Mapping
from typing import Any

from msgspec import structs
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import (
    categories,
    contexts,
    course_completion,
    course_formats,
    courses,
    descriptions,
    sections,
)
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.store import categories as category_store
from coursewire.store import courses as store
from coursewire.store import sections as section_store
from coursewire.store.courses import CourseRecord

_DATES = ("startdate", "enddate")
_COLUMNS = frozenset(
    {
        "fullname",
        "shortname",
        "idnumber",
        "visible",
        "format",
        "startdate",
        "enddate",
        "summary",
        "summaryformat",
        "groupmode",
        "groupmodeforce",
        "defaultgroupingid",
        "showgrades",
        "showreports",
        "maxbytes",
        "newsitems",
        "lang",
        "enablecompletion",
        "completionnotify",
        "showactivitydates",
        "showcompletionconditions",
    }
)


def change(
    call: Call, course_id: int, values: Mapping[str, Any], options: Mapping[str, int | str]
) -> None:
    """Write columns, category, number of sections and format options of a course."""
    with call.transaction():
        lock(call, course_id, values)
        course = courses.require(call.session, course_id)
        if _ending(call, course, values, options) is None:
            dates = {name: values.get(name, getattr(course, name)) for name in _DATES}
            courses.require_dates(**dates)
        write(call, course, values, options)


def lock(call: Call, course_id: int, values: Mapping[str, Any]) -> None:
    """Keep others from changing a course meanwhile, and the category that it is to go into.

    The category comes first, as where one is changed with the courses in it, so that neither waits
    for the other; then the people whose completion begins to be looked at.
    """
    wanted = values.get("category")
    course = store.get(call.session, course_id)
    if course is not None and wanted is not None and wanted != course.category:
        category_store.lock(call.session, [wanted])
    if course is not None and values.get("enablecompletion") and not course.enablecompletion:
        course_completion.hold_everybody(call, course_id)
    store.lock(call.session, [course_id])


def write(
    call: Call, course: CourseRecord, values: Mapping[str, Any], options: Mapping[str, int | str]
) -> None:
    """Write what `change` writes, the dates as they come: the reference checks only what is sent.

    That is recorded in courses_update: a start after the stored end is taken.
    """
    columns: dict[str, Any] = {
        name: int(value) if isinstance(value, bool) else value
        for name, value in values.items()
        if name in _COLUMNS
    }
    if "numsections" in values:
        sections.require_fit(values["numsections"])
    ending = _ending(call, course, values, options)
    if ending is not None:
        limits.require_time("enddate", ending)
        columns["enddate"] = ending
    wanted = structs.replace(course, **columns)
    _check(call, course, wanted)
    if "visible" in columns:
        columns["visibleold"] = columns["visible"]
    try:
        row = {**columns, "cacherev": call.now, "timemodified": call.now}
        store.change(call.session, course.id, row)
    except IntegrityError as problem:
        raise courses.taken_meanwhile(course, wanted) from problem
    if wanted.enablecompletion and not course.enablecompletion:
        # What was done while nobody looked counts from now on.
        course_completion.evaluate(call, course.id, None)
    if "category" in values:
        _move(call, course, values["category"])
    if "numsections" in values:
        _set_sections(call, course, values["numsections"])
    chosen = course_formats.known_options(wanted.format, options)
    if chosen:
        store.set_format_options(call.session, course.id, wanted.format, chosen)
    fields = sorted({*values, *options})
    call.audit.record(
        "course.update", f"course {course.id}", shortname=course.shortname, fields=fields
    )


def _ending(
    call: Call,
    course: CourseRecord,
    values: Mapping[str, Any],
    options: Mapping[str, int | str],
) -> int | None:
    """Return the end date where the format gives it: it follows start and sections."""
    kind = values.get("format", course.format)
    stored = store.format_options(call.session, [course.id]).get((course.id, kind), {})
    chosen = {**stored, **course_formats.known_options(kind, options)}
    last = section_store.last_numbers(call.session, [course.id]).get(course.id, 0)
    return course_formats.end_date(
        kind,
        course_formats.options(kind, chosen),
        values.get("startdate", course.startdate),
        values.get("numsections", last),
    )


def require_free(call: Call, course: CourseRecord, values: Mapping[str, Any]) -> None:
    """Refuse names that another course has."""
    for name, code in courses.UNIQUE.items():
        new = values.get(name)
        changed = new != getattr(course, name)
        if new and changed and store.taken(call.session, name, [new]):
            raise courses.taken_by_another(name, new, code)


def _check(call: Call, course: CourseRecord, wanted: CourseRecord) -> None:
    courses.require_names(wanted.fullname, wanted.shortname)
    descriptions.check_format(wanted.summaryformat)
    require_free(call, course, {name: getattr(wanted, name) for name in courses.UNIQUE})
    courses.require_fit(wanted)


def _move(call: Call, course: CourseRecord, category_id: int) -> None:
    """Put a course before the others of its new category."""
    session = call.session
    found = category_store.lock(session, [category_id]).get(category_id)
    if found is None:
        raise MissingRecord("category", category_id)
    store.make_room(session, category_id, 1)
    row = {"category": category_id, "sortorder": found.sortorder + 1}
    if not found.visible:
        row["visible"] = 0
    store.change(session, course.id, row)
    place = contexts.get(session, contexts.COURSE, course.id)
    contexts.move(session, place, categories.place(session, category_id))


def _set_sections(call: Call, course: CourseRecord, wanted: int) -> None:
    last = section_store.last_numbers(call.session, [course.id]).get(course.id, -1)
    if wanted < last:
        reason = f"course {course.shortname!r} has {last} sections, and removing is not possible"
        raise InvalidParameter(reason, remedy=f"write numsections: {last}")
    missing = ((course.id, number) for number in range(last + 1, wanted + 1))
    section_store.add_many(call.session, missing, call.now)
