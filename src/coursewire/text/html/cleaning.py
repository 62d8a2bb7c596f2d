"""HTML that is safe to show: nh3 decides what stays, the modules beside this one how it is spelt.

The markup is first brought into a tree of allowed elements, as HTML 4 reads it and with everything
where it may stand; nh3 then parses and cleans it, and has the last word on what is let through;
at the end its output gets the spelling of XHTML that Moodle's answers have.
"""

import re

import nh3

from coursewire.text.html.addresses import SCHEMES
from coursewire.text.html.elements import ELEMENTS
from coursewire.text.html.entities import without_controls
from coursewire.text.html.nesting import settle
from coursewire.text.html.plain_paragraphs import are_plain
from coursewire.text.html.tokens import tokenize
from coursewire.text.html.tree import build_tree
from coursewire.text.html.writing import IMPLIED_MARK, IMPLIED_NAMES, respell, write

_MARKUP = re.compile(r"[&<>]")
_BODY = re.compile(r"<body[^<>]*>", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)

_ATTRIBUTES = {name: set(element.attributes) for name, element in ELEMENTS.items()}
for _name in IMPLIED_NAMES:
    _ATTRIBUTES[_name].add(IMPLIED_MARK)
_ATTRIBUTES["a"].add("rel")

_CLEANER = nh3.Cleaner(
    tags=set(ELEMENTS),
    attributes=_ATTRIBUTES,
    url_schemes=set(SCHEMES),
    link_rel=None,
)


def clean_html(markup: str) -> str:
    """`markup` without anything that could harm its reader; text without markup as it is."""
    if are_plain(markup) or not _MARKUP.search(markup):
        return markup
    return cleaned(markup)


def cleaned(markup: str) -> str:
    """`markup` as it is when taken apart and written anew."""
    text = without_controls(markup.replace("\r\n", "\n").replace("\r", "\n"))
    tree = build_tree(tokenize(_body(text)))
    settle(tree)
    return respell(_CLEANER.clean(write(tree)))


def _body(markup: str) -> str:
    """What stands in the body, if this is a whole page."""
    start = _BODY.search(markup)
    ends = [found.start() for found in _BODY_END.finditer(markup)]
    if start is None or not ends or ends[-1] < start.end():
        return markup
    return markup[start.end() : ends[-1]]


def is_clean(value: str) -> bool:
    """What the type clean admits: a text that cleaning leaves as it is."""
    return clean_html(value) == value


def is_clean_html(value: str) -> bool:
    """What the type cleanhtml admits: as `is_clean`, without outer white space."""
    return is_clean(value) and value.strip() == value
