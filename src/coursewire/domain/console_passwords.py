"""Passwords of people who use the console: long and not easily guessed, nothing else (AUTH-11)."""

import re

from coursewire.domain.login import WITH_PASSWORD
from coursewire.domain.passwords import LONGEST
from coursewire.domain.site import Site
from coursewire.domain.user_fields import NOT_CACHED
from coursewire.domain.well_known_passwords import is_well_known
from coursewire.store.users import UserRecord

LEAST = 8
SUGGESTED = 12
_LETTERS = re.compile(r"[\W_]+")


def failures(password: str, user: UserRecord, site: Site) -> list[str]:
    """Return what is wrong with a password, one sentence each; nothing: it may be used."""
    if len(password) < LEAST:
        return [f"Use at least {LEAST} characters; {SUGGESTED} or more are better."]
    if len(password) > LONGEST:
        return [f"Use at most {LONGEST} characters."]
    if is_well_known(password):
        return ["This is one of the passwords that everybody tries first. Use another one."]
    taken = {user.username, user.email, user.email.partition("@")[0], site.fullname, site.shortname}
    if _plain(password) in {_plain(text) for text in taken if text}:
        return ["Do not use your user name, your e-mail address or the name of the site."]
    return []


def has_one(user: UserRecord) -> bool:
    """Tell whether an account has a password that can be typed here."""
    return user.auth in WITH_PASSWORD and user.password not in ("", NOT_CACHED)


def _plain(text: str) -> str:
    return _LETTERS.sub("", text.casefold()) or text
