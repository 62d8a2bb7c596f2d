"""How long and how wild what somebody searches for may be, and how long a search (IN-8)."""

from collections.abc import Generator
from contextlib import contextmanager

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain.call import Call
from coursewire.store import search_time
from coursewire.store.search_time import SearchTooLong
from coursewire.text.counted import counted

# A text that is longer or wilder than anybody's search could keep the database busy.
LONGEST = 255
MOST_WILDCARDS = 16


def require_short(text: str) -> None:
    """Refuse a text to search for that is too long; wildcards in it are letters as any other."""
    if len(text) > LONGEST:
        reason = f"the text has {len(text)} characters; at most {LONGEST} are searched for"
        raise InvalidParameter(reason, remedy="search for fewer words")


def require_tame(name: str, pattern: str) -> str:
    """Return a pattern, or refuse one that is too long or too wild."""
    wildcards = pattern.count("%") + pattern.count("_")
    if len(pattern) > LONGEST or wildcards > MOST_WILDCARDS:
        reason = (
            f"the pattern for {name} has {counted(len(pattern), 'character')} "
            f"and {counted(wildcards, 'wildcard')}; "
            f"at most {LONGEST} and {MOST_WILDCARDS} are searched for"
        )
        raise InvalidParameter(reason, remedy="search for a shorter pattern")
    return pattern


@contextmanager
def in_time(call: Call, remedy: str) -> Generator[None]:
    """Stop a search inside that takes too long, and say what to ask for in its place."""
    try:
        with search_time.bounded(call.session, search_time.SECONDS):
            yield
    except SearchTooLong as problem:
        raise InvalidParameter(str(problem), remedy=remedy) from problem
