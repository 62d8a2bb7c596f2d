"""The names, the summary and the custom fields of a course as answers show them."""

from collections.abc import Collection, Iterable

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.custom_fields import FieldValue
from coursewire.store.courses import CourseRecord
from coursewire.text import as_stored
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string

# Short name, full name, name in lists, summary and its format.
Texts = tuple[str, str, str, str, int]


class Shown:
    """Many courses: one look tells whether all are shown as they are stored."""

    def __init__(self, call: Call, courses: Collection[CourseRecord]) -> None:
        self._call = call
        self._has_both = bool(call.site.settings["courselistshortnames"])
        names = [course.fullname for course in courses]
        names += [course.shortname for course in courses]
        texts = [course.summary for course in courses]
        numbers = [course.summaryformat for course in courses]
        self._are_as_stored = as_stored.are_shown(names, texts, numbers, call.text)

    def texts(self, course: CourseRecord, place: Context) -> Texts:
        """Return the names and the summary of one of them."""
        short, full = course.shortname, course.fullname
        summary, number = course.summary, course.summaryformat
        if not self._are_as_stored:
            settings = self._call.text
            files = FileArea(self._call.site.url, place.id, "course", "summary")
            summary, number = format_text(summary, number, settings, files)
            short, full = format_string(short, settings), format_string(full, settings)
        return short, full, f"{short} {full}" if self._has_both else full, summary, number


def fields(call: Call, values: Iterable[FieldValue]) -> list[dict[str, str]]:
    """Return custom fields with their values, as stored and as shown."""
    return [
        {
            "name": format_string(each.field.name, call.text),
            "shortname": each.field.shortname,
            "type": each.field.type,
            "valueraw": each.value,
            "value": format_string(each.value, call.text),
        }
        for each in values
    ]
