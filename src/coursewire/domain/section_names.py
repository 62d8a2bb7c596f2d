"""What sections are called where nobody named them: by the format of their course."""

from datetime import datetime, timedelta

from coursewire.domain import course_dates, course_formats
from coursewire.domain.call import Call
from coursewire.store.courses import CourseRecord
from coursewire.store.sections import SectionRecord
from coursewire.text.short import format_string

FIRST, OTHER = "General", "New section"
# The calendar repeats itself after 400 years, so that days of any year can be told.
_CYCLE = 146_097 * 86_400


def shown(call: Call, course: CourseRecord, section: SectionRecord) -> str:
    """Return the name of a section as answers show it."""
    if section.name:
        return format_string(section.name, call.text)
    if not section.section:
        return FIRST
    return _week(call, course, section) if course.format == course_formats.WEEKS else OTHER


def _week(call: Call, course: CourseRecord, section: SectionRecord) -> str:
    """Return the days of a section's week where the caller lives: `1 January - 7 January`."""
    begins = course.startdate
    if not -_CYCLE < begins < _CYCLE:
        begins %= _CYCLE
    start = datetime.fromtimestamp(begins, course_dates.zone_of(call))  # noqa: TID251 - in the cycle
    first = start + timedelta(weeks=section.section - 1)
    return f"{_day(first)} - {_day(first + timedelta(days=6))}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B}"
