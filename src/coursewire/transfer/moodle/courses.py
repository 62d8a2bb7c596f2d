"""Categories and courses as a Moodle shows them."""

from typing import Any

from coursewire.transfer.moodle.fitting import Names, known_language
from coursewire.transfer.moodle.source import Source, name_of

Entry = dict[str, Any]

_SITE_FORMAT = "site"
_NUMBERS = (
    "startdate",
    "enddate",
    "groupmode",
    "maxbytes",
    "newsitems",
    "numsections",
)
_TRUTHS = {"groupmodeforce": "groupmodeforce", "enablecompletion": "completion"}


class Places:
    """The categories of a site, and by which name the site file calls each."""

    def __init__(self, source: Source) -> None:
        found = source.rows("categories", "core_course_get_categories")
        self._rows = sorted(found, key=_depth)
        self._called: dict[int, str] = {}
        self.entries = [self._entry(row) for row in self._rows]

    def called(self, number: int) -> str:
        """Return what a category is called in the file; empty is the default category."""
        return self._called.get(number, "")

    def _entry(self, row: Entry) -> Entry:
        name = name_of(row["name"]).strip() or f"category-{row['id']}"
        parent = self.called(int(row["parent"]))
        idnumber = str(row.get("idnumber") or "")
        called = idnumber or f"{parent}/{name}"
        if called in self._called.values():
            # Two of one name under one parent can only be told apart by an id number.
            called = idnumber = f"category-{row['id']}"
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


def courses(source: Source) -> list[Entry]:
    """Return the courses as Moodle tells them, without the site's own, in the site file's order.

    `called` is what each is called in the file.
    """
    found = source.rows("hidden courses", "core_course_get_courses")
    if not found:
        # One course that the token may not enter makes that list fail; this one leaves it out.
        shown = source.ask_for("courses", "core_course_get_courses_by_field")
        if shown is not None:
            found = list[Entry](shown["courses"])
    names, idnumbers = Names("course", source.hidden), Names("course", source.hidden)
    real = [
        {
            **course,
            "called": names.distinct(course["shortname"], int(course["id"])),
            "idnumber": idnumbers.free_idnumber(course.get("idnumber")),
            "lang": known_language(course.get("lang"), "courses", source.hidden),
        }
        for course in found
        if course.get("format") != _SITE_FORMAT
    ]
    return sorted(real, key=_order, reverse=True)


def course_entry(course: Entry, places: Places) -> Entry:
    """Return a course as an entry of the section `courses`."""
    entry: Entry = {
        "shortname": str(course["called"]),
        "fullname": name_of(course["fullname"]).strip() or str(course["called"]),
        "format": str(course.get("format") or "topics"),
    }
    if category := places.called(int(course["categoryid"])):
        entry["category"] = category
    for field in ("idnumber", "summary", "lang"):
        if course.get(field):
            entry[field] = str(course[field])
    entry["summaryformat"] = int(course.get("summaryformat") or 1)
    entry.update({field: int(course[field]) for field in _NUMBERS if course.get(field)})
    entry.update({to: True for field, to in _TRUTHS.items() if course.get(field)})
    if not course.get("visible", 1):
        entry["visible"] = False
    if not course.get("showgrades", 1):
        entry["showgrades"] = False
    return entry


def _depth(category: Entry) -> tuple[int, int]:
    return (int(category["depth"]), int(category["sortorder"]))


def _order(course: Entry) -> int:
    return int(course.get("categorysortorder") or 0)
