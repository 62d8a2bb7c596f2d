"""The form that changes a course."""

from typing import Any

from coursewire.console import course_tabs, days, refused
from coursewire.console.answers import Answer
from coursewire.console.category_tree import tree
from coursewire.console.course_tabs import MODES, course_of
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import course_care, course_formats, course_rights, edit_marks, groupings
from coursewire.domain.course_care import FIELDS
from coursewire.store.courses import CourseRecord

_TEXTS = ("fullname", "shortname", "idnumber")
# Words of refusals and the fields that they are about, looked for in this order.
BLAMED = {
    "idnumber": "idnumber",
    "shortname": "shortname",
    "fullname": "fullname",
    "enddate": "enddate",
    "category": "category",
    "grouping": "grouping",
    "groupmode": "groupmode",
    "format": "format",
}
_COMPARED = ("fullname", "shortname", "idnumber")
_FORMATS = {
    "topics": "topics",
    "weeks": "weeks",
    "singleactivity": "single activity",
}
_AUTOMATIC = "automaticenddate"


def ask(visit: Visit) -> Answer:
    """Show what can be changed."""
    return _form(visit, course_of(visit))


def change(visit: Visit) -> Answer:
    """Change the course."""
    course = course_of(visit)
    values, options = _read(visit, course)
    if visit.errors:
        return _form(visit, course)
    try:
        course_care.change(visit.call, course.id, values, options, visit.form.text("seen"))
    except Refusal as refusal:
        course = course_of(visit)
        present = _stored(visit, course)
        stale = refused.tell_change(
            visit, refusal, {name: present[name] for name in _COMPARED}, BLAMED, "fullname"
        )
        return _form(visit, course, stale=stale)
    return visit.redirect(course_tabs.path(course.id), f"The course {course.shortname} is changed.")


def _read(visit: Visit, course: CourseRecord) -> tuple[dict[str, Any], dict[str, int | str]]:
    form = visit.form
    values: dict[str, Any] = {name: form.text(name) for name in _TEXTS}
    for name in ("fullname", "shortname"):
        if not values[name]:
            visit.errors.add(name, f"The course needs a {refused.LABELS[name]}.")
    kind = form.text("format")
    is_automatic = kind == course_formats.WEEKS and form.is_on(_AUTOMATIC)
    values |= {
        "category": form.number("category"),
        "visible": int(form.is_on("visible")),
        "format": kind,
        "startdate": days.instant(visit, "startdate", before=course.startdate),
        "groupmode": form.number("groupmode", -1),
        "groupmodeforce": int(form.is_on("groupmodeforce")),
        "defaultgroupingid": form.number("grouping"),
        # Browsers end lines as forms do.
        "summary": form.raw("summary").replace("\r\n", "\n"),
    }
    if not is_automatic:
        values["enddate"] = days.instant(visit, "enddate", ends=True, before=course.enddate)
    options: dict[str, int | str] = {_AUTOMATIC: int(form.is_on(_AUTOMATIC))}
    return values, options if kind == course_formats.WEEKS else {}


def _stored(visit: Visit, course: CourseRecord) -> dict[str, str]:
    automatic = course_care.options_of(visit.call, course.id, course_formats.WEEKS)[_AUTOMATIC]
    return {
        **{name: getattr(course, name) for name in (*_TEXTS, "format", "summary")},
        "category": str(course.category),
        "visible": "1" if course.visible else "",
        "startdate": days.day(course.startdate),
        "enddate": days.day(course.enddate),
        "groupmode": str(course.groupmode),
        "groupmodeforce": "1" if course.groupmodeforce else "",
        "grouping": str(course.defaultgroupingid),
        _AUTOMATIC: "1" if automatic else "",
    }


def _form(visit: Visit, course: CourseRecord, *, stale: bool = False) -> Answer:
    closed = refused.closed(
        visit,
        f"change the course {course.shortname}",
        lambda: course_care.require_changeable(visit.call, course.id),
    )
    if closed is not None:
        return closed
    stored = _stored(visit, course)
    sent = bool(visit.form.pairs)
    lacking = course_rights.lacking(visit.call, course_care.place(visit.call, course.id))
    seen = edit_marks.mark(course, FIELDS)
    return visit.page(
        "courses/edit.html",
        course=course,
        values={name: visit.form.raw(name) if sent else stored[name] for name in stored},
        seen=visit.form.text("seen") if sent and not stale else seen,
        takes={
            name: f"You may not change it: it takes {needed}." if name in lacking else ""
            for name, needed in course_rights.NEEDS.items()
        },
        tree=tree(visit.session),
        modes=MODES,
        formats=_formats(course),
        groupings=groupings.of_course(visit.call, course.id),
    )


def _formats(course: CourseRecord) -> list[tuple[str, str]]:
    known = list(_FORMATS.items())
    return known if course.format in _FORMATS else [*known, (course.format, course.format)]


_PATH = "/console/courses/{id:int}/edit"
ACTIONS = (
    shows(_PATH, ask, right="operator"),
    acts(_PATH, change, right="operator"),
)
