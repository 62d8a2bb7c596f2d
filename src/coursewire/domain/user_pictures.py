"""The picture of a user: how a draft becomes one, and where it is found."""

from coursewire.domain import contexts, draft_files, stored_files
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.site import Site
from coursewire.domain.stored_files import Area, NewFile
from coursewire.store.files import FileRecord
from coursewire.store.users import UserRecord

COMPONENT, AREA = "user", "icon"
SMALL, LARGE = "f2", "f1"
# The sizes by which clients ask; one picture, as it was uploaded, stands for all of them.
_SIZES = frozenset({SMALL, LARGE, "f3"})
_SEE = "moodle/user:viewprofilepictures"
# How the files of the kinds that are taken begin. Drawings that can hold scripts are not taken.
_BEGINNINGS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))


def address(site: Site, size: str, picture: int = 0, place_id: int = 0) -> str:
    """Return where the picture of somebody is found: the theme's for those who have none.

    `picture` changes with the picture, which keeps an old one out of caches.
    """
    theme = site.settings["theme"]
    if not picture:
        return f"{site.url}/theme/image.php/{theme}/core/1/u/{size}"
    base = f"{site.url}/webservice/pluginfile.php/{place_id}/{COMPONENT}/{AREA}"
    return f"{base}/{theme}/{size}?rev={picture}"


def change(call: Call, user: UserRecord, draft: int) -> int:
    """Make the first file of a draft area of the caller the picture of a user; 0 takes it away.

    Return the number of the picture that the user has then: what is no picture changes nothing.
    """
    if not draft:
        remove(call, user.id)
        return 0
    drafts = stored_files.of_area(call, draft_files.area(call, draft))
    content = stored_files.content(call, drafts[0]) if drafts else b""
    kind = next((kind for start, kind in _BEGINNINGS if content.startswith(start)), None)
    if kind is None:
        return user.picture
    area = _area(contexts.get(call.session, contexts.USER, user.id))
    with call.transaction():
        stored_files.remove(call, area)
        stored_files.add(call, area, NewFile(filename=f"{LARGE}.{kind}", content=content))
    return max(call.now, user.picture + 1)


def remove(call: Call, user_id: int) -> None:
    """Take the picture of a user away."""
    place = contexts.user(call.session, user_id)
    if place is not None:
        stored_files.remove(call, _area(place))


def is_visible(call: Call) -> bool:
    """Tell whether the caller may see pictures of people."""
    return call.permissions.may(_SEE, call.site.system)


def find(call: Call, area: Area, name: str) -> FileRecord | None:
    """Return the picture that an area holds, asked for by a size."""
    if (area.component, area.filearea) != (COMPONENT, AREA) or name not in _SIZES:
        return None
    plain = Area(context_id=area.context_id, component=COMPONENT, filearea=AREA)
    return next(iter(stored_files.of_area(call, plain)), None)


def _area(place: Context) -> Area:
    return Area(context_id=place.id, component=COMPONENT, filearea=AREA)
