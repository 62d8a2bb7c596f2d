"""Many texts told with one look to be such that cleaning changes none of them.

They are joined by a separator that none of them can hold: it has NUL in it, which is counted.
"""

import re
from collections.abc import Collection

from coursewire.text.html.plain_paragraphs import STRICT_TEXT, paragraphs

# No text goes on over its `<`, and its `>` keeps the two in balance.
_END = "<\0>"
_NUL = "\0"
# Those of ASCII that text may not have in a paragraph, but for NUL.
_CONTROLS = bytes({*range(1, 0x20), 0x7F} - set(b"\t\n"))


def are_clean(markups: Collection[str]) -> bool:
    """Tell whether all are plain paragraphs or without markup; False: each must be looked at."""
    joined = _END.join((*markups, ""))
    if joined.count(_NUL) != len(markups):
        return False
    pattern = _SIMPLE if _is_simple(joined) else _ANY
    return pattern.fullmatch(joined) is not None


def _is_simple(joined: str) -> bool:
    """Tell whether whatever is between tags is text for certain, so that only tags matter.

    With as many `>` as `<` none is left for the text, since each tag that is admitted has both.
    """
    if not joined.isascii() or "&" in joined or joined.count(">") != joined.count("<"):
        return False
    return len(joined.encode().translate(None, _CONTROLS)) == len(joined)


def _all_of(text: str, without_markup: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{paragraphs(text)}|{without_markup}){_END})*+")


_SIMPLE = _all_of("(?:[^<]++)", "[^<]*+")
_ANY = _all_of(STRICT_TEXT, "[^<>&]*+")
