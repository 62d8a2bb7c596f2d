"""Tags as PHP strips them, and what the types text and notags admit."""

import time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from coursewire.text.tags import has_no_tags, is_plain_text, strip_tags

STRIPPED = [
    ("a <b>c</b> d", "a c d"),
    ("a < b", "a < b"),
    ("a<\tb<\nc", "a<\tb<\nc"),
    ("a > b", "a > b"),
    ("a <b", "a "),
    ("a<", "a"),
    ("I <3 you", "I "),
    ('<a title=">">b</a>', "b"),
    ("<a title='\"'>b", "b"),
    ('<a title="b', ""),
    ("<a <b> c> d", " d"),
    ("<a < b> c", " c"),
    ("a<!-- > b -->c", "ac"),
    ("a<!-->b", "ab"),
    ("a<!-- b", "a"),
    ("a<!DOCTYPE b>c", "ac"),
    ("a<!DOCTYPE <b> c>d", "ad"),
    ("a<!b <c>d", "ad"),
    ("a<!b '>' c>d", "ad"),
    ("a<!b", "a"),
    ("a<?php echo '>' ?>b", "ab"),
    ("a<?php", "a"),
    ("a\0b", "ab"),
    ("", ""),
]

PLAIN = ["", " a ", "a & b", "a &lt; b", "a < b", "a > b", "a\nb", "\"'", "<\n"]
MULTILANG = [
    '<lang lang="en">x</lang>',
    'a <lang lang="en">x</lang><lang lang="pt_br" >y</lang> b',
    '<span lang="en" class="multilang">x</span>',
    '<span class="multilang" lang="en-GB">x</span>, 1 < 2',
]
TAGGED = [
    "<",
    "a <b",
    "<b>x</b>",
    "<3 love",
    "</b>",
    "<!-- c -->",
    "<?x?>",
    "a\0b",
    "</lang>",
    '<lang lang="en">x',
    '<lang lang="en"><lang lang="de">x</lang></lang>',
    '<lang lang="en">x</lang><b>',
    '<lang lang="en">x</lang><',
    "<lang>x</lang>",
    '<lang lang="en" id="a">x</lang>',
    "</span>",
    '<span lang="en">x</span>',
    '<span class="multilang">x</span>',
    '<span lang="en" class="other">x</span>',
    'a < b <lang lang="en">x</lang>',
    '<lang lang="en">\0x</lang>',
]


@pytest.mark.parametrize(("text", "stripped"), STRIPPED)
def test_tags_are_stripped(text: str, stripped: str) -> None:
    assert strip_tags(text) == stripped


@pytest.mark.parametrize("value", PLAIN)
def test_plain_text_is_admitted(value: str) -> None:
    assert has_no_tags(value)
    assert is_plain_text(value)


@pytest.mark.parametrize("value", MULTILANG)
def test_languages_are_admitted_as_text_only(value: str) -> None:
    assert is_plain_text(value)
    assert not has_no_tags(value)


@pytest.mark.parametrize("value", TAGGED)
def test_tags_are_not_admitted(value: str) -> None:
    assert not has_no_tags(value)
    assert not is_plain_text(value)


@given(st.text(alphabet="<>ab \"'!-?/\0\n=", max_size=30))
def test_a_text_has_no_tags_just_when_stripping_leaves_it(text: str) -> None:
    assert has_no_tags(text) == (strip_tags(text) == text)
    assert is_plain_text(text) == has_no_tags(text)


PIECES = [
    "<",
    "< ",
    "<a ",
    '<"',
    "<!--",
    "<?",
    ">",
    "<a>",
    '<lang lang="en">',
    "</lang>",
    "</span>",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_mebibyte_is_looked_through_in_a_second(piece: str) -> None:
    text = piece * ((1 << 20) // len(piece))
    start = time.process_time()
    strip_tags(text)
    is_plain_text(text)
    is_plain_text(f'<lang lang="en"></lang>{text}')
    assert time.process_time() - start <= 4
