"""What the store takes of names, id numbers and formats."""

from coursewire.contracts.errors import DatabaseWrite

IDNUMBER = 100

# What trimming removes. Moodle knows no other blanks: a no-break space is part of a name.
_BLANKS = " \t\n\r\0\x0b"
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
