"""Body of mod_page: the pages of courses."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from coursewire.contracts import mod_page as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.contracts.parts import ExternalFile
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import CONTENT, Listed
from coursewire.functions.binding import Bound
from coursewire.store import activity_details
from coursewire.text import as_stored
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea

# A page opens in place of the course page.
_OPEN = 5
Texts = Mapping[int, tuple[str, int]]
# What is the same in all.
_PAGE = c.Page(
    id=0,
    course=0,
    name="",
    intro="",
    introformat=1,
    coursemodule=0,
    introfiles=[],
    content="",
    contentformat=1,
    contentfiles=[],
    timemodified=0,
    legacyfiles=0,
    legacyfileslast=None,
    display=_OPEN,
    displayoptions="",
    revision=1,
)


def get_pages_by_courses(call: Call, params: InCourses) -> c.Pages:
    """List the pages of the courses that the caller may enter, with their texts."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "page")
    instances = [each.record.instance for each in found]
    texts = activity_details.page_texts(call.session, instances)
    stored, formats = [text for text, _ in texts.values()], [number for _, number in texts.values()]
    are_as_stored = as_stored.are_texts(stored, formats, call.text)
    shown = texts if are_as_stored else _shaped(call, found, texts)
    return c.Pages(
        pages=[_page(call, each, *shown[each.record.instance]) for each in found],
        warnings=entered.warnings,
    )


def _shaped(call: Call, found: Iterable[Listed], texts: Texts) -> Texts:
    """Return texts each of which was looked at, by the number of the page."""
    shaped: dict[int, tuple[str, int]] = {}
    for each in found:
        area = FileArea(call.site.url, each.place.id, each.component, CONTENT, 0)
        stored = texts[each.record.instance]
        shaped[each.record.instance] = format_text(*stored, call.text, area)
    return shaped


def _page(call: Call, listed: Listed, content: str, contentformat: int) -> c.Page:
    return replace(
        _PAGE,
        **listed_activities.described(call, listed),
        content=content,
        contentformat=contentformat,
        contentfiles=listed_activities.files_of(call, listed, CONTENT, ExternalFile),
        timemodified=listed.details.timemodified,
    )


FUNCTIONS = (Bound(c.get_pages_by_courses, get_pages_by_courses, long=True),)
