"""What the store takes of names, id numbers and formats."""

from coursewire.contracts.errors import DatabaseWrite, InvalidParameter
from coursewire.text.types import is_accepted_everywhere

IDNUMBER = 100

# What trimming removes. Moodle knows no other blanks: a no-break space is part of a name.
_BLANKS = " \t\n\r\0\x0b"
_LONGEST_QUOTE = 60
# What to write instead, by the type.
_INSTEAD = {
    "notags": "write it without HTML",
    "text": "write it without HTML",
    "timezone": "write a name such as Europe/London, hours such as 5.5, or 99 for the server's",
    "url": "write a whole address, such as https://school.example/a%20page",
}
_SMALLEST, _LARGEST = -(2**15), 2**15 - 1
_EARLIEST, _LATEST = -(2**63), 2**63 - 1


def trimmed(text: str) -> str:
    """Return a text without blanks around it."""
    return text.strip(_BLANKS)


def is_unique(idnumber: str) -> bool:
    """Tell whether an id number may stand only once; Moodle takes "0" for none as well."""
    return idnumber not in {"", "0"}


def require_fit(field: str, text: str | None, limit: int) -> None:
    """Refuse a text of more characters than its column takes."""
    if text is not None and len(text) > limit:
        msg = f"{field} has {len(text)} characters, {limit} is the limit"
        raise DatabaseWrite(msg)


def require_type(field: str, text: str, type_name: str) -> None:
    """Refuse a text that no answer could show: its contract has this type, the same on every site.

    Callers of functions are refused earlier, by the types of the parameters; this is for every
    other way in.
    """
    accepted = is_accepted_everywhere(type_name)
    if accepted is not None and not accepted(text):
        reason = f"{field} {text[:_LONGEST_QUOTE]!r} is not what the type {type_name} admits"
        raise InvalidParameter(reason, remedy=_INSTEAD.get(type_name, ""))


def require_small(field: str, number: int) -> None:
    """Refuse a number that a column for small codes does not take."""
    if not _SMALLEST <= number <= _LARGEST:
        msg = f"{field} {number} is outside {_SMALLEST}..{_LARGEST}"
        raise DatabaseWrite(msg)


def require_time(field: str, moment: int) -> None:
    """Refuse a time, worked out from another one, that no column takes."""
    if not _EARLIEST <= moment <= _LATEST:
        msg = f"{field} {moment} is outside {_EARLIEST}..{_LATEST}"
        raise DatabaseWrite(msg)
