"""Categories and courses as a Moodle shows them."""

from typing import Any

from coursewire.domain import course_formats
from coursewire.transfer.moodle.fitting import Names, free, known_language
from coursewire.transfer.moodle.source import Hidden, NoAnswer, Source, name_of

Entry = dict[str, Any]

_COURSES, _BY_FIELD = "courses", "core_course_get_courses_by_field"
# Categories in a row whose courses are not told before no others are asked for.
_ENOUGH = 10
_SITE_FORMAT = "site"
_OWN_END = "automaticenddate"
_NUMBERS = (
    "startdate",
    "enddate",
    "groupmode",
    "maxbytes",
    "newsitems",
    "numsections",
)
_TRUTHS = {"groupmodeforce": "groupmodeforce", "enablecompletion": "completion"}
# What only those are told who may change a course, or not each list tells: by its names in answers.
_SETTINGS = {
    **{
        field: field for field in (*_NUMBERS, "idnumber", "lang", "visible", "showgrades", "format")
    },
    **_TRUTHS,
}
_OF_EDITORS = "visible"
# Left out of a site file, these would stay as they are.
_SHOWN = ("completionnotify", "showreports", "showactivitydates", "showcompletionconditions")


class Places:
    """The categories of a site, and by which name the site file calls each."""

    def __init__(self, source: Source) -> None:
        found = source.rows("categories", "core_course_get_categories")
        self._rows = sorted(found, key=_depth)
        self._called: dict[int, str] = {}
        self._idnumbers = {str(row["idnumber"]) for row in self._rows if row.get("idnumber")}
        self._taken: set[str] = set()
        self.entries = [self._entry(row) for row in self._rows]

    @property
    def numbers(self) -> list[int]:
        """The ids of all categories, those above first."""
        return [int(row["id"]) for row in self._rows]

    def called(self, number: int) -> str:
        """Return what a category is called in the file; empty is the default category."""
        return self._called.get(number, "")

    def _entry(self, row: Entry) -> Entry:
        name = name_of(row["name"]).strip() or f"category-{row['id']}"
        parent = self.called(int(row["parent"]))
        idnumber = str(row.get("idnumber") or "")
        called = idnumber or f"{parent}/{name}"
        if called in self._taken:
            # Two of one name under one parent can only be told apart by an id number.
            called = idnumber = free(f"category-{row['id']}", self._idnumbers | self._taken)
        self._taken.add(called)
        self._called[int(row["id"])] = called
        entry: Entry = {"name": name}
        if idnumber:
            entry = {"idnumber": idnumber, "name": name}
        if parent:
            entry["parent"] = parent
        if row.get("description"):
            entry["description"] = str(row["description"])
        if not row.get("visible", 1):
            entry["visible"] = False
        return entry


def courses(source: Source, places: Places) -> list[Entry]:
    """Return the courses as Moodle tells them, without the site's own, in the site file's order.

    `called` is what each is called in the file, `untold` are the settings that the list lacks.
    """
    found = source.rows("hidden courses", "core_course_get_courses")
    if not found:
        # One course that the token may not enter makes that list fail; this one leaves it out.
        found = _shown(source, places)
    names, idnumbers = Names("course", source.hidden), Names("course", source.hidden)
    real = [
        {
            **course,
            "called": names.distinct(name_of(course["shortname"]), int(course["id"])),
            "untold": [field for told, field in _SETTINGS.items() if told not in course],
            "idnumber": idnumbers.free_idnumber(course.get("idnumber")),
            "lang": known_language(course.get("lang"), "courses", source.hidden),
        }
        for course in found
        if course.get("format") != _SITE_FORMAT
    ]
    source.hidden.add(
        "custom fields of courses",
        "a site file holds none",
        sum(bool(course.get("customfields")) for course in real),
    )
    return sorted(real, key=_order, reverse=True)


def _shown(source: Source, places: Places) -> list[Entry]:
    """Return the courses that the token may see; by categories, where all are too many at once."""
    try:
        return _listed(source.attempt(_COURSES, _BY_FIELD))
    except NoAnswer as problem:
        if not places.numbers:
            source.hidden.add(_COURSES, str(problem))
    found: list[Entry] = []
    failed = 0
    for number in places.numbers:
        if failed == _ENOUGH:
            source.hidden.add(_COURSES, "not asked for after others failed")
            continue
        try:
            shown = source.attempt(_COURSES, _BY_FIELD, field="category", value=str(number))
        except NoAnswer as problem:
            failed += 1
            source.hidden.add(_COURSES, str(problem))
        else:
            failed = 0
            found += _listed(shown)
    return found


def _listed(shown: Entry | None) -> list[Entry]:
    return [] if shown is None else list[Entry](shown["courses"])


def course_entry(course: Entry, places: Places, hidden: Hidden) -> Entry:
    """Return a course as an entry of the section `courses`; note what was not told of it."""
    _note_untold(course, places, hidden)
    entry: Entry = {
        "shortname": str(course["called"]),
        "fullname": name_of(course["fullname"]).strip() or str(course["called"]),
        "format": str(course.get("format") or "topics"),
    }
    if options := _format_options(course):
        entry["format_options"] = options
    if category := places.called(int(course["categoryid"])):
        entry["category"] = category
    for field in ("idnumber", "summary", "lang"):
        if course.get(field):
            entry[field] = str(course[field])
    entry["summaryformat"] = int(course.get("summaryformat") or 1)
    entry.update({field: int(course[field]) for field in _NUMBERS if course.get(field)})
    _drop_odd_dates(entry, hidden)
    entry.update({to: True for field, to in _TRUTHS.items() if course.get(field)})
    if not course.get("visible", 1):
        entry["visible"] = False
    if not course.get("showgrades", 1):
        entry["showgrades"] = False
    told = (field for field in _SHOWN if course.get(field) is not None)
    entry.update({field: bool(course[field]) for field in told})
    return entry


def _drop_odd_dates(entry: Entry, hidden: Hidden) -> None:
    """Leave out dates that no course may have here: Moodle looks at them in its form alone."""
    start, end = entry.get("startdate", 0), entry.get("enddate", 0)
    odd = [name for name, date in (("startdate", start), ("enddate", end)) if date < 0]
    if end > 0 and (start <= 0 or end < start):
        odd.append("enddate")
    for name in odd:
        del entry[name]
    why = "before 1970, or an end without a start before it"
    hidden.add("dates of courses", why, len(odd))


def _note_untold(course: Entry, places: Places, hidden: Hidden) -> None:
    fields: list[str] = course["untold"]
    if not places.called(int(course["categoryid"])):
        fields = [*fields, "category"]
    hidden.add_fields("courses", str(course["called"]), fields)
    if _OF_EDITORS not in course:
        hidden.add(
            "settings of courses",
            "the token may not change them (moodle/course:update); new ones come as those of a new"
            " course, and are not hidden",
        )


def _format_options(course: Entry) -> dict[str, int | str]:
    """Return the options of a course's format, those that are as in every new course left out."""
    kind = str(course.get("format"))
    options: list[Entry] = course.get("courseformatoptions") or []
    told: Entry = {
        str(option["name"]): option["value"] for option in options if option["value"] is not None
    }
    if kind == course_formats.WEEKS and not (told and "numsections" in course):
        # Without all that it is worked out from, the end stays as it is told.
        told[_OWN_END] = 0
    stored = course_formats.known_options(kind, told)
    typed = course_formats.options(kind, stored)
    usual = course_formats.OPTIONS.get(kind, {})
    return {name: typed[name] for name in stored if typed[name] != usual[name]}


def _depth(category: Entry) -> tuple[int, int]:
    return (int(category["depth"]), int(category["sortorder"]))


def _order(course: Entry) -> int:
    # The second name is that of the other list.
    return int(course.get("categorysortorder") or course.get("sortorder") or 0)
