"""Long texts in the four formats, and the settings under which they are read."""

import pytest

from coursewire.text.formats import ACCEPTED, AUTO, HTML, MARKDOWN, PLAIN
from coursewire.text.long import format_intro, format_text
from coursewire.text.settings import FileArea, TextSettings

BASE = "https://moodle.example.com"
AREA = FileArea(BASE, 21, "course", "summary")
ITEM = FileArea(BASE, 21, "group", "description", 5)
RAW = TextSettings(raw=True)
PICTURE = '<img src="@@PLUGINFILE@@/a.png" alt="a" />'

SHOWN = [
    (AUTO, "a\nb & <b>c</b>", "a<br />\nb &amp; <b>c</b>"),
    (AUTO, "a\r\nb", "a<br />\nb"),
    (AUTO, "<p>a</p>\n\n<p>b</p>", "<p>a</p><p>b</p>"),
    (AUTO, "a\n<b>b</b>\nc", "a <b>b</b> c"),
    (AUTO, "<script>x</script>y", "y"),
    (HTML, "a\nb & <b>c</b>", "a\nb &amp; <b>c</b>"),
    (HTML, "<p>a</p>\n\n<p>b</p>", "<p>a</p>\n\n<p>b</p>"),
    (PLAIN, "a <b>\n& \"c\" 'd'", "a &lt;b&gt;<br />\n&amp; &quot;c&quot; &#039;d&#039;"),
    (PLAIN, "a\r\nb\rc", "a<br />\r\nb<br />\rc"),
    (PLAIN, "a   b  c", "a&nbsp;  b&nbsp; c"),
    (PLAIN, "&#65; &#x41; &amp;", "&#65; &#x41; &amp;amp;"),
    (PLAIN, ":-) http://example.com/", ":-) http://example.com/"),
    (MARKDOWN, "*a*", "<p><em>a</em></p>\n"),
    (MARKDOWN, "a <b onclick=x>b</b>", "<p>a <b>b</b></p>\n"),
    (99, "a\nb", "a<br />\nb"),
]


@pytest.mark.parametrize(("text_format", "text", "shown"), SHOWN)
def test_a_text_is_shown_as_html(text_format: int, text: str, shown: str) -> None:
    assert format_text(text, text_format, TextSettings(), None) == (shown, HTML)


@pytest.mark.parametrize("text_format", sorted(ACCEPTED))
@pytest.mark.parametrize("text", ["", None])
def test_an_empty_text_keeps_its_format(text_format: int, text: str | None) -> None:
    assert format_text(text, text_format, TextSettings(), AREA) == ("", text_format)


@pytest.mark.parametrize("text_format", sorted(ACCEPTED))
def test_a_raw_text_is_as_stored(text_format: int) -> None:
    text = "<script>x</script>\n*a* & b"
    assert format_text(text, text_format, RAW, AREA) == (text, text_format)


def test_plain_text_is_not_filtered() -> None:
    shown, _ = format_text(":-) http://a.example/", PLAIN, TextSettings(filter=True), AREA)
    assert shown == ":-) http://a.example/"


@pytest.mark.parametrize("text_format", [AUTO, HTML, MARKDOWN])
def test_other_texts_are_filtered_when_asked(text_format: int) -> None:
    shown, _ = format_text(":-)", text_format, TextSettings(filter=True), AREA)
    assert f'src="{BASE}/theme/image.php/' in shown


@pytest.mark.parametrize("settings", [TextSettings(), RAW])
def test_placeholders_become_addresses(settings: TextSettings) -> None:
    in_area, _ = format_text(PICTURE, HTML, settings, AREA)
    of_item, _ = format_text(PICTURE, HTML, settings, ITEM)
    place = f"{BASE}/webservice/pluginfile.php/21"
    assert in_area == f'<img src="{place}/course/summary/a.png" alt="a" />'
    assert of_item == f'<img src="{place}/group/description/5/a.png" alt="a" />'


def test_placeholders_stay_where_the_request_wants_them_or_no_place_is_known() -> None:
    assert format_text(PICTURE, HTML, TextSettings(fileurl=False), ITEM) == (PICTURE, HTML)
    assert format_text(PICTURE, HTML, TextSettings(), None) == (PICTURE, HTML)


def test_an_introduction_is_framed_and_never_raw() -> None:
    framed = '<div class="no-overflow"><p>a</p></div>'
    assert format_intro("<p>a</p><script>x</script>", HTML, RAW, AREA) == framed
    assert format_intro("", HTML, TextSettings(), AREA) == ""
