"""Courses: look-ups and creation, with what may stand only once on the site."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.contracts.fields import UNSET, Unset
from coursewire.contracts.parts import CustomFieldValue
from coursewire.domain import (
    categories,
    contexts,
    course_formats,
    custom_fields,
    descriptions,
    grade_items,
    id_ranges,
    installed,
    sections,
)
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.text_limits import trimmed
from coursewire.store import categories as categories_store
from coursewire.store import courses as store
from coursewire.store.courses import CourseRecord
from coursewire.store.session import Session

KIND = "course"
FULLNAME = 1333
SHORTNAME = 255
FORMAT = 21
# Names that may stand once on the site, with the code of the refusal.
UNIQUE: Mapping[str, str] = MappingProxyType(
    {"shortname": "shortnametaken", "idnumber": "courseidnumbertaken"}
)


class NewCourse(Struct, frozen=True, kw_only=True):
    """A course to be created; the defaults are those of a site that nobody has set up."""

    category: int
    fullname: str
    shortname: str
    idnumber: str = ""
    summary: str = ""
    summaryformat: int = 1
    format: str = course_formats.TOPICS
    formatoptions: Mapping[str, int | str] = MappingProxyType({})
    numsections: int = 0
    showgrades: int = 1
    newsitems: int = 5
    startdate: int = 0
    enddate: int = 0
    maxbytes: int = 0
    showreports: int = 0
    visible: int = 1
    groupmode: int = 0
    groupmodeforce: int = 0
    defaultgroupingid: int = 0
    enablecompletion: int = 1
    completionnotify: int = 0
    showactivitydates: int = 1
    showcompletionconditions: int | None = 1
    lang: str = ""
    theme: str = ""
    customfields: Sequence[CustomFieldValue] | Unset = UNSET


_COLUMNS = tuple(
    name
    for name in NewCourse.__struct_fields__
    if name not in {"formatoptions", "numsections", "customfields"}
)
_SMALL = (
    "summaryformat",
    "showgrades",
    "visible",
    "showreports",
    "groupmodeforce",
    "enablecompletion",
    "completionnotify",
)


def get(session: Session, course_id: int) -> CourseRecord | None:
    """Return a course, or None."""
    return store.get(session, course_id)


def require(session: Session, course_id: int) -> CourseRecord:
    """Return a course, or raise MissingRecord."""
    found = store.get(session, course_id)
    if found is None:
        raise MissingRecord(KIND, course_id)
    return found


def create(call: Call, new: NewCourse) -> CourseRecord:
    """Create one course; who may do that is decided before."""
    return create_many(call, [new])[0]


def create_many(call: Call, news: Sequence[NewCourse]) -> list[CourseRecord]:
    """Create courses, all of them or none; who may do that is decided before."""
    with call.transaction():
        creation = Creation(call, news)
        for new in news:
            creation.add(new)
        return creation.store()


class Sought(NamedTuple):
    """What is looked up for a new course before it is checked."""

    category: int
    shortname: str
    idnumber: str


class Creation:
    """The courses of one call, checked one after the other and stored together."""

    def __init__(self, call: Call, news: Sequence[NewCourse | Sought]) -> None:
        self._call = call
        session = call.session
        self._categories = categories_store.lock(session, {new.category for new in news})
        self._shortnames = store.taken(session, "shortname", {new.shortname for new in news})
        idnumbers = {new.idnumber for new in news if new.idnumber}
        self._idnumbers = store.taken(session, "idnumber", idnumbers)
        self._news: list[NewCourse] = []

    def add(self, new: NewCourse) -> None:
        """Check a course and keep it for storing."""
        require_names(new.fullname, new.shortname)
        descriptions.check_format(new.summaryformat)
        self._require_free(new)
        require_dates(new.startdate, new.enddate)
        require_fit(new)
        sections.require_fit(new.numsections)
        if new.category not in self._categories:
            raise MissingRecord("category", new.category)
        self._shortnames.add(new.shortname)
        if new.idnumber:
            self._idnumbers.add(new.idnumber)
        self._news.append(new)

    def store(self) -> list[CourseRecord]:
        """Insert what was added, newest first in its category, with contexts and sections."""
        if not self._news:
            return []
        call, news = self._call, self._news
        rows = [_row(call, new) for new in news]
        self._place(rows)
        try:
            ids = store.add_many(call.session, rows)
        except IntegrityError as problem:
            raise MoodleError("shortnametaken", "The short name is already in use") from problem
        self._furnish(ids)
        target = f"course {id_ranges.written(ids)}"
        call.audit.record("course.create", target, names=[new.shortname for new in news])
        found = store.of_ids(call.session, ids)
        return [found[course_id] for course_id in ids]

    def _require_free(self, new: NewCourse) -> None:
        for name, taken in (("shortname", self._shortnames), ("idnumber", self._idnumbers)):
            value = getattr(new, name)
            if value and value in taken:
                raise taken_by_another(name, value, UNIQUE[name])

    def _place(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put each course before those that are in its category already."""
        for category_id, category in self._categories.items():
            there = [row for row in rows if row["category"] == category_id]
            store.make_room(self._call.session, category_id, len(there))
            for place, row in enumerate(reversed(there), start=1):
                row["sortorder"] = category.sortorder + place

    def _furnish(self, ids: Sequence[int]) -> None:
        """Make what every course has: its context, its sections, its options and fields."""
        session, now = self._call.session, self._call.now
        made = list(zip(ids, self._news, strict=True))
        for category_id in self._categories:
            inside = [course_id for course_id, new in made if new.category == category_id]
            parent = categories.place(session, category_id)
            contexts.create_many(session, contexts.COURSE, inside, parent)
        grade_items.prepare_courses(self._call, ids)
        sections.create_many(session, [(key, new.numsections) for key, new in made], now)
        for course_id, new in made:
            chosen = course_formats.known_options(new.format, new.formatoptions)
            if chosen:
                store.set_format_options(session, course_id, new.format, chosen)
        custom_fields.save(session, KIND, ((key, new.customfields) for key, new in made))


def _row(call: Call, new: NewCourse) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(new, name) for name in _COLUMNS}
    chosen = course_formats.known_options(new.format, new.formatoptions)
    options = course_formats.options(new.format, chosen)
    ending = course_formats.end_date(new.format, options, new.startdate, new.numsections)
    enddate = new.enddate if ending is None else ending
    limits.require_time("enddate", enddate)
    return {
        **row,
        "enddate": enddate,
        "visibleold": new.visible,
        "creatorid": call.caller.id,
        "cacherev": call.now,
        "timecreated": call.now,
        "timemodified": call.now,
    }


def require_lang(lang: str) -> None:
    """Refuse a language that is not installed; none is no language either."""
    if lang not in installed.LANGS:
        known = ", ".join(sorted(installed.LANGS))
        message = f"The language {lang!r} is not installed; these are: {known}"
        raise MoodleError("errorinvalidparam", message)


def require_dates(startdate: int, enddate: int) -> None:
    """Refuse an end without a start, and one before it."""
    if enddate and not startdate:
        raise MoodleError("nostartdatenoenddate", "A course with an end needs a start")
    if enddate and enddate < startdate:
        raise MoodleError("enddatebeforestartdate", "The course ends before it starts")


def require_names(fullname: str, shortname: str) -> None:
    """Refuse a course without a name that shows."""
    require_name("fullname", fullname)
    require_name("shortname", shortname)


def require_name(field: str, value: str) -> None:
    """Refuse a name that does not show."""
    if not trimmed(value):
        raise MoodleError("errorinvalidparam", f"The course needs a {field}")


def require_fit(course: NewCourse | CourseRecord) -> None:
    """Refuse texts and numbers that the store has no room for."""
    limits.require_fit("fullname", course.fullname, FULLNAME)
    limits.require_fit("shortname", course.shortname, SHORTNAME)
    limits.require_fit("idnumber", course.idnumber, limits.IDNUMBER)
    limits.require_fit("format", course.format, FORMAT)
    for field in _SMALL:
        limits.require_small(field, getattr(course, field))


def taken_by_another(name: str, value: str, code: str) -> MoodleError:
    """Return the refusal of a name that another course has."""
    called = {"shortname": "short name", "idnumber": "ID number"}[name]
    return MoodleError(code, f"The {called} {value!r} is already used by another course")


def taken_meanwhile(course: CourseRecord, wanted: CourseRecord) -> MoodleError:
    """Return the refusal of a change that another call was faster with."""
    name = "shortname" if wanted.shortname != course.shortname else "idnumber"
    return taken_by_another(name, getattr(wanted, name), UNIQUE[name])
