"""Line ends of a text shown as line breaks of a page."""

import re

_LINE_END = re.compile(r"\r\n|\n\r|\n|\r")


def with_break_tags(text: str) -> str:
    """`text` with a break tag before every line end, which stays."""
    return _LINE_END.sub(r"<br />\g<0>", text)
