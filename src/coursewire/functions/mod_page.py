"""Body of mod_page: the pages of courses."""

from coursewire.contracts import mod_page as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.contracts.parts import ExternalFile
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import CONTENT, Listed
from coursewire.functions.binding import Bound
from coursewire.store import activity_details
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea

# A page opens in place of the course page.
_OPEN = 5


def get_pages_by_courses(call: Call, params: InCourses) -> c.Pages:
    """List the pages of the courses that the caller may enter, with their texts."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "page")
    instances = [each.record.instance for each in found]
    texts = activity_details.page_texts(call.session, instances)
    return c.Pages(
        pages=[_page(call, each, *texts[each.record.instance]) for each in found],
        warnings=entered.warnings,
    )


def _page(call: Call, listed: Listed, stored: str, stored_format: int) -> c.Page:
    area = FileArea(call.site.url, listed.place.id, listed.component, CONTENT, 0)
    content, contentformat = format_text(stored, stored_format, call.text, area)
    return c.Page(
        **listed_activities.described(call, listed),
        content=content,
        contentformat=contentformat,
        contentfiles=listed_activities.files_of(call, listed, CONTENT, ExternalFile),
        legacyfiles=0,
        legacyfileslast=None,
        display=_OPEN,
        displayoptions="",
        revision=1,
        timemodified=listed.details.timemodified,
    )


FUNCTIONS = (Bound(c.get_pages_by_courses, get_pages_by_courses, long=True),)
