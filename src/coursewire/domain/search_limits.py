"""How long and how wild what somebody searches for may be, the same for all searches (IN-8)."""

from coursewire.contracts.errors import InvalidParameter

# A text that is longer or wilder than anybody's search could keep the database busy.
LONGEST = 255
MOST_WILDCARDS = 16


def require_short(text: str) -> None:
    """Refuse a text to search for that is too long; wildcards in it are letters as any other."""
    if len(text) > LONGEST:
        reason = f"the text has {len(text)} characters; at most {LONGEST} are searched for"
        raise InvalidParameter(reason, remedy="search for fewer words")
