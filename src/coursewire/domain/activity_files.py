"""The files that an activity of type resource or folder offers."""

from coursewire.domain import activities, contexts, stored_files
from coursewire.domain.call import Call
from coursewire.domain.stored_files import Area, NewFile
from coursewire.store import files as store

FILEAREA = "content"
FOLDER = "/"


def area_of(call: Call, cmid: int) -> Area:
    """Return where the files of an activity stand."""
    activity = activities.require(call.session, cmid)
    place = contexts.get(call.session, contexts.MODULE, cmid)
    return Area(context_id=place.id, component=f"mod_{activity.module}", filearea=FILEAREA)


def put(call: Call, cmid: int, name: str, content: bytes) -> None:
    """Offer a file, in place of one of the same name."""
    with call.transaction():
        take(call, cmid, name)
        stored_files.add(call, area_of(call, cmid), NewFile(filename=name, content=content))


def take(call: Call, cmid: int, name: str) -> None:
    """Offer a file no longer."""
    with call.transaction():
        found = stored_files.find(call, area_of(call, cmid), FOLDER, name)
        if found is not None:
            store.remove(call.session, [found.id])
            call.audit.record("file.delete", f"file {found.id}", name=name)
