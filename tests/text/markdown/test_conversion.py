"""Markdown with the extensions known as Extra, laid out as PHP Markdown Extra does."""

import time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from coursewire.text.html.cleaning import clean_html
from coursewire.text.markdown.conversion import LONGEST, markdown_to_html

RENDERED = [
    # Paragraphs and what interrupts them
    ("paragraphs", "a\nb\n\nc", "<p>a\nb</p>\n\n<p>c</p>"),
    ("spaces around a paragraph", "  a  ", "<p>a</p>"),
    ("line ends of other systems", "a\r\n\r\nb", "<p>a</p>\n\n<p>b</p>"),
    ("a line break", "a  \nb", "<p>a<br />\nb</p>"),
    ("headings", "# a\n## b ##\n###c", "<h1>a</h1>\n\n<h2>b</h2>\n\n<h3>c</h3>"),
    ("underlined headings", "a\n=\nb\n---\nc", "<h1>a</h1>\n\n<h2>b</h2>\n\n<p>c</p>"),
    ("a heading in a paragraph", "a\n# b\nc", "<p>a</p>\n\n<h1>b</h1>\n\n<p>c</p>"),
    ("a place to link to", "# a # {#b .c}", '<h1 id="b" class="c">a</h1>'),
    (
        "signs only",
        "#\n\n##\n####### a\n# #",
        "<p>#</p>\n\n<h1>#</h1>\n\n<h6># a</h6>\n\n<h1>#</h1>",
    ),
    ("rulers", "a\n\n---\n* * *\n_____", "<p>a</p>\n\n<hr />\n\n<hr />\n\n<hr />"),
    ("code", "    a <b>\n\n    c", "<pre><code>a &lt;b&gt;\n\nc\n</code></pre>"),
    (
        "fenced code",
        "```php\n<b>\n\n```\na",
        '<pre><code class="php">&lt;b&gt;\n\n</code></pre>\n\n<p>a</p>',
    ),
    ("fenced with tildes", "~~~\na\n~~~", "<pre><code>a\n</code></pre>"),
    ("a quotation", "> a\n> b\n\nc", "<blockquote>\n  <p>a\n  b</p>\n</blockquote>\n\n<p>c</p>"),
    (
        "a long quotation",
        "> a\n>\n>     b\n>     c",
        "<blockquote>\n  <p>a</p>\n  \n  <pre><code>b\nc\n</code></pre>\n</blockquote>",
    ),
    # Lists
    ("bullets", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    ("all three signs", "* a\n+ b\n- c", "<ul>\n<li>a</li>\n<li>b</li>\n<li>c</li>\n</ul>"),
    ("numbers", "3. a\n1. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
    ("items with paragraphs", "- a\n\n- b", "<ul>\n<li><p>a</p></li>\n<li><p>b</p></li>\n</ul>"),
    (
        "an item of two paragraphs",
        "1. a\n\n    b\n2. c",
        "<ol>\n<li><p>a</p>\n\n<p>b</p></li>\n<li>c</li>\n</ol>",
    ),
    (
        "a list in a list",
        "- a\n  - b\n  - c\n- d",
        "<ul>\n<li>a\n\n<ul>\n<li>b</li>\n<li>c</li>\n</ul></li>\n<li>d</li>\n</ul>",
    ),
    ("indented by one space", "- a\n - b", "<ul>\n<li>a\n\n<ul>\n<li>b</li>\n</ul></li>\n</ul>"),
    (
        "numbers in bullets",
        "- a\n    1. b\n- *c*",
        "<ul>\n<li>a\n\n<ol>\n<li>b</li>\n</ol></li>\n<li><em>c</em></li>\n</ul>",
    ),
    ("bullets after numbers", "1. a\n- b", "<ol>\n<li>a</li>\n</ol>\n\n<ul>\n<li>b</li>\n</ul>"),
    (
        "both kinds in an item",
        "- a\n    - b\n    1. c",
        "<ul>\n<li>a\n\n<ul>\n<li>b</li>\n</ul>\n\n<ol>\n<li>c</li>\n</ol></li>\n</ul>",
    ),
    ("a list that goes on", "- a\nb\n\n\n\nc", "<ul>\n<li>a\nb</li>\n</ul>\n\n<p>c</p>"),
    ("no list in a paragraph", "a\n- b", "<p>a\n- b</p>"),
    ("a list behind one", "a\n\n- b", "<p>a</p>\n\n<ul>\n<li>b</li>\n</ul>"),
    ("an empty item", "- a\n-\n- b", "<ul>\n<li>a</li>\n<li></li>\n<li>b</li>\n</ul>"),
    (
        "code in an item",
        "- a\n\n        b",
        "<ul>\n<li><p>a</p>\n\n<pre><code>b\n</code></pre></li>\n</ul>",
    ),
    (
        "a list in a quotation",
        "> - a\n> - b",
        "<blockquote>\n  <ul>\n  <li>a</li>\n  <li>b</li>\n  </ul>\n</blockquote>",
    ),
    # In a line
    (
        "emphasis",
        "*a* _b_ **c** __d__ ***e***",
        "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <strong><em>"
        "e</em></strong></p>",
    ),
    ("no emphasis in a word", "a_b_c 2*3*4", "<p>a_b_c 2<em>3</em>4</p>"),
    ("signs meant as such", "\\*a\\* ** _", "<p>*a* ** _</p>"),
    ("code in a line", "`a<b` ``c`d``", "<p><code>a&lt;b</code> <code>c`d</code></p>"),
    (
        "links",
        '[a](/b "c") [d][e] [e][]\n\n[e]: /f',
        '<p><a href="/b" title="c">a</a> <a href="/f">d</a> <a href="/f">e</a></p>',
    ),
    ("pictures", '![a](b.png "c")', '<p><img src="b.png" alt="a" title="c" /></p>'),
    (
        "addresses",
        "<http://a.example/>",
        '<p><a href="http://a.example/">http://a.example/</a></p>',
    ),
    ("bare addresses", "http://a.example/b_c_d", "<p>http://a.example/b_c_d</p>"),
    ("characters", "a & b &amp; &copy; 1 < 2", "<p>a &amp; b &amp; &copy; 1 &lt; 2</p>"),
    # Extra
    (
        "a table",
        "a|b\n-|-\n*c*|d",
        "<table>\n<thead>\n<tr>\n  <th>a</th>\n  <th>b</th>\n</tr>\n</thead>\n<tbody>\n"
        "<tr>\n  <td><em>c</em></td>\n  <td>d</td>\n</tr>\n</tbody>\n</table>",
    ),
    (
        "an aligned table",
        "|a|\n|-:|\n|b|",
        '<table>\n<thead>\n<tr>\n  <th align="right">a</th>\n</tr>\n</thead>\n<tbody>\n'
        '<tr>\n  <td align="right">b</td>\n</tr>\n</tbody>\n</table>',
    ),
    (
        "definitions",
        "a\n:   b\n:   c\n\nd\n:   e",
        "<dl>\n<dt>a</dt>\n<dd>b</dd>\n<dd>c</dd>\n\n<dt>d</dt>\n<dd>e</dd>\n</dl>",
    ),
    (
        "a long definition",
        "a\n\n:   b\n\n    c",
        "<dl>\n<dt>a</dt>\n<dd>\n<p>b</p>\n\n<p>c</p>\n</dd>\n</dl>",
    ),
    ("abbreviations", "*[AB]: a b\n\nAB", '<p><abbr title="a b">AB</abbr></p>'),
    (
        "footnotes",
        "a[^1]\n\n[^1]: b",
        '<p>a<sup id="fnref:1"><a href="#fn:1" class="footnote-ref">1</a></sup></p>\n\n'
        '<div class="footnotes">\n<hr />\n<ol>\n\n<li id="fn:1">\n'
        '<p>b&#160;<a href="#fnref:1" class="footnote-backref">&#8617;&#xFE0E;</a></p>\n'
        "</li>\n\n</ol>\n</div>",
    ),
    # HTML
    ("HTML in a line", "a <b>*b*</b><br>", "<p>a <b><em>b</em></b><br></p>"),
    ("a block", "<div>\n*a*\n\n*b*\n</div>\n*c*", "<div>\n*a*\n\n*b*\n</div>\n\n<p><em>c</em></p>"),
    ("a block in a line", "a <div>b</div> c", "<p>a</p>\n\n<div>b</div>\n\n<p>c</p>"),
    ("blocks in blocks", "<div><div>a</div></div>b", "<div><div>a</div></div>\n\n<p>b</p>"),
    ("blocks side by side", "<h1>a</h1><ul><li>b</li></ul>", "<h1>a</h1>\n\n<ul><li>b</li></ul>"),
    ("a block never closed", "<div>a", "<p>&lt;</p>\n\n<p>div&gt;a</p>"),
    ("a ruler", "a<hr>b", "<p>a</p>\n\n<hr>\n\n<p>b</p>"),
    (
        "Markdown in a block",
        '<div markdown="1">\n*a*\n</div>',
        '<div markdown="1">\n\n<p><em>a</em></p>\n\n</div>',
    ),
    ("a script", "<script>*a*</script>b", "<p><script>*a*</script>b</p>"),
    ("a script by itself", "<script>\n*a*\n</script>\n\nb", "<script>\n*a*\n</script>\n\n<p>b</p>"),
    ("a comment", "a <!-- *b* --> c", "<p>a <!-- *b* --> c</p>"),
    ("a comment by itself", "<!-- *b* -->\n\nc", "<!-- *b* -->\n\n<p>c</p>"),
    ("an end by itself", "a</div>", "<p>a</div></p>"),
    (
        "tags in code",
        "`<div>` and ``<p>``",
        "<p><code>&lt;div&gt;</code> and <code>&lt;p&gt;</code></p>",
    ),
    (
        "tags in indented code",
        "a\n\n    <div>\n\nb",
        "<p>a</p>\n\n<pre><code>&lt;div&gt;\n</code></pre>\n\n<p>b</p>",
    ),
    ("an unclosed code mark", "` <div>a</div>", "<p>`</p>\n\n<div>a</div>"),
    ("a frame by itself", "<iframe src=a></iframe>", "<iframe src=a></iframe>"),
    ("a film by itself", "<video src=a></video>", "<video src=a></video>"),
    ("a film in a line", "a <video src=a></video>", "<p>a <video src=a></video></p>"),
]


@pytest.mark.parametrize(("name", "text", "html"), RENDERED)
def test_rendered(name: str, text: str, html: str) -> None:
    assert markdown_to_html(text) == html + "\n", name


def test_a_text_too_long_is_shown_as_typed() -> None:
    text = "*a* <b>\n" * (LONGEST // 8 + 1)
    assert markdown_to_html(text).startswith("*a* &lt;b&gt;<br />\n*a*")


def test_marks_beyond_all_sense_are_shown_as_typed() -> None:
    html = markdown_to_html("[a](b) *c* " * 4000 + "\n\n*d*")
    assert html.startswith("<p>[a](b) *c* [a](b)")


def test_deep_lists_end_as_text() -> None:
    text = "\n".join("    " * depth + "- a" for depth in range(60))
    assert markdown_to_html(text).count("<ul>") == 20


marks = st.sampled_from(
    [
        "*",
        "**",
        "_",
        "`",
        "```",
        "~~~",
        "[",
        "](",
        ")",
        "![",
        "<",
        ">",
        "<b>",
        "</b>",
        "<div>",
        "</div>",
        "<!--",
        "-->",
        "\\",
        "&",
        "#",
        "- ",
        "1. ",
        "> ",
        "    ",
        "\n",
        "\n\n",
        "|",
        "-|-",
        ":   ",
        "[^1]",
        "[^1]: ",
        "*[a]: ",
        "{#a}",
        "a",
        "é",
        " ",
        "===",
        "---",
        "http://a.b/",
        '<p markdown="1">',
    ]
)


@given(st.lists(marks, max_size=25).map("".join))
def test_anything_can_be_rendered_and_cleaned(text: str) -> None:
    cleaned = clean_html(markdown_to_html(text))
    assert "\x02" not in cleaned
    assert "wzxhzdk" not in cleaned


HOSTILE = [
    "[",
    "*a ",
    "**",
    "_a",
    "`",
    "``",
    "![",
    "<",
    "<a",
    "</p",
    "> ",
    "- ",
    "|",
    "a|b\n-|-\n",
    "&",
    "[a](",
    "[a]",
    "\\",
    "#\n",
    "# a\n",
    "a\n\n",
    "    a\n\n",
    "1. a\n",
    "1. a\n\n",
    "a\n: b\n",
    "[^a]",
    "<!--",
    "~~~\n",
    "```\n",
    "a\n=\n",
    "***",
    '[a](b "',
    "<x@",
    "# a {",
    "*[a]: b\n",
    "![a](b",
    "[x]: y\n\n",
    "<div>",
    '<div markdown="1">',
    "<div></div>",
    "- - - a\n",
    "*a* ",
    "[a](b) ",
    "> - ",
    "- a\n\nb\n\n",
    '<a "',
    "[^1]: x\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_text_is_rendered_in_seconds(piece: str) -> None:
    text = (piece * (LONGEST // len(piece) + 1))[:LONGEST]
    start = time.process_time()
    markdown_to_html(text)
    assert time.process_time() - start <= 10
