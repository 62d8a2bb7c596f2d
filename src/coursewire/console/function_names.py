"""Names of functions as people paste them, and what they may have meant by unknown ones."""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from msgspec import Struct

_SEPARATORS = re.compile(r"[\s,;|'\"\[\](){}<>]+")
_CLOSE = 3
# An unknown name is compared with so many that share most of its words.
_CANDIDATES = 40
_MOST_UNKNOWN = 100


class Unknown(Struct, frozen=True):
    """A name that no function has, and the nearest that there are."""

    name: str
    close: tuple[str, ...]


def read(text: str) -> list[str]:
    """Return the names of a pasted list, each once; any separators do."""
    return list(dict.fromkeys(filter(None, _SEPARATORS.split(text))))


def unknown(names: Iterable[str], known: Collection[str]) -> list[Unknown]:
    """Return the names that are not known, with the nearest of those that are."""
    strange = [name for name in names if name not in known][:_MOST_UNKNOWN]
    words = {name: frozenset(name.split("_")) for name in known} if strange else {}
    return [Unknown(name[:100], _nearest(name[:100], words)) for name in strange]


def _nearest(name: str, words: dict[str, frozenset[str]]) -> tuple[str, ...]:
    mine = frozenset(name.lower().split("_"))
    shared = sorted(words, key=lambda each: (-len(mine & words[each]), len(words[each]), each))
    return tuple(get_close_matches(name.lower(), shared[:_CANDIDATES], n=_CLOSE))
