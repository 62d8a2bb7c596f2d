"""What a token looks like: its value, its public handle, and values given from outside (TOK-1)."""

import re
import secrets

from coursewire.contracts.errors import InvalidParameter
from coursewire.text.counted import counted

# Without characters that are taken for one another when read aloud.
_HANDLE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
HANDLE_LENGTH = 12
_SHOWN = 4
_GIVEN = re.compile(r"[A-Za-z0-9_-]{16,128}")


def new() -> str:
    """Return a new token: 128 bits of the operating system's generator."""
    return secrets.token_hex(16)


def new_handle() -> str:
    """Return a new public name for a token, which tells nothing about its value (TOK-5)."""
    return "".join(secrets.choice(_HANDLE_LETTERS) for _ in range(HANDLE_LENGTH))


def new_name() -> str:
    """Return a name for a token that nobody named."""
    return "Token-" + "".join(secrets.choice(_HANDLE_LETTERS) for _ in range(5))


def last4(value: str) -> str:
    """Return the part of a value that lists may show."""
    return value[-_SHOWN:]


def require_usable(value: str) -> None:
    """Refuse a given value that is no token, without repeating it."""
    if not _GIVEN.fullmatch(value):
        msg = f"a token value of {counted(len(value), 'character')} is not usable"
        raise InvalidParameter(
            msg, remedy="give 32 hexadecimal digits (16 to 128 letters, digits, _ or -)"
        )
