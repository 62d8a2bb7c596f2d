"""`percipio_image_upload`: fetches the pictures of imported courses, only from listed hosts."""

import time

from coursewire.plugin import (
    Call,
    MoodleError,
    NoPermission,
    Refusal,
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
# Writes of the site wait for this call: what is left is fetched by the next one.
TOGETHER = 20.0
_TYPES = {
    "image/jpeg": (".jpg", (b"\xff\xd8\xff",)),
    "image/png": (".png", (b"\x89PNG\r\n\x1a\n",)),
    "image/gif": (".gif", (b"GIF87a", b"GIF89a")),
    "image/webp": (".webp", (b"RIFF",)),
}


def image_upload(call: Call, params: Document) -> Uploaded:
    """Fetch what is still to be fetched, or what is named; one bad picture stops no other."""
    document = documents.read(params.data)
    wanted = _wanted(call, document)
    for entry in wanted:
        _require_permission(call, entry)
    values = plugin_settings.read(call.session, COMPONENT, SETTINGS)
    last: str | None = None
    done = failed = 0
    deadline = time.monotonic() + TOGETHER
    with for_call(call, image_places(values)) as outbound:
        for entry in wanted:
            if time.monotonic() > deadline:
                break
            last = entry.percipioid
            problem = _fetch(call, outbound, entry)
            done, failed = done + (not problem), failed + bool(problem)
    left = len(wanted) - done - failed
    message = f"{done} pictures were stored, {failed} could not be, {left} are left"
    return Uploaded(percipioid=last, message=message, code=OK)


def _wanted(call: Call, document: documents.Document) -> list[Entry]:
    named = document.tree.get("percipioids")
    if named is None:
        return entries.without_image(call.session)
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):  # pyright: ignore[reportUnknownVariableType]
        raise documents.unfit("percipioids", "a list of texts")
    found: list[Entry] = []
    for percipioid in (str(one) for one in named):  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
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


def _fetch(call: Call, outbound: Outbound, entry: Entry) -> str:
    """Fetch one picture and store it as that of the course; return what went wrong."""
    problem, content, suffix = "", b"", ""
    try:
        answer = outbound.get(entry.imageurl, largest=LARGEST, within=WITHIN)
        suffix, marks = _TYPES.get(answer.kind, ("", ()))
        content = answer.body
        if answer.status != OK:
            problem = f"the answer had the status {answer.status}"
        elif not suffix or not content.startswith(marks):
            problem = "it is no picture"
    except (Failed, Unreachable) as why:
        problem = str(why)
    with call.transaction():
        if not problem:
            problem = _store(call, entry, f"image{suffix}", content)
        outcome = "refused" if problem else "ok"
        call.audit.record(
            "percipio.image", f"course {entry.course_id}", outcome=outcome, reason=problem
        )
    return problem


def _store(call: Call, entry: Entry, name: str, content: bytes) -> str:
    place = contexts.get(call.session, contexts.COURSE, entry.course_id)
    area = stored_files.Area(context_id=place.id, component="course", filearea="overviewfiles")
    try:
        with call.item():
            stored_files.remove(call, area)
            stored_files.add(call, area, stored_files.NewFile(filename=name, content=content))
            entries.mark_uploaded(call.session, entry.id)
    except Refusal as refusal:
        return refusal.reason
    return ""
