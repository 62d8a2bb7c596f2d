"""What may stand in a log (AUD-5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.audit.redaction import (
    LONGEST,
    REDACTED,
    line_value,
    line_values,
    path_without_query,
    visible,
    without_secrets,
)


@given(st.text())
def test_aud_5_any_text_becomes_one_printable_line(text: str) -> None:
    value = line_value(text)
    assert len((value or "x").splitlines()) == 1
    assert "\x1b" not in value
    value.encode()


def test_aud_5_long_values_are_cut() -> None:
    assert line_value("x" * LONGEST) == "x" * LONGEST
    assert len(line_value("x" * (LONGEST + 1))) == LONGEST
    assert len(line_value("\n" * LONGEST)) == LONGEST
    assert len(line_value("x" * 5000)) == 4096


def test_aud_5_what_is_just_short_enough_is_whole_in_any_script() -> None:
    assert line_value("ä" * LONGEST) == "ä" * LONGEST
    assert line_value("ä" * (LONGEST + 1)) == "ä" * (LONGEST - 1) + "…"


# First and last of each run of characters that could steer a terminal or break a line.
STEERING = ((0x00, 0x1F), (0x7F, 0x9F), (0x200E, 0x200F), (0x2028, 0x202E), (0x2066, 0x2069))


@pytest.mark.parametrize(("first", "last"), STEERING)
def test_out_4_what_steers_is_written_out_and_its_neighbours_are_not(first: int, last: int) -> None:
    for code in range(first, last + 1):
        assert visible(f"ä{chr(code)}b") == f"ä\\u{code:04x}b"
    for code in {max(first - 1, 0x20), last + 1}:
        assert visible(f"ä{chr(code)}b") == f"ä{chr(code)}b"


def test_aud_5_texts_are_escaped_at_every_depth() -> None:
    value = {"a\n": ["\u2028", {"b": ("\u202e", 5, None)}], "c": True}
    assert line_values(value) == {
        "a\\u000a": ["\\u2028", {"b": ["\\u202e", 5, None]}],
        "c": True,
    }


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/webservice/rest/server.php?wstoken=abc", "/webservice/rest/server.php"),
        ("/a#wstoken=abc", "/a"),
        ("/tokenpluginfile.php/0123abcd/5/x", f"/tokenpluginfile.php/{REDACTED}/5/x"),
        ("/moodle/tokenpluginfile.php/0123abcd", f"/moodle/tokenpluginfile.php/{REDACTED}/"),
        ("/a\nb", "/a\\u000ab"),
    ],
)
def test_aud_5_no_query_and_no_key_in_a_path(target: str, path: str) -> None:
    assert path_without_query(target) == path


def test_aud_5_a_token_that_stands_in_a_path_is_not_logged() -> None:
    token = "0123456789abcdef" * 2
    assert path_without_query(f"/webservice/rest/server.php/{token}/x") == (
        f"/webservice/rest/server.php/{REDACTED}/x"
    )
    assert len(path_without_query("/a" * 1000)) == 1024
    digest = "0123456789abcdef" * 4
    assert path_without_query(f"/static/{digest}.css") == f"/static/{digest}.css"


def test_aud_5_secrets_are_left_out_at_every_depth() -> None:
    found = without_secrets(
        {
            "Password": "p1",
            "users": [{"wstoken": "t1", "name": "Ann\n"}],
            "nested": {"client_secret": "s1", "n": 5},
            "pair": ("a", {"cookie": "c1"}),
        }
    )
    assert found == {
        "Password": REDACTED,
        "users": [{"wstoken": REDACTED, "name": "Ann\\u000a"}],
        "nested": {"client_secret": REDACTED, "n": 5},
        "pair": ["a", {"cookie": REDACTED}],
    }
