"""The tree of a Markdown text as HTML, its line ends where PHP Markdown puts them."""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

_BLOCK_NAMES = """
blockquote dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody td th thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
# The order in which attributes stand; others follow.
_FIRST_ATTRIBUTES = ("href", "src", "alt", "title")

_BARE_AMPERSAND = re.compile(r"&(?!(?:#[0-9]+|#[xX][0-9a-fA-F]+|[0-9A-Za-z]+);)")
_LINE_START = re.compile(r"^(?=.|\n)", re.MULTILINE)
_INDENTED_CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)


def lay_out(root: Element) -> str:
    """`root`, which holds the blocks of a text, as HTML."""
    return f"<div>{_content(root)}</div>"


def _content(element: Element) -> str:
    """The blocks in `element`, and the runs of text between them."""
    pieces: list[str] = []
    run = [_text(element.text)]
    for child in element:
        if child.tag in _BLOCKS:
            pieces += ("".join(run).strip(), _block(child))
            run = [_text(child.tail)]
        else:
            run.append(_inline(child))
    pieces.append("".join(run).strip())
    return "\n\n".join(piece for piece in pieces if piece)


def _block(element: Element) -> str:
    return _LAYOUTS.get(element.tag, _plain)(element)


def _plain(element: Element) -> str:
    return _wrapped(element, _content(element))


def _wrapped(element: Element, content: str) -> str:
    return f"<{element.tag}{_attributes(element)}>{content}</{element.tag}>"


def _ruler(element: Element) -> str:
    return f"<hr{_attributes(element)} />"


def _code(element: Element) -> str:
    code = element[0] if len(element) else element
    text = "".join(code.itertext()).rstrip() + "\n"
    return f"<pre{_attributes(element)}><code{_attributes(code)}>{_text(text)}</code></pre>"


def _quote(element: Element) -> str:
    indented = _LINE_START.sub("  ", _content(element))
    content = _INDENTED_CODE.sub(lambda code: code[0].replace("\n  ", "\n"), indented)
    return _wrapped(element, f"\n{content}\n")


def _list(element: Element) -> str:
    return _wrapped(element, "\n" + "".join(f"{_block(item)}\n" for item in element))


def _definitions(element: Element) -> str:
    """Terms and definitions, an empty line before each new group of terms."""
    pieces: list[str] = []
    for child in element:
        starts_group = child.tag == "dt" and pieces and pieces[-1].endswith("</dd>\n")
        pieces.append(("\n" if starts_group else "") + f"{_block(child)}\n")
    return _wrapped(element, "\n" + "".join(pieces))


def _definition(element: Element) -> str:
    content = _content(element)
    has_blocks = any(child.tag in _BLOCKS for child in element)
    return _wrapped(element, f"\n{content}\n" if has_blocks else content)


def _table_part(element: Element) -> str:
    return _wrapped(element, "\n" + "".join(f"{_block(child)}\n" for child in element))


def _row(element: Element) -> str:
    cells = "".join(f"  {_block(cell)}\n" for cell in element)
    return _wrapped(element, f"\n{cells}")


def _footnotes(element: Element) -> str:
    """The notes below the text."""
    notes = (f"<li{_attributes(note)}>\n{_content(note)}\n</li>\n\n" for note in element[-1])
    return f'<div class="footnotes">\n<hr />\n<ol>\n\n{"".join(notes)}</ol>\n</div>'


_LAYOUTS: dict[str, Callable[[Element], str]] = {
    "blockquote": _quote,
    "dd": _definition,
    "div": _footnotes,
    "dl": _definitions,
    "hr": _ruler,
    "ol": _list,
    "pre": _code,
    "table": _table_part,
    "tbody": _table_part,
    "thead": _table_part,
    "tr": _row,
    "ul": _list,
}


def _inline(element: Element) -> str:
    """An inline element and the text behind it."""
    if element.tag == "br":
        return f"<br />\n{_text(element.tail).lstrip()}"
    tail = _text(element.tail)
    if element.tag == "img":
        return f"<img{_attributes(element)} />{tail}"
    content = _text(element.text) + "".join(map(_inline, element))
    return _wrapped(element, content) + tail


def _attributes(element: Element) -> str:
    def rank(item: tuple[str, str]) -> int:
        known = _FIRST_ATTRIBUTES
        return known.index(item[0]) if item[0] in known else len(known)

    items = sorted(((name, value) for name, value in element.items() if value), key=rank)
    return "".join(f' {name}="{_value(value)}"' for name, value in items)


def _text(text: str | None) -> str:
    escaped = _BARE_AMPERSAND.sub("&amp;", text or "")
    return escaped.replace("<", "&lt;").replace(">", "&gt;")


def _value(value: str) -> str:
    return _text(value).replace('"', "&quot;")
