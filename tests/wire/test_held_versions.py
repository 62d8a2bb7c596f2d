"""Which requests hold the present version of a file already (RFC 9110, section 13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.wire.held_versions import NOTHING, Held, held

ETAG = '"abc"'
# Tue, 14 Nov 2023 22:13:20 GMT
MODIFIED = 1_700_000_000


@pytest.mark.parametrize(
    ("tags", "is_present"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ('"x,y","abc" ', True),
        ("*", True),
        (" * ", True),
        ('"x"', False),
        ('"ABC"', False),
        ("abc", False),
        ('"abc', False),
        ('"*"', False),
        ("", False),
    ],
)
def test_tags(tags: str, is_present: bool) -> None:
    assert Held(tags).is_present(ETAG, MODIFIED) is is_present
    # Times are not looked at beside them.
    assert Held(tags, "Wed, 15 Nov 2023 22:13:20 GMT").is_present(ETAG, MODIFIED) is is_present


@pytest.mark.parametrize(
    ("since", "is_present"),
    [
        ("Tue, 14 Nov 2023 22:13:20 GMT", True),
        ("Tue, 14 Nov 2023 22:13:21 GMT", True),
        ("Tue, 14 Nov 2023 22:13:19 GMT", False),
        ("Tuesday, 14-Nov-23 22:13:20 GMT", True),
        ("Tue Nov 14 22:13:20 2023", True),
        ("yesterday", False),
        ("1700000000", False),
        ("", False),
        ("Tue, 14 Nov 99999 22:13:20 GMT", False),
        ("Tue, 14 Nov 2023 22:13:20 GMT" + " " * 99, False),
        ("Tue, 14 Nov ٢٠٢٣ 22:13:20 GMT", False),
    ],
)
def test_times(since: str, is_present: bool) -> None:
    assert Held(None, since).is_present(ETAG, MODIFIED) is is_present


def test_headers_of_a_request() -> None:
    assert held([(b"range", b"bytes=0-1")]) == NOTHING
    assert not NOTHING.is_present(ETAG, MODIFIED)
    lines = [(b"if-none-match", b'"x"'), (b"if-modified-since", b"now"), (b"if-none-match", b'"y"')]
    assert held(lines) == Held('"x", "y"', "now")


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_whatever_is_sent_is_understood_or_left_out(sent: str) -> None:
    line = sent.encode("latin-1")
    for name in (b"if-none-match", b"if-modified-since"):
        assert held([(name, line)]).is_present(ETAG, MODIFIED) in (True, False)
