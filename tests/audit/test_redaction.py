"""What may stand in a log (AUD-5)."""

import json
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.audit.redaction import (
    LONGEST,
    REDACTED,
    line_value,
    path_without_query,
    without_secrets,
)
from tests.support.sizes import size

# Controls, directions, surrogates, separators of lines and paragraphs.
HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
HOSTILE = ["\n", "\r", "\x1b[31m", "\x00", "\u2028", "\u2029", "\x85", "\u202e", "\u2066", "\ud800"]
HOSTILE += ['"', "\\", "}{", "\x7f", "\x9b", "a", "é", "\U0001d54f", "\ufffe", "=", "\t"]


def test_aud_5_hostile_values_stay_on_one_line_that_parses() -> None:
    dice = random.Random(5)
    count = size(20_000, 200_000)
    lines = [
        json.dumps({"reason": line_value("".join(dice.choices(HOSTILE, k=dice.randrange(20))))})
        for _ in range(count)
    ]
    text = "\n".join(lines)
    assert len(text.splitlines()) == count
    for line in text.splitlines():
        value = json.loads(line)["reason"]
        assert not {unicodedata.category(character) for character in value} & HARMFUL


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
