"""What a person is told of what went wrong, whatever it was (OUT-1)."""

from html import escape

from coursewire.console.answers import Answer
from coursewire.console.equipment import Equipment
from coursewire.console.forms import BadForm
from coursewire.contracts.errors import Refusal
from coursewire.domain.hashing import Busy
from coursewire.server.ajax import log_refusal
from coursewire.server.placing import Overloaded
from coursewire.server.troubles import again_in
from coursewire.wire.faults import Incident
from coursewire.wire.limits import LimitExceeded


def told(equipment: Equipment, request_id: str, path: str, error: Exception) -> Answer:
    """Return the answer to a request that ended in an error; what nobody foresaw is an incident."""
    match error:
        case LimitExceeded():
            return plain(413, "What was sent is too large.")
        case BadForm():
            return plain(400, "What was sent is no form of this site.")
        case Busy() | Overloaded():
            busy = plain(503, "The server is busy. Try again in a second.")
            return busy.adding((b"retry-after", b"1"))
        case Refusal():
            log_refusal(request_id, path, error)
            return plain(400, error.reason)
        case _:
            return _unforeseen(equipment.recorder.unforeseen(request_id, error))


def plain(status: int, sentence: str) -> Answer:
    """Return one sentence as a page, for what goes wrong before anything is known."""
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Coursewire</title>'
        f"<main><h1>Coursewire</h1><p>{escape(sentence)}</p>"
        '<p><a href="/console/">Home</a></p></main>'
    )
    return Answer(body=page.encode(), status=status)


def _unforeseen(refusal: Refusal) -> Answer:
    """Return what a person is told of an error that no rule foresaw, or of the database."""
    if isinstance(refusal, Incident):
        return plain(500, f"Something went wrong here. The log has it as {refusal.number}.")
    wait, answer = again_in(refusal), plain(refusal.status, f"{refusal.message}.")
    return answer.adding((b"retry-after", b"%d" % wait)) if wait else answer
