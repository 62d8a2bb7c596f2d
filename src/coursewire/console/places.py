"""Places in words: what a context is called, and how it is written into a form."""

from collections.abc import Collection

from coursewire.domain import contexts
from coursewire.store import categories, courses
from coursewire.store.session import Session


def named_places(session: Session, context_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return (name for people, text for a form) of places, read in three queries at most."""
    places = contexts.many(session, context_ids)
    by_level: dict[int, set[int]] = {}
    for place in places.values():
        by_level.setdefault(place.level, set()).add(place.instanceid)
    named = courses.of_ids(session, by_level.get(contexts.COURSE, set()))
    shelves = categories.of_ids(session, by_level.get(contexts.CATEGORY, set()))
    found: dict[int, tuple[str, str]] = {}
    for place in places.values():
        words = place.where
        if place.level == contexts.COURSE and place.instanceid in named:
            words = f"course {named[place.instanceid].shortname}"
        if place.level == contexts.CATEGORY and place.instanceid in shelves:
            words = f"category {shelves[place.instanceid].name}"
        written = "site" if place.level == contexts.SYSTEM else place.where
        found[place.id] = (words, written)
    return found
