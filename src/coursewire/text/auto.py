"""Text format 0: HTML as typed into a small field, where a line end means a line break."""

import re

from coursewire.text.line_breaks import with_break_tags

_SPACE_BETWEEN_TAGS = re.compile(r"(?<=>)[ \t\n\r\f\v]+(?=<)")
_LINE_END_BESIDE_TAG = re.compile(r"[\n\r](?=<)|(?<=>)[\n\r]")


def auto_to_html(text: str) -> str:
    """`text` with its line breaks as tags, those beside a tag excepted: they belong to the markup.

    White space between two tags goes altogether (case text_formats, `<b>…</b> <i>…</i>`).
    """
    joined = _SPACE_BETWEEN_TAGS.sub("", text)
    return with_break_tags(_LINE_END_BESIDE_TAG.sub(" ", joined))
