"""`percipio_image_upload`: fetches the pictures of imported courses, only from listed hosts.

First all are fetched, which may take a while, then all are stored in one transaction, which does
not: the site's other writes never wait for a host outside.
"""

import time

from coursewire.plugin import (
    Call,
    MoodleError,
    NoPermission,
    Refusal,
    Struct,
    contexts,
    plugin_settings,
    stored_files,
)
from coursewire.plugin.outbound import Failed, Outbound, Unreachable, for_call
from coursewire_percipio import documents, entries
from coursewire_percipio.contracts import COMPONENT, Document, Uploaded
from coursewire_percipio.entries import Entry
from coursewire_percipio.settings import SETTINGS, image_places

OK = 200
MANAGE, UPDATE = "mod/percipio:manage", "moodle/course:update"
LARGEST = 5 * 1024 * 1024
WITHIN = 5.0
# One call takes so many seconds and bytes: what is left is fetched by the next one.
TOGETHER = 20.0
MOST = 32 * 1024 * 1024
_TYPES = {
    "image/jpeg": (".jpg", (b"\xff\xd8\xff",)),
    "image/png": (".png", (b"\x89PNG\r\n\x1a\n",)),
    "image/gif": (".gif", (b"GIF87a", b"GIF89a")),
    "image/webp": (".webp", (b"RIFF",)),
}


class Fetched(Struct, frozen=True):
    """What came of one picture: its content, or what went wrong."""

    entry: Entry
    suffix: str = ""
    content: bytes = b""
    problem: str = ""


def image_upload(call: Call, params: Document) -> Uploaded:
    """Fetch what is still to be fetched, or what is named; one bad picture stops no other."""
    document = documents.read(params.data)
    wanted = _wanted(call, document)
    for entry in wanted:
        _require_permission(call, entry)
    values = plugin_settings.read(call.session, COMPONENT, SETTINGS)
    with for_call(call, image_places(values)) as outbound:
        fetched = _fetch_all(outbound, wanted)
    done = 0
    if fetched:
        with call.transaction():
            done = sum(_keep(call, each) for each in fetched)
    failed, left = len(fetched) - done, len(wanted) - len(fetched)
    return Uploaded(
        percipioid=fetched[-1].entry.percipioid if fetched else None,
        message=f"{done} pictures were stored, {failed} could not be, {left} are left",
        code=OK,
    )


def _fetch_all(outbound: Outbound, wanted: list[Entry]) -> list[Fetched]:
    """Fetch pictures one after another, as many as one call takes."""
    deadline = time.monotonic() + TOGETHER
    fetched: list[Fetched] = []
    size = 0
    for entry in wanted:
        if time.monotonic() > deadline or size > MOST - LARGEST:
            break
        one = _fetch(outbound, entry)
        size += len(one.content)
        fetched.append(one)
    return fetched


def _wanted(call: Call, document: documents.Document) -> list[Entry]:
    named = document.texts("percipioids")
    if named is None:
        return entries.without_image(call.session)
    found: list[Entry] = []
    # One that is named twice is fetched once.
    for percipioid in dict.fromkeys(named):
        entry = entries.find(call.session, percipioid)
        if entry is None:
            raise MoodleError("error", f"No course was imported for {percipioid[:80]}")
        found.append(entry)
    return found


def _require_permission(call: Call, entry: Entry) -> None:
    place = contexts.get(call.session, contexts.COURSE, entry.course_id)
    if not call.permissions.may_any(MANAGE, [place]):
        if call.permissions.may(UPDATE, place):
            return
        raise NoPermission(MANAGE, place.where)


def _fetch(outbound: Outbound, entry: Entry) -> Fetched:
    """Fetch one picture."""
    try:
        answer = outbound.get(entry.imageurl, largest=LARGEST, within=WITHIN)
    except (Failed, Unreachable) as why:
        return Fetched(entry, problem=str(why))
    if answer.status != OK:
        return Fetched(entry, problem=f"the answer had the status {answer.status}")
    suffix, marks = _TYPES.get(answer.kind, ("", ()))
    if not suffix or not answer.body.startswith(marks):
        return Fetched(entry, problem="it is no picture")
    return Fetched(entry, suffix, answer.body)


def _keep(call: Call, fetched: Fetched) -> bool:
    """Store one picture as that of its course; tell whether it was."""
    entry = fetched.entry
    problem = fetched.problem or _store(call, fetched)
    call.audit.record(
        "percipio.image",
        f"course {entry.course_id}",
        outcome="refused" if problem else "ok",
        reason=problem,
    )
    return not problem


def _store(call: Call, fetched: Fetched) -> str:
    """Store a picture, unless its asset was changed or removed while it was fetched."""
    entry = entries.find(call.session, fetched.entry.percipioid)
    if entry is None or entry.imageurl != fetched.entry.imageurl:
        return "the asset was changed meanwhile"
    area = stored_files.Area(
        context_id=contexts.get(call.session, contexts.COURSE, entry.course_id).id,
        component="course",
        filearea="overviewfiles",
    )
    new = stored_files.NewFile(filename=f"image{fetched.suffix}", content=fetched.content)
    try:
        with call.item():
            stored_files.remove(call, area)
            stored_files.add(call, area, new)
            entries.mark_uploaded(call.session, entry.id)
    except Refusal as refusal:
        return refusal.reason
    return ""
