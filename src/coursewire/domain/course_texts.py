"""The names, the summary and the custom fields of a course as answers show them."""

from collections.abc import Iterable
from typing import Any

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.custom_fields import FieldValue
from coursewire.store.courses import CourseRecord
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string


def shown(call: Call, course: CourseRecord, place: Context) -> dict[str, Any]:
    """Return names and summary of a course by the names that answers have for them."""
    files = FileArea(call.site.url, place.id, "course", "summary")
    summary, summaryformat = format_text(course.summary, course.summaryformat, call.text, files)
    fullname = format_string(course.fullname, call.text)
    shortname = format_string(course.shortname, call.text)
    both = call.site.settings["courselistshortnames"]
    return {
        "shortname": shortname,
        "fullname": fullname,
        "displayname": f"{shortname} {fullname}" if both else fullname,
        "summary": summary,
        "summaryformat": summaryformat,
    }


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
