"""HTML made safe: what goes, what stays, and how what stays is spelt."""

import pytest

from coursewire.text.html.cleaning import clean_html, is_clean, is_clean_html

NO_BREAK = "\xa0"

VECTORS: list[tuple[str, str, str]] = [
    # What harms
    ("a script goes with its content", "a<script>alert(1)</script>b", "ab"),
    ("a script that never ends takes the rest", "a<script>alert(1)", "a"),
    ("a script in capitals", "<SCRIPT>x</ScRiPt >b", "b"),
    ("a script that closes itself", "<script/>a", "a"),
    ("a style sheet goes too", "<style>p{color:red}</style>b", "b"),
    ("an event handler", '<p onclick="x()">a</p>', "<p>a</p>"),
    ("a script as an address", '<a href="javascript:x">a</a>', "<a>a</a>"),
    ("the same in disguise", '<a href=" &#74;avaScript:x">a</a>', "<a>a</a>"),
    (
        "the same with a line end in it",
        '<a href="java\nscript:x">a</a>',
        '<a href="java%20script%3Ax">a</a>',
    ),
    ("data as an address", '<a href="data:text/html,x">a</a>', "<a>a</a>"),
    ("a picture of data", '<img src="data:image/png;base64,AA">b', "b"),
    ("a frame", '<iframe src="https://e.example/">a <b>b</b></iframe>', "a <b>b</b>"),
    ("a form", "<form action=/x><input name=a><button>b</button></form>", "b"),
    ("an object", '<object data="x.swf"><param name=a><embed src=b>c</object>', "c"),
    ("a comment", "a<!-- <b>b</b> -->c", "ac"),
    ("a comment that never ends", "a<!-- b", "a"),
    ("a declaration and an instruction", "<!DOCTYPE html><?php echo 1 ?>a", "a"),
    ("the content of a bracketed section", "<![CDATA[<b>]]>c", "&lt;b&gt;c"),
    ("drawings", "<svg><circle/><text>a</text></svg>", "a"),
    ("a base and a link to a sheet", '<base href="//e/"><link rel=stylesheet href=x>a', "a"),
    # Characters
    ("bare characters are escaped", "a & b < c > d", "a &amp; b &lt; c &gt; d"),
    ("references are decoded", "&eacute; &#233; &#xE9; &copy", "é é é ©"),
    ("a space that does not break is a character", "a&nbsp;b", f"a{NO_BREAK}b"),
    ("markup characters stay references", "&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
    ("unknown references are text", "&nosuch; &check;", "&amp;nosuch; &amp;check;"),
    ("numbers of no character vanish", "a&#0;&#1;&#x110000;&#99999999999999999;b", "ab"),
    ("quotes in text need no reference", "&quot;a&apos; &#39;", "\"a' '"),
    ("controls vanish next to markup", "<p>a\x00b\x1b\x85c</p>", "<p>abc</p>"),
    ("line ends are one character", "<p>a\r\nb\rc</p>", "<p>a\nb\nc</p>"),
    ("text without markup is left alone", 'a\r\nb "c" \x0c', 'a\r\nb "c" \x0c'),
    ("a bracket before a digit", "I <3 you", "I &lt;3 you"),
    ("a tag cut off", "a <b", "a <b></b>"),
    ("a tag cut off in a quote", 'a <b title="c', "a "),
    # Spelling
    ("empty elements are closed", "a<br>b<hr><BR/>", "a<br />b<hr /><br />"),
    ("names in small letters", "<P ALIGN=Center>a</P>", '<p align="center">a</p>'),
    ("attributes keep their order", '<a title=t href="/x">a</a>', '<a title="t" href="/x">a</a>'),
    (
        "values are escaped",
        "<p title='a<b>&quot;&amp;'>c</p>",
        '<p title="a&lt;b&gt;&quot;&amp;">c</p>',
    ),
    ("the first of two attributes counts", "<p title=a title=b>c</p>", '<p title="a">c</p>'),
    ("an element that closes itself", "<b/>a", "<b></b>a"),
    # Structure
    ("what is open is closed", "<p>a <b>b", "<p>a <b>b</b></p>"),
    ("a stray end tag", "a</b></p>b", "ab"),
    ("crossing tags", "<b><i>a</b>b</i>", "<b><i>a</i></b>b"),
    ("unknown elements leave their content", "<section><mark>a</mark></section>", "a"),
    ("a paragraph ends before the next", "<p>a<p>b", "<p>a</p><p>b</p>"),
    ("a paragraph ends before a block", "<p>a<ul><li>b</ul>", "<p>a</p><ul><li>b</li></ul>"),
    ("items end each other", "<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
    (
        "lists in lists",
        "<ul><li>a</li><ol><li>b</ol></ul>",
        "<ul><li>a</li><li><ol><li>b</li></ol></li></ul>",
    ),
    ("text in a list", "<ul>a<li>b</li>c</ul>", "<ul><li>a</li><li>bc</li></ul>"),
    ("a list without items", "a<ul> </ul>b", "ab"),
    ("an item without a list", "<li>a</li>", "a"),
    (
        "rows stay without a body",
        "<table><tr><td>a<td>b<tr><th>c</table>",
        "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>",
    ),
    (
        "columns stay without a group",
        "<table><col width=10><tr><td>a</table>",
        '<table><col width="10" /><tr><td>a</td></tr></table>',
    ),
    (
        "a body that was written stays",
        "<table><thead><tr><th>a</thead><tbody><tr><td>b</table>",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
    ),
    (
        "rows beside a body get one",
        "<table><tbody><tr><td>a</tbody><tr><td>b</tr><tr><td>c</table>",
        "<table><tbody><tr><td>a</td></tr></tbody>"
        "<tbody><tr><td>b</td></tr><tr><td>c</td></tr></tbody></table>",
    ),
    ("a table without rows", "a<table><caption>b</caption></table>c", "ac"),
    ("text in a table", "<table>a<tr>b<td>c</table>", "<table><tr><td>c</td></tr></table>"),
    ("cells outside a table", "<tr><td>a</td></tr>", "a"),
    (
        "a table in a paragraph",
        "<p><table><tr><td>a</table>",
        "<p></p><table><tr><td>a</td></tr></table>",
    ),
    ("bold ends before a paragraph", "<b>a<p>b</p></b>", "<b>a</b><p>b</p>"),
    ("emphasis goes on in it", "<em>a<p>b</p></em>", "<em>a</em><p><em>b</em></p><em></em>"),
    (
        "a link ends before a link",
        "<a href=x>a<a href=y>b</a>",
        '<a href="x">a</a><a href="y">b</a>',
    ),
    ("headings end each other", "<h1>a<h2>b", "<h1>a</h1><h2>b</h2>"),
    ("changes hold blocks among blocks", "<del><p>a</p></del>", "<del><p>a</p></del>"),
    ("and lines in a line", "<p><del>a<b>c</b></del></p>", "<p><del>a<b>c</b></del></p>"),
    ("preformatted text keeps its first line end", "<pre>\n a\n</pre>", "<pre>\n a\n</pre>"),
    (
        "a whole page",
        "<html><head><title>t</title></head><body class=c>a<b>b</b></body></html>",
        "a<b>b</b>",
    ),
    # Attributes
    ("names of classes, once", '<p class=" a  b a ">c</p>', '<p class="a b">c</p>'),
    ("an empty class", '<p class="">c</p>', "<p>c</p>"),
    (
        "names of places, once",
        "<p id=a>b</p><p id=a>c</p><p id=1>d</p>",
        '<p id="a">b</p><p>c</p><p>d</p>',
    ),
    ("data attributes", '<p data-x="1" aria-label="y" role="z">a</p>', "<p>a</p>"),
    ("languages", '<p lang="en-GB">a</p>', '<p lang="en-gb" xml:lang="en-gb">a</p>'),
    (
        "a language of a multi-language text keeps its spelling",
        '<span class="multilang" lang="en_UK">a</span>',
        '<span lang="en_UK" class="multilang">a</span>',
    ),
    (
        "a new window",
        '<a href="/x" target="_blank">a</a>',
        '<a href="/x" target="_blank" rel="noreferrer noopener">a</a>',
    ),
    ("another frame", '<a href="/x" target="main" rel="nofollow">a</a>', '<a href="/x">a</a>'),
    ("a picture without a description", "<img src=a/b.png>", '<img src="a/b.png" alt="b.png" />'),
    ("a picture without an address", '<img alt="a">b', "b"),
    (
        "sizes",
        "<img src=a alt=b width=10px height=5000>",
        '<img src="a" alt="b" width="10" height="1200" />',
    ),
    ("sizes that are none", "<img src=a alt=b width=x>", '<img src="a" alt="b" />'),
    ("shares", "<hr width=150%>", '<hr width="100%" />'),
    ("direction", "<bdo>a</bdo>", '<bdo dir="ltr">a</bdo>'),
    (
        "colours",
        "<font color=Red face=Arial>a</font>",
        '<font color="#FF0000" face="Arial">a</font>',
    ),
    ("short colours", "<font color=abc>a</font>", '<font color="#aabbcc">a</font>'),
    ("colours that are none", "<font color=reddish>a</font>", "<font>a</font>"),
    (
        "numbering",
        "<ol start=-3 type=A><li value=x>a</ol>",
        '<ol start="-3" type="A"><li>a</li></ol>',
    ),
    ("switches", "<td nowrap>a</td><hr noshade>", 'a<hr noshade="noshade" />'),
    (
        "cells",
        "<table><tr><td colspan=2 rowspan=x>a</table>",
        '<table><tr><td colspan="2">a</td></tr></table>',
    ),
    (
        "films",
        '<video src="a.mp4" controls width="9"><source src="b.ogv" type="video/ogg"></video>',
        '<video src="a.mp4" controls="" width="9"><source src="b.ogv" type="video/ogg" /></video>',
    ),
    ("styles", '<p style="color: red; position:fixed">a</p>', '<p style="color:#FF0000;">a</p>'),
    ("styles of which nothing is left", '<p style="position:fixed">a</p>', "<p>a</p>"),
]


@pytest.mark.parametrize(
    ("markup", "cleaned"), [vector[1:] for vector in VECTORS], ids=[vector[0] for vector in VECTORS]
)
def test_vector(markup: str, cleaned: str) -> None:
    assert clean_html(markup) == cleaned


@pytest.mark.parametrize("markup", [vector[1] for vector in VECTORS])
def test_cleaning_again_changes_nothing(markup: str) -> None:
    cleaned = clean_html(markup)
    assert clean_html(cleaned) == cleaned


def test_what_cleaning_leaves_alone_is_clean() -> None:
    assert is_clean("<p>a</p>\n")
    assert not is_clean("<p>a")


def test_outer_white_space_is_not_clean_html() -> None:
    assert is_clean_html("<p>a</p>")
    assert not is_clean_html("<p>a</p>\n")
    assert not is_clean_html("<p>a")
