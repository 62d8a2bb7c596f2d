"""Accounts of programs, to which nobody can log in and no mail is sent."""

import re
from hashlib import sha256

from coursewire.domain.new_users import NewUser
from coursewire.domain.user_fields import NOT_CACHED

_DOMAIN = "service.invalid"
_MAILBOX = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*").fullmatch
_LONGEST = 64


def new(username: str, title: str) -> NewUser:
    """Return an account that only calls; the title says for what."""
    return NewUser(
        username=username,
        firstname=title,
        lastname=username,
        email=_address(username),
        password_hash=NOT_CACHED,
    )


def _address(username: str) -> str:
    """Return the user name at a domain that no server takes; its hash where it fits in none."""
    fits = len(username) <= _LONGEST and _MAILBOX(username)
    mailbox = username if fits else f"account-{sha256(username.encode()).hexdigest()[:16]}"
    return f"{mailbox}@{_DOMAIN}"
