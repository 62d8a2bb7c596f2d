"""A user's draft area: where uploads land before anything refers to them."""

import secrets
from collections.abc import Sequence

from coursewire.contracts.errors import MoodleError
from coursewire.domain import contexts, own_limits, stored_files
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.stored_files import Area, NewFile
from coursewire.store import files as store
from coursewire.store import turns
from coursewire.store.files import FileRecord
from coursewire.text.counted import counted

COMPONENT, AREA = "user", "draft"
_LARGEST_ID = 999_999_999
# How long a draft area stays to which nothing is added, in seconds; Moodle gives it as long.
KEPT = 4 * 86_400
# So many drafts go at once, since no writer shall wait for long: one may be of megabytes.
_PART = 100
_LATER = "raise userquota, or wait until old drafts are removed: that is after four days"


def own_place(call: Call) -> Context:
    """Return the context of the caller."""
    return contexts.get(call.session, contexts.USER, call.caller.id)


def area(call: Call, itemid: int) -> Area:
    """Return one draft area of the caller; 0 is a new one."""
    place = own_place(call)
    item = itemid or secrets.randbelow(_LARGEST_ID) + 1
    return Area(context_id=place.id, component=COMPONENT, filearea=AREA, itemid=item)


def require_room(call: Call, sizes: Sequence[int]) -> None:
    """Refuse files that the caller's quota has no room for.

    It belongs into the transaction that stores them: until that ends nobody else takes the room.
    """
    place = own_place(call)
    quota = own_limits.quota(call, place)
    if quota == own_limits.UNLIMITED_QUOTA:
        return
    turns.take(call.session, f"files of user {call.caller.id}")
    taken = store.size_of_user(call.session, place.id, COMPONENT)
    if taken + sum(sizes) > quota:
        reason = f"{sum(sizes)} bytes more than the {taken} there are do not fit into {quota}"
        message = "The files are larger than the space that is left"
        raise MoodleError("userquotalimit", message, reason=reason, remedy=_LATER)


def require_size(call: Call, size: int) -> None:
    """Refuse a file that is larger than the caller may send."""
    largest = own_limits.largest_upload(call)
    if largest != own_limits.UNLIMITED_SIZE and size > largest:
        reason = f"a file of {counted(size, 'byte')} is larger than {largest}"
        raise MoodleError("fileoversized", "The file is too large", reason=reason)


def add(call: Call, into: Area, new: NewFile) -> FileRecord:
    """Put a file into a draft area."""
    return stored_files.add(call, into, new)


def tidy(call: Call) -> bool:
    """Remove some of the drafts that nobody goes on with; tell whether there may be more.

    What nobody fetches would count towards its owner's quota for ever. Content that no file has any
    more goes as well, in the same parts: that of a course that was deleted is left behind.
    """
    with call.transaction():
        found = store.left_alone(call.session, COMPONENT, AREA, call.now - KEPT, _PART)
        removed = store.remove_rows(call.session, found)
        contents = store.remove_orphans(call.session, _PART)
        if removed:
            call.audit.record("file.purge", counted(removed, "draft"))
    return _PART in (len(found), contents)
