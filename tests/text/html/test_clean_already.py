"""Texts that are told together to be clean are each left as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.text.html.clean_already import are_clean
from coursewire.text.html.cleaning import clean_html
from tests.text.html.test_plain_paragraphs import MARKUP

PLAIN = '<p>One <b>two</b></p>\n<p>A <a href="https://a.example/b">link</a><br />.</p>'
ODD = st.sampled_from(["<p>a", "b</p>", "<\0>", "\0", "", "\n", "a>", "<", "\x0b", "\x7f", "&amp;"])
ANY = MARKUP | ODD | st.text(st.characters(exclude_categories=()), max_size=4)


@given(st.lists(ANY | st.just(PLAIN), max_size=4))
def test_what_is_clean_together_is_clean_alone(texts: list[str]) -> None:
    if are_clean(texts):
        assert [clean_html(text) for text in texts] == texts


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["no markup", PLAIN, ""],
        [PLAIN] * 3,
        ["<p>\xe9 &lt;</p>", "a\x0bb"],
        ["<p>a</p>\n"],
    ],
)
def test_plain_texts_are_clean_together(texts: list[str]) -> None:
    assert are_clean(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["<p>a", "b</p>"],
        ["<p>a</p><\0><p>b</p>"],
        ["<p>a\0b</p>"],
        ["<p>a\x0bb</p>"],
        ["<p>a>b</p>", "<"],
        ["<p>a > b</p>"],
        ["<p>&nbsp;</p>"],
        [PLAIN, "<p>\ufffe</p>"],
        [PLAIN, "<div>a</div>"],
        ["<p><b>a", "</b></p>"],
    ],
)
def test_what_is_doubtful_is_not_told_together(texts: list[str]) -> None:
    assert not are_clean(texts)


def test_a_long_text_that_is_not_clean_is_told_at_once() -> None:
    assert not are_clean(["<p>" + "a<b>b</b>" * 200_000 + "<"])
