"""Who may read a stored file: those who may enter the place that it belongs to.

What stands in lists of courses, such as their pictures, is for all who may know of the course.
"""

from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.domain import (
    contexts,
    course_search,
    draft_files,
    group_visibility,
    made_files,
    stored_files,
    user_pictures,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.made_files import MadeFile
from coursewire.domain.stored_files import Area
from coursewire.store import courses
from coursewire.store.files import FileRecord

# Areas of activities that are shown with the activity itself.
_OF_ACTIVITIES = frozenset({"content", "intro"})
# Areas of courses: those that lists of courses show, and those of the course's page.
_OF_LISTS = frozenset(("course", area) for area in ("summary", "overviewfiles", "generated"))
_OF_COURSES = _OF_LISTS | {("course", "section")}


def readable(call: Call, path: str, *, drafts: bool) -> FileRecord | MadeFile:
    """Return the file of a path as clients write it, or refuse as if it did not exist.

    The path is /CONTEXT/COMPONENT/AREA/[ITEM/]FOLDER/NAME; drafts are given out by their own
    script and to their owner only.
    """
    area, folder, name = _parts(path)
    try:
        found = _found(call, area, folder, name) if _may_read(call, area, drafts=drafts) else None
    except Refusal as refusal:
        raise _missing(path, refusal.reason) from refusal
    if found is None:
        raise _missing(path, "there is no such file, or the caller may not read it")
    return found


def _found(call: Call, area: Area, folder: str, name: str) -> FileRecord | MadeFile | None:
    found = stored_files.find(call, area, folder, name) or user_pictures.find(call, area, name)
    if found is None and area.component.startswith("mod_"):
        # What looks like an item is a revision there, which keeps old answers out of caches.
        plain = Area(context_id=area.context_id, component=area.component, filearea=area.filearea)
        found = stored_files.find(call, plain, folder, name)
    place = contexts.by_id(call.session, area.context_id)
    if found is None and place is not None and folder == "/":
        return made_files.find(call, area, place, name)
    return found


def _may_read(call: Call, area: Area, *, drafts: bool) -> bool:
    place = contexts.by_id(call.session, area.context_id)
    if place is None:
        return False
    if (area.component, area.filearea) == (draft_files.COMPONENT, draft_files.AREA):
        own = place.level == contexts.USER and place.instanceid == call.caller.id
        return drafts and own
    if drafts:
        return False
    if not _belongs(call, area, place):
        return False
    if place.level == contexts.COURSE and (area.component, area.filearea) in _OF_LISTS:
        return _may_know_of(call, place)
    validation.validate_context(call, place)
    return True


def _may_know_of(call: Call, place: Context) -> bool:
    """Tell whether lists of courses show a course to the caller, who may not be able to enter."""
    validation.reached(call, place)
    course = courses.get(call.session, place.instanceid)
    return course is not None and bool(course_search.known_to(call, [course], {course.id: place}))


def _belongs(call: Call, area: Area, place: Context) -> bool:
    """Tell whether files of this area are shown to all who may enter the place."""
    if place.level == contexts.MODULE:
        return area.component.startswith("mod_") and area.filearea in _OF_ACTIVITIES
    if place.level == contexts.COURSE:
        is_open = (area.component, area.filearea) in _OF_COURSES
        return is_open or (area.component == "group" and _sees_groups(call, place))
    if place.level == contexts.USER:
        is_picture = (area.component, area.filearea) == (
            user_pictures.COMPONENT,
            user_pictures.AREA,
        )
        return is_picture and user_pictures.is_visible(call)
    return False


def _sees_groups(call: Call, course: Context) -> bool:
    return call.permissions.may(group_visibility.SEE_HIDDEN, course)


def _parts(path: str) -> tuple[Area, str, str]:
    if not stored_files.is_text(path):
        raise _missing(path, "it is no text")
    parts = path.strip("/").split("/")
    if len(parts) < 4 or not _is_number(parts[0]):
        raise _missing(path, "it has no context, component, area and name")
    context_id, component, filearea, *rest = parts
    item = 0
    if len(rest) > 1 and _is_number(rest[0]):
        item, rest = int(rest[0]), rest[1:]
    *folders, name = rest
    area = Area(context_id=int(context_id), component=component, filearea=filearea, itemid=item)
    return area, "/".join(["", *folders, ""]), name


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _missing(path: str, reason: str) -> MoodleError:
    return MoodleError("filenotfound", "The file is not there", reason=f"{path[:200]}: {reason}")
