"""Inline styles: which declarations pass, and how they are spelt."""

import pytest

from coursewire.text.html.styles import clean_style

SPELLINGS = [
    ("color:red", "color:#FF0000;"),
    ("COLOR : Red ; ", "color:#FF0000;"),
    ("color:#abc", "color:#abc;"),
    ("color:#ABCDEF", "color:#ABCDEF;"),
    ("color: rgb( 1, 2 ,3 )", "color:rgb(1,2,3);"),
    ("color:rgba(1,2,3,0.5)", "color:rgba(1,2,3,0.5);"),
    ("color:blue !important", "color:#0000FF;"),
    ("color:red;color:blue", "color:#0000FF;"),
    ("background-color:transparent", "background-color:transparent;"),
    ("background: White  no-repeat", "background:#FFFFFF no-repeat;"),
    ("background-image: url( 'a b.png' )", 'background-image:url("a%20b.png");'),
    ("border: 1px solid red", "border:1px solid #FF0000;"),
    ("border-left:thin dotted", "border-left:thin dotted;"),
    ("margin: 0 auto", "margin:0 auto;"),
    ("margin:-1.50em +2px", "margin:-1.5em 2px;"),
    ("padding:010px", "padding:10px;"),
    ("width:50%;height:.5em", "width:50%;height:0.5em;"),
    (
        "font-family: Arial, 'Times New Roman', SERIF",
        "font-family:Arial, 'Times New Roman', serif;",
    ),
    ("font-size:larger;font-weight:700", "font-size:larger;font-weight:700;"),
    ("line-height:1.50", "line-height:1.5;"),
    ("text-align:CENTER", "text-align:center;"),
    ("text-decoration:underline glow line-through", "text-decoration:underline line-through;"),
    ("text-decoration:none", "text-decoration:none;"),
    ("vertical-align:-2px", "vertical-align:-2px;"),
    ("list-style:square inside", "list-style:square inside;"),
    ("letter-spacing:normal", "letter-spacing:normal;"),
]

REFUSED = [
    "",
    ";;",
    "color",
    "color:",
    "color:reddish",
    "color:rgb(1,2)",
    "color:rgb(a,b,c)",
    "color:red !very",
    "color:expression(alert(1))",
    "width:10",
    "width:-10px",
    "padding:-1px",
    "margin:1px 2px 3px 4px 5px",
    "margin:1px wide",
    "letter-spacing:50%",
    "position:fixed",
    "display:none",
    "behavior:url(x)",
    "-moz-binding:url(x)",
    "background-image:url(javascript:x)",
    "background-image:image(x)",
    "font-family:'a;b'",
    "font-family:{}",
    "text-decoration:glow",
]


@pytest.mark.parametrize(("written", "shown"), SPELLINGS)
def test_a_style_is_spelt_in_one_way(written: str, shown: str) -> None:
    assert clean_style(written) == shown
    assert clean_style(shown) == shown


@pytest.mark.parametrize("written", REFUSED)
def test_a_style_is_refused(written: str) -> None:
    assert clean_style(written) is None


def test_what_is_refused_takes_nothing_else_along() -> None:
    assert clean_style("position:fixed;color:red;;x") == "color:#FF0000;"
