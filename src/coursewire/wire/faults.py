"""Refusals become error documents, here and nowhere else."""

from coursewire.contracts.errors import Refusal
from coursewire.wire.encode_json import encode_json
from coursewire.wire.encode_xml import HEADER, encode_xml, escaped
from coursewire.wire.request import Format


class Incident(Refusal):
    """Something went wrong that nobody foresaw; the number leads to it in the log (OUT-1)."""

    errorcode = "internalerror"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"The server could not answer this call. Its log tells more under {number}",
            reason=f"unexpected error, incident {number}",
            remedy=f"look for {number} in the server's log",
        )
        self.number = number


def fault_document(
    refusal: Refusal, format_: Format, *, bare_names: bool = False, debuginfo: str | None = None
) -> bytes:
    """Write the error document of the REST protocol.

    `bare_names` leaves out namespaces, for clients written for Moodle 4.4 and older.
    """
    exception = refusal.exception
    members = {"exception": exception.rpartition("\\")[2] if bare_names else exception}
    if refusal.errorcode is not None:
        members["errorcode"] = refusal.errorcode
    members["message"] = refusal.message
    if debuginfo is not None:
        members["debuginfo"] = debuginfo
    return _json(members) if format_ == "json" else _xml(members)


def ajax_fault(refusal: Refusal) -> bytes:
    """Write the error document of the scripts beside the REST endpoint."""
    nothing = dict.fromkeys(("stacktrace", "debuginfo", "reproductionlink"))
    return _json({"error": refusal.message, "errorcode": refusal.errorcode, **nothing})


def _json(members: dict[str, str | None] | dict[str, str]) -> bytes:
    return encode_json(
        {key: value and _without_surrogates(value) for key, value in members.items()}
    )


def _xml(members: dict[str, str]) -> bytes:
    exception, *others = members.items()
    lines = [f"<{key.upper()}>{escaped(value)}</{key.upper()}>\n" for key, value in others]
    opening = f'<EXCEPTION class="{escaped(exception[1])}">\n'
    return encode_xml(f"{HEADER}{opening}{''.join(lines)}</EXCEPTION>\n")


def _without_surrogates(text: str) -> str:
    # What was not UTF-8 in a request may be quoted in a message.
    return text.encode("utf-8", "replace").decode()
