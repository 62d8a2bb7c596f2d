"""Content filters on clean HTML: links and emoticons."""

import time

import pytest

from coursewire.text.filters import run_filters

BASE = "https://moodle.example.com"


def _link(address: str, shown: str) -> str:
    return f'<a href="{address}" class="_blanktarget">{shown}</a>'


def _face(picture: str, description: str) -> str:
    return (
        f'<img class="icon emoticon" alt="{description}" title="{description}"'
        f' src="{BASE}/theme/image.php/boost/core/1/s/{picture}" />'
    )


SITE = _link("http://a.example", "http://a.example")

FILTERED = [
    ("an address", "see http://a.example now", f"see {SITE} now"),
    ("without its full stop", "see http://a.example.", f"see {SITE}."),
    (
        "a path in brackets",
        "(http://a.example/b).",
        f"({_link('http://a.example/b', 'http://a.example/b')}).",
    ),
    ("in brackets", "(http://a.example)", f"({SITE})"),
    (
        "with brackets",
        "http://a.example/b_(c)",
        _link("http://a.example/b_(c)", "http://a.example/b_(c)"),
    ),
    (
        "with everything",
        "https://a.example:8080/b/%20?c=1&amp;d#e",
        _link(
            "https://a.example:8080/b/%20?c=1&amp;d#e", "https://a.example:8080/b/%20?c=1&amp;d#e"
        ),
    ),
    ("without a scheme", "www.a.example", _link("http://www.a.example", "www.a.example")),
    (
        "a picture",
        "http://a.example/b.png",
        '<img class="filter_urltolink_image" alt="" src="http://a.example/b.png" />',
    ),
    (
        "behind a picture's address",
        "http://a.example/b.png!",
        '<img class="filter_urltolink_image" alt="" src="http://a.example/b.png" />!',
    ),
    (
        "up to an escaped bracket",
        "http://a.example/&lt;b",
        _link("http://a.example/", "http://a.example/") + "&lt;b",
    ),
    ("no host", "http:// and www.", "http:// and www."),
    ("one name only", "http://localhost/", "http://localhost/"),
    ("an address of mail", "a@www.example.com", "a@www.example.com"),
    ("a link already", '<a href="/x">http://a.example</a>', '<a href="/x">http://a.example</a>'),
    (
        "an attribute",
        '<img src="http://a.example" alt=":-)" />',
        '<img src="http://a.example" alt=":-)" />',
    ),
    ("a face", "a :-) b", f"a {_face('smiley', 'smile')} b"),
    ("faces side by side", ":-(;-)", _face("sad", "sad") + _face("wink", "wink")),
    ("the longer face", "(heart)", _face("heart", "heart")),
    ("a face in a link", '<a href="/x">:-)</a>', f'<a href="/x">{_face("smiley", "smile")}</a>'),
    (
        "no face in an address",
        "http://a.example/(h)",
        _link("http://a.example/(h)", "http://a.example/(h)"),
    ),
    ("code", "<code>:-) http://a.example</code>", "<code>:-) http://a.example</code>"),
    ("inside code", "<pre><b>:-)</b></pre>:-)", f"<pre><b>:-)</b></pre>{_face('smiley', 'smile')}"),
    (
        "marked elements",
        '<span class="nolink">http://a.example :-)</span>',
        '<span class="nolink">http://a.example :-)</span>',
    ),
    ("nolink", "<nolink>http://a.example</nolink>", "<nolink>http://a.example</nolink>"),
]


@pytest.mark.parametrize(("name", "html", "filtered"), FILTERED)
def test_filtered(name: str, html: str, filtered: str) -> None:
    assert run_filters(html, BASE) == filtered, name


@pytest.mark.parametrize(
    "piece",
    ["http://a.b ", "www.", "http://", "http://a.", "http://a-", ":-)", "(h", "<br />", "<b></b>"],
)
def test_a_mebibyte_is_filtered_in_seconds(piece: str) -> None:
    text = piece * ((1 << 20) // len(piece))
    start = time.process_time()
    run_filters(text, BASE)
    assert time.process_time() - start <= 5
