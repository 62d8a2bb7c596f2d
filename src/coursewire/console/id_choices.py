"""What there is to choose for the fields of a function that take the number of something."""

from collections.abc import Iterable

from coursewire.console.trial_form import Place
from coursewire.store import id_choices as store
from coursewire.store.id_choices import Choice
from coursewire.store.session import Session

MOST = 20


def offered(session: Session, places: Iterable[Place]) -> dict[str, list[Choice]]:
    """Return the first things of each kind that a form asks for, and those that it names."""
    asked: dict[str, set[int]] = {}
    for place in _fields(places):
        if place.kind:
            asked.setdefault(place.kind, set()).update(_number(place.value))
    found: dict[str, list[Choice]] = {}
    for kind, ids in asked.items():
        first = store.search(session, kind, "", MOST)
        more = store.named(session, kind, ids - {choice.id for choice in first})
        found[kind] = [*first, *(Choice(number, words) for number, words in more.items())]
    return found


def _fields(places: Iterable[Place]) -> Iterable[Place]:
    for place in places:
        if place.shape == "field":
            yield place
        else:
            yield from _fields(place.inside)


def _number(value: str) -> Iterable[int]:
    if value.isascii() and value.isdecimal() and len(value) < 19:
        yield int(value)
