"""What is told together to be shown as it is stored is shown so when it is shaped alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.text import as_stored
from coursewire.text.formats import AUTO, HTML, MARKDOWN, PLAIN
from coursewire.text.long import format_text
from coursewire.text.settings import PLACEHOLDER, FileArea, TextSettings
from coursewire.text.short import format_string

AREA = FileArea("https://a.example", 1, "course", "summary")
SETTINGS = st.builds(TextSettings, raw=st.booleans(), filter=st.booleans(), fileurl=st.booleans())
PIECES = st.sampled_from(
    [PLACEHOLDER[:4], PLACEHOLDER[4:], f'<img src="{PLACEHOLDER}a.png">', "http://a.example"]
) | st.sampled_from(["<p>a</p>", "&", "&amp;", "<", ">", "\0", "", "word", "*a*", "\n"])
TEXTS = PIECES | st.text(st.characters(exclude_categories=()), max_size=4)
FORMATS = st.sampled_from([HTML, HTML, HTML, AUTO, PLAIN, MARKDOWN, 3, -1])


@given(st.lists(TEXTS, max_size=4), SETTINGS)
def test_names_that_are_shown_as_stored(names: list[str], settings: TextSettings) -> None:
    shown = [format_string(name, settings) for name in names]
    if as_stored.are_names(names, settings):
        assert shown == names


@given(st.lists(st.tuples(TEXTS, FORMATS), max_size=3), SETTINGS)
def test_texts_that_are_shown_as_stored(
    stored: list[tuple[str, int]], settings: TextSettings
) -> None:
    texts, formats = [text for text, _ in stored], [number for _, number in stored]
    if as_stored.are_texts(texts, formats, settings):
        assert [format_text(*each, settings, AREA) for each in stored] == stored


def test_plain_names_and_texts_are_told_together() -> None:
    for settings in TextSettings(), TextSettings(raw=True), TextSettings(fileurl=False):
        assert as_stored.are_names(["One", "T\xf6 two", ""], settings)
        assert as_stored.are_texts(["<p>One</p>", "", "two"], [HTML, HTML, HTML], settings)


@pytest.mark.parametrize("sign", ["&", "<", ">", "\0"])
def test_a_sign_that_a_name_may_not_show_is_a_doubt(sign: str) -> None:
    assert not as_stored.are_names(["One", sign], TextSettings())


def test_placeholders_filters_and_other_formats_are_doubts() -> None:
    assert not as_stored.are_texts([PLACEHOLDER], [HTML], TextSettings(raw=True))
    assert as_stored.are_texts([PLACEHOLDER], [HTML], TextSettings(raw=True, fileurl=False))
    assert not as_stored.are_texts(["a"], [HTML], TextSettings(filter=True))
    assert not as_stored.are_texts(["a", "b"], [HTML, PLAIN], TextSettings())
