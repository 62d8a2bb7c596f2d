"""Forms that count once: sent again, by a double click or a reload, they change nothing.

Each page holds a key of its own, which is kept with the answers to calls that clients send again
(DUR-11), in the transaction that holds the changes.
"""

import re
import secrets
from collections.abc import Callable
from typing import TypeVar

from coursewire.console.visit import Visit
from coursewire.server.repeating import KEPT
from coursewire.store import kept_answers as store

T = TypeVar("T")
FIELD = "once"
_FORM = re.compile(r"[A-Za-z0-9_-]{22}")
_PURPOSE = "console form"


class SentBefore(Exception):
    """The form was sent before and did what it says; `made` is the id of what came of it."""

    def __init__(self, made: int) -> None:
        super().__init__()
        self.made = made


def new_key() -> str:
    """Return what one showing of a form carries."""
    return secrets.token_urlsafe(16)


def once(visit: Visit, make: Callable[[], T], id_of: Callable[[T], int]) -> T:
    """Do what a form asks for, or raise SentBefore; what refuses may be sent again."""
    key = visit.form.text(FIELD)
    if not _FORM.fullmatch(key):
        # A page from before there were keys, or a script of somebody's own.
        return make()
    call, person = visit.call, _person(visit)
    digest, since = call.keys.digests(f"form {key}")[0], call.now - KEPT
    with call.transaction():
        # A first sending that is not done yet is waited for here.
        if not store.claim(call.session, person, key, digest, call.now, since):
            raise SentBefore(_made(visit, key, since))
        made = make()
        sealed = call.keys.seal(str(id_of(made)), _PURPOSE)
        store.keep(call.session, person, key, sealed)
    return made


def _made(visit: Visit, key: str, since: int) -> int:
    kept = store.find(visit.session, _person(visit), key, since)
    return 0 if kept is None else int(visit.call.keys.unseal(kept.answer, _PURPOSE))


def _person(visit: Visit) -> int:
    """Return what stands where the keys of calls name their token: no token has such an id."""
    return -visit.account.id
