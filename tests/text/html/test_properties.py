"""What holds of cleaned HTML whatever is put in."""

import re
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from coursewire.text.html.cleaning import clean_html
from coursewire.text.html.elements import ELEMENTS
from tests.support.sizes import size

MEBIBYTE = 1 << 20

NAMES = [
    *sorted(ELEMENTS),
    "script",
    "style",
    "iframe",
    "svg",
    "math",
    "form",
    "x-y",
    "body",
    "title",
]
VALUES = [
    "javascript:alert(1)",
    "JAVASCRIPT:x",
    "data:text/html,x",
    "https://e.example/a?b&c",
    "x",
    "a b",
    "color:red",
    "color:red;behavior:url(x)",
    'a"b',
    "a'b",
    "<b>",
    "&#106;avascript:x",
    "en",
    "_blank",
    "multilang",
    "100%",
    "12px",
    "",
]
ATTRIBUTES = [
    "href",
    "src",
    "style",
    "class",
    "id",
    "name",
    "lang",
    "xml:lang",
    "onclick",
    "onerror",
    "target",
    "title",
    "alt",
    "width",
    "data-implied",
    "srcdoc",
    "formaction",
    "align",
    "dir",
    "cite",
    "type",
]

texts = st.one_of(
    st.sampled_from(
        ["a", " ", "\n", "&amp;", "&lt;", "&", "<", ">", '"', "é", "\xa0", "&nbsp;", "\0"]
    ),
    st.text(max_size=5),
)
attributes = st.builds(
    lambda name, value, quote: f" {name}={quote}{value}{quote}",
    st.sampled_from(ATTRIBUTES),
    st.sampled_from(VALUES),
    st.sampled_from(['"', "'", ""]),
)
starts = st.builds(
    lambda name, given, end: f"<{name}{''.join(given)}{end}",
    st.sampled_from(NAMES),
    st.lists(attributes, max_size=3),
    st.sampled_from([">", ">", ">", "/>", " />", ""]),
)
ends = st.sampled_from(NAMES).map(lambda name: f"</{name}>")
odd = st.sampled_from(
    ["<!--", "-->", "<!", "<?", "]]>", "<![CDATA[", "</", "<a <b>", '<p a="', "</ p>"]
)
markup = st.lists(st.one_of(texts, starts, starts, ends, ends, odd), max_size=20).map("".join)


class Page(HTMLParser):
    """Reads cleaned HTML as a browser would, and keeps what could harm."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(f"@{name}" for name, _ in attrs)}
        places = {"href", "src", "cite", "longdesc", "poster"}
        self.addresses += [value or "" for name, value in attrs if name in places]


def _page(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    return page


@given(markup)
def test_nothing_harmful_is_left(text: str) -> None:
    page = _page(clean_html(text))
    allowed = {f"@{name}" for element in ELEMENTS.values() for name in element.attributes}
    assert page.seen <= ELEMENTS.keys() | allowed | {"@rel"}
    for address in page.addresses:
        scheme = re.match(r"[\s\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.-]*):", address)
        assert scheme is None or scheme[1] in {"http", "https"}, address


@given(markup)
@example("<em>a<p>b</p></em>")
@example("<a><b><a>x")
@example("<table><tr><td><table><col><tr><td>x")
def test_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean_html(text)
    assert clean_html(cleaned) == cleaned


@given(markup.filter(lambda text: re.search("[&<>]", text) is not None))
def test_cleaned_html_is_well_formed(text: str) -> None:
    ET.fromstring(f"<div>{clean_html(text)}</div>")  # noqa: S314 - our own output


@given(st.text())
def test_any_text_can_be_cleaned(text: str) -> None:
    assert "<script" not in clean_html(text)


HOSTILE = [
    "<div>",
    "<b>",
    "<",
    "<a ",
    "&",
    "<p>",
    "<p><b>",
    "<ul>",
    "<table><tr><td>",
    "<b><div>",
    "<i><b><u><p>",
    "</p>",
    '<a b="',
    "<!--",
    "&#",
    "<b><div></div>",
    "<li>",
    "<i><li>",
    "<script>",
    '<p style="color:red">',
    "> <",
    "<![CDATA[",
    "<em><div>",
    "</div>",
    "<a><b>",
    "<table>x",
    "<ul>x",
    "<ins>",
    "<img src=a>",
    "<br>",
    "<pre>",
    "<!",
    "<?",
    "</",
    "'\"<",
    "<body>",
    "</body>",
    "<body",
    "&lt",
    "&copy",
    "<a href=%zz>",
]
LONG_VALUES = [
    '<p style="' + " " * MEBIBYTE + 'x">',
    '<p style="font-family:' + "a " * (MEBIBYTE // 2) + '!">',
    '<p style="background:url(' + " " * MEBIBYTE + '">',
    '<a href="' + "%" * MEBIBYTE + '">',
    '<a href="//' + "a." * (MEBIBYTE // 2) + '!">',
    '<p class="' + "a " * (MEBIBYTE // 2) + '">',
    "<p " + "a=1 " * (MEBIBYTE // 4) + ">",
    "<p" + " " * MEBIBYTE,
    "<p" + "/ " * (MEBIBYTE // 2),
    "".join(f"<b id=a{number}>" for number in range(MEBIBYTE // 13)),
]


# The whole mebibyte that a value may have is for the night.
LONG_TEXT = size(MEBIBYTE // 8, MEBIBYTE)


def _seconds(text: str) -> float:
    start = time.process_time()
    clean_html(text)
    return time.process_time() - start


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    # Eight times the text: quadratic work would take sixty-four times as long. A busy machine
    # makes one round slow, never every one of them fast.
    rounds = (
        [_seconds(piece * (length // len(piece))) for length in (MEBIBYTE // 32, MEBIBYTE // 4)]
        for _ in range(4)
    )
    assert any(long <= 24 * max(short, 0.02) for short, long in rounds)


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_text_is_cleaned_in_seconds(piece: str) -> None:
    assert _seconds(piece * (LONG_TEXT // len(piece))) <= 20


@pytest.mark.parametrize("text", LONG_VALUES, ids=lambda text: text[:20])
def test_a_long_value_is_cleaned_at_once(text: str) -> None:
    assert _seconds(text) <= 3
