"""The address of an account that reads no mail: one that no server takes."""

import re
from hashlib import sha256

_DOMAIN = "service.invalid"
_MAILBOX = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*").fullmatch
_LONGEST = 64


def address(username: str) -> str:
    """Return the user name at that domain; where it fits in no address, what is as much its own."""
    fits = len(username) <= _LONGEST and _MAILBOX(username)
    mailbox = username if fits else f"account-{sha256(username.encode()).hexdigest()[:16]}"
    return f"{mailbox}@{_DOMAIN}"
