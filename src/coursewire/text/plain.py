"""Text format 2: plain text, shown as written."""

import re
from html import escape

from coursewire.text.line_breaks import with_break_tags

# A numeric reference is a character that some encoding could not hold, so it stays one.
_ESCAPED_NUMERIC_REFERENCE = re.compile(r"&amp;(#(?:[0-9]+|[xX][0-9a-fA-F]+);)")


def escaped(text: str) -> str:
    """`text` ready to stand in HTML, its apostrophes as PHP writes them."""
    return escape(text).replace("&#x27;", "&#039;")


def plain_to_html(text: str) -> str:
    """`text` escaped, its line ends and runs of spaces kept visible."""
    shown = _ESCAPED_NUMERIC_REFERENCE.sub(r"&\1", escaped(text))
    return with_break_tags(shown).replace("  ", "&nbsp; ")
