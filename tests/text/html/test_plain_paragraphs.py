"""What is taken for plain paragraphs is what cleaning would leave as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.text.html.cleaning import clean_html, cleaned
from coursewire.text.html.plain_paragraphs import are_plain

NAMES = st.sampled_from(["b", "code", "em", "i", "strong", "sub", "sup", "u"])
WORDS = st.text(st.characters(), max_size=3) | st.sampled_from(
    ["&amp;", "&lt;", "&nbsp;", "\xa0", "\x85", "\r", "<", '"', "]]>", "--", "<br />", "\n"]
)
SCHEMES = st.sampled_from(["https://", "http://", "HTTP://", "ftp://", "javascript:", "//", "/"])
HOSTS = st.sampled_from(
    ["a.example", "a--b.c", "1.2.3.4", "0x7f.1", "xn--a", "a.b.", "A.b", "a:80"]
)
PATHS = st.text("aB9._~/-%?#:@&\u00e9", max_size=6) | st.sampled_from(["", "/../.", "/.//a", "/~"])
ADDRESSES = st.builds(lambda *parts: "".join(parts), SCHEMES, HOSTS, PATHS)
LINKS = st.builds(lambda address, words: f'<a href="{address}">{words}</a>', ADDRESSES, WORDS)
PIECES = WORDS | LINKS | st.builds(lambda name, words: f"<{name}>{words}</{name}>", NAMES, WORDS)
PARAGRAPHS = st.lists(PIECES, max_size=4).map(lambda pieces: f"<p>{''.join(pieces)}</p>")
MARKUP = st.lists(PARAGRAPHS | st.just("\n"), min_size=1, max_size=3).map("".join)


@given(MARKUP)
def test_what_is_plain_stays_as_it_is(markup: str) -> None:
    if are_plain(markup):
        assert cleaned(markup) == markup
    assert clean_html(markup) == cleaned(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>One</p>",
        '<p>See <a href="https://www.school.example/courses/7_a/">the course</a>.</p>',
        '<p><a href="http://school.example">Here</a></p>',
        # Python's own error with groups that are captured (SystemError) showed on these.
        '<p><b>0</b><a href="https://a.example">0</a></p>',
        '<p><b>1</b><i>2</i><a href="https://a.example/b">3</a> 4</p>',
        "<p>One <b>two</b> &amp; <em>three</em><br />four \xa0</p>\n<p>Five</p>\n",
    ],
)
def test_paragraphs_are_plain(markup: str) -> None:
    assert are_plain(markup)
    assert clean_html(markup) == markup


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "text",
        "<p></p>",
        "<p>a<p>b</p>",
        "<p>a</p>b",
        "<p class='a'>a</p>",
        "<p><b>a</i></p>",
        "<p><b><i>a</i></b></p>",
        "<p>a & b</p>",
        "<p>&nbsp;</p>",
        "<p>a\r\nb</p>",
        "<p>a\x00</p>",
        "<p>\ufffe</p>",
        "<P>a</P>",
        "<p>a<br></p>",
        "<p><script>a</script></p>",
        '<p><a href="javascript:a()">a</a></p>',
        '<p><a href="https://a.example/%61">a</a></p>',
        '<p><a href="https://a.example" target="_blank">a</a></p>',
        '<p><a href="https://a.example"><b>a</b></a></p>',
        '<p><a href="https://a.example"></a></p>',
        "<p><b onclick='a()'>a</b></p>",
    ],
)
def test_anything_else_takes_the_whole_way(markup: str) -> None:
    assert not are_plain(markup)


def test_a_long_text_that_is_not_plain_is_told_at_once() -> None:
    assert not are_plain("<p>" + "&amp;a<b>b</b>" * 200_000 + "<")
