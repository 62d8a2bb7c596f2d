"""Markup that is safe and well spelt as it stands, told by one look: plain paragraphs.

Most descriptions are a few paragraphs with some words in bold and plain links, without any other
attribute. Cleaning takes them apart, puts them together again and changes nothing; a long list of
people is quicker without that. Whatever is not certain here takes the whole way.
"""

import re

# What text is made of where neither the parser nor the writer changes a sign of it.
_SIGNS = r"[^<>&\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]++"
STRICT_TEXT = rf"(?:{_SIGNS}|&(?:amp|lt|gt);)"
# An address in which nothing would be spelt otherwise: a host that ends with letters, so that it
# is no number of one, and a path of harmless signs.
_HOST = r"(?:[a-z0-9]++[.-])*+[a-z]++"
_ADDRESS = rf"https?://{_HOST}(?:/[A-Za-z0-9._~/-]*+)?+"

_MARKS = ("b", "code", "em", "i", "strong", "sub", "sup", "u")


def paragraphs(text: str) -> str:
    """Return the pattern of paragraphs, given that of a piece of the text in them."""
    # Each name by itself: Python loses a group that is captured inside `++` (SystemError).
    words = "|".join(f"<{name}>{text}++</{name}>" for name in _MARKS)
    link = rf'<a href="{_ADDRESS}">{text}++</a>'
    # Nothing is tried twice (`++`), so that the time is linear.
    return rf"\n*+(?:<p>(?:{text}|{words}|{link}|<br />)++</p>\n*+)++"


_PARAGRAPHS = re.compile(paragraphs(STRICT_TEXT))


def are_plain(markup: str) -> bool:
    """Tell whether `markup` is nothing but paragraphs of text without attributes."""
    return _PARAGRAPHS.fullmatch(markup) is not None
