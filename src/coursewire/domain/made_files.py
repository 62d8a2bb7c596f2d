"""Files that are made when they are asked for: the text of a page, the picture of a course."""

from msgspec import Struct

from coursewire.domain import activities, activity_contents, contexts, course_images
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.stored_files import Area
from coursewire.store import activity_details
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea


class MadeFile(Struct, frozen=True, kw_only=True):
    """A file as it is given out."""

    filename: str
    mimetype: str
    content: bytes
    timemodified: int


def find(call: Call, area: Area, place: Context, name: str) -> MadeFile | None:
    """Return the file that is made for a name, if one is."""
    if place.level == contexts.MODULE and name == activity_contents.PAGE_NAME:
        return _page(call, area, place)
    picture = (course_images.COMPONENT, course_images.AREA, course_images.FILENAME)
    if place.level == contexts.COURSE and (area.component, area.filearea, name) == picture:
        content = course_images.drawing(place.instanceid)
        return MadeFile(
            filename=name, mimetype="image/svg+xml", content=content, timemodified=call.now
        )
    return None


def _page(call: Call, area: Area, place: Context) -> MadeFile | None:
    activity = activities.get(call.session, place.instanceid)
    if activity is None or (area.component, area.filearea) != ("mod_page", "content"):
        return None
    found = activity_details.page_text(call.session, activity.instance)
    if found is None:
        return None
    text, number, changed = found
    files = FileArea(call.site.url, place.id, "mod_page", "content", None)
    shown, _ = format_text(text, number, call.text, files)
    return MadeFile(
        filename=activity_contents.PAGE_NAME,
        mimetype="text/html",
        content=shown.encode(),
        timemodified=changed,
    )
