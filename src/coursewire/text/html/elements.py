"""The elements let through: where each may stand, what it may hold, which attributes it has."""

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from coursewire.text.html import values
from coursewire.text.html.addresses import link_address, shown_address
from coursewire.text.html.styles import clean_style


class Content(Enum):
    """What an element may hold."""

    FLOW = "blocks and text"
    INLINE = "text and what stands in a line of text"
    CHILDREN = "certain elements only, no text"
    # As the element around it: ins and del stand anywhere.
    AS_AROUND = "what its parent may hold"
    NOTHING = "nothing"


class Element(Struct, frozen=True):
    """An element: content, the elements it takes besides, attributes and their values.

    `formatting`: the element goes on behind a block that interrupts it. `needs_children`: without
    any of its certain children it is left out.
    """

    content: Content
    also: frozenset[str] = frozenset()
    attributes: Mapping[str, values.Value] = {}
    formatting: bool = False
    needs_children: bool = False


_CORE: dict[str, values.Value] = {
    "class": values.classes,
    "id": values.identifier,
    "style": clean_style,
    "title": values.text,
}
_LANGUAGE: dict[str, values.Value] = {
    "dir": values.one_of("ltr", "rtl"),
    "lang": values.language,
    "xml:lang": values.language,
}
_COMMON = _CORE | _LANGUAGE
_ALIGNED = _COMMON | {"align": values.one_of("left", "center", "right", "justify")}
_CITED = _COMMON | {"cite": link_address}
_COMPACT = _COMMON | {"compact": values.switch("compact")}

_LIST_ITEM = frozenset({"li"})
_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"tr"})
_TABLE_PARTS = frozenset({"caption", "col", "colgroup", "tbody", "tfoot", "thead", "tr"})

_ROW_ALIGNMENT: dict[str, values.Value] = _COMMON | {
    "align": values.one_of("left", "center", "right", "justify", "char"),
    "charoff": values.length,
    "valign": values.one_of("top", "middle", "bottom", "baseline"),
}
_COLUMN = _ROW_ALIGNMENT | {"span": values.number, "width": values.length}
_ROW = _ROW_ALIGNMENT | {"bgcolor": values.colour}
_CELL = _ROW | {
    "abbr": values.text,
    "colspan": values.number,
    "height": values.length,
    "nowrap": values.switch("nowrap"),
    "rowspan": values.number,
    "scope": values.one_of("row", "col", "rowgroup", "colgroup"),
    "width": values.length,
}
_TABLE = _COMMON | {
    "align": values.one_of("left", "center", "right"),
    "bgcolor": values.colour,
    "border": values.pixels,
    "cellpadding": values.length,
    "cellspacing": values.length,
    "frame": values.one_of(
        *("void", "above", "below", "hsides", "lhs", "rhs", "vsides", "box", "border"),
    ),
    "rules": values.one_of("none", "groups", "rows", "cols", "all"),
    "summary": values.text,
    "width": values.length,
}
_IMAGE = _COMMON | {
    "align": values.one_of("top", "middle", "bottom", "left", "right"),
    "alt": values.text,
    "border": values.pixels,
    "height": values.picture_pixels,
    "hspace": values.pixels,
    "longdesc": link_address,
    "name": values.identifier,
    "src": shown_address,
    "vspace": values.pixels,
    "width": values.picture_pixels,
}
_LINK = _COMMON | {
    "href": link_address,
    "name": values.identifier,
    "target": values.one_of("_blank"),
}
_MEDIA = _COMMON | {
    "autoplay": values.text,
    "controls": values.text,
    "crossorigin": values.one_of("anonymous", "use-credentials"),
    "loop": values.text,
    "muted": values.text,
    "preload": values.one_of("auto", "metadata", "none"),
    "src": shown_address,
}
_VIDEO = _MEDIA | {"height": values.length, "poster": shown_address, "width": values.length}
_FONT = _COMMON | {"color": values.colour, "face": values.text, "size": values.text}

_TRACK: dict[str, values.Value] = {
    "default": values.text,
    "kind": values.one_of("subtitles", "captions", "descriptions", "chapters", "metadata"),
    "label": values.text,
    "src": shown_address,
    "srclang": values.text,
}
_ORDERED = _COMPACT | {
    "start": values.integer,
    "type": values.exactly_one_of("1", "i", "I", "a", "A"),
}
_BULLETS = _COMPACT | {"type": values.one_of("square", "disc", "circle")}
_ITEM = _COMMON | {
    "type": values.exactly_one_of("1", "i", "I", "a", "A", "square", "disc", "circle"),
    "value": values.integer,
}
_RULER = _COMMON | {
    "align": values.one_of("left", "center", "right"),
    "noshade": values.switch("noshade"),
    "size": values.pixels,
    "width": values.length,
}
_BREAK = _CORE | {"clear": values.one_of("left", "all", "right", "none")}


def _inline(
    names: str, attributes: Mapping[str, values.Value] = _COMMON, *, formatting: bool = False
) -> dict[str, Element]:
    element = Element(Content.INLINE, attributes=attributes, formatting=formatting)
    return dict.fromkeys(names.split(), element)


def _flow(names: str, attributes: Mapping[str, values.Value] = _COMMON) -> dict[str, Element]:
    return dict.fromkeys(names.split(), Element(Content.FLOW, attributes=attributes))


def _empty(name: str, attributes: Mapping[str, values.Value]) -> dict[str, Element]:
    return {name: Element(Content.NOTHING, attributes=attributes)}


def _parent(
    names: str, children: frozenset[str], attributes: Mapping[str, values.Value] = _COMMON
) -> dict[str, Element]:
    element = Element(Content.CHILDREN, children, attributes, needs_children=True)
    return dict.fromkeys(names.split(), element)


_LINE_ELEMENTS = {
    **_inline("abbr acronym cite dfn kbd q rb rp rt samp span sub sup var"),
    **_inline("b big code em i s small strike strong tt u", formatting=True),
    **_inline("q", _CITED),
    **_inline("bdo"),
    **_inline("font", _FONT),
    **_inline("a", _LINK),
    # Moodle's own: no filter runs inside nolink, tex and algebra hold formulas.
    **_inline("nolink tex algebra", {}),
    **_inline("lang", _LANGUAGE),
    **_empty("br", _BREAK),
    **_empty("img", _IMAGE),
    "ruby": Element(Content.CHILDREN, frozenset({"rb", "rp", "rt"}), _COMMON, needs_children=True),
    "audio": Element(Content.FLOW, frozenset({"source", "track"}), _MEDIA),
    "video": Element(Content.FLOW, frozenset({"source", "track"}), _VIDEO),
}
_BLOCK_ELEMENTS = {
    **_inline("h1 h2 h3 h4 h5 h6 p", _ALIGNED),
    **_inline("pre", _COMMON | {"width": values.number}),
    "address": Element(Content.INLINE, frozenset({"p"}), _COMMON),
    **_flow("center"),
    **_flow("div", _ALIGNED),
    **_flow("blockquote", _CITED),
    **_empty("hr", _RULER),
    **_parent("ul", _LIST_ITEM, _BULLETS),
    **_parent("ol", _LIST_ITEM, _ORDERED),
    **_parent("dir menu", _LIST_ITEM, _COMPACT),
    **_parent("dl", frozenset({"dd", "dt"}), _COMPACT),
    **_parent("table", _TABLE_PARTS, _TABLE),
}
_EITHER = dict.fromkeys(("del", "ins"), Element(Content.AS_AROUND, attributes=_CITED))
_PARTS = {
    **_flow("li", _ITEM),
    **_flow("dd"),
    **_inline("dt"),
    **_inline("caption", _ALIGNED | {"align": values.one_of("top", "bottom", "left", "right")}),
    **_parent("thead tbody tfoot", _ROWS, _ROW_ALIGNMENT),
    **_parent("tr", _CELLS, _ROW),
    **_flow("td th", _CELL),
    "colgroup": Element(Content.CHILDREN, frozenset({"col"}), _COLUMN),
    **_empty("col", _COLUMN),
    **_empty("source", {"src": shown_address, "type": values.text}),
    **_empty("track", _TRACK),
}

ELEMENTS: Mapping[str, Element] = _LINE_ELEMENTS | _BLOCK_ELEMENTS | _EITHER | _PARTS

_IN_LINE = frozenset(_LINE_ELEMENTS.keys() - {"rb", "rp", "rt"} | _EITHER.keys())
_IN_FLOW = _IN_LINE | _BLOCK_ELEMENTS.keys()
_BY_CONTENT = {
    Content.FLOW: _IN_FLOW,
    Content.INLINE: _IN_LINE,
    Content.CHILDREN: frozenset[str](),
    Content.NOTHING: frozenset[str](),
}

ROOT = Element(Content.FLOW)
LISTS = frozenset({"dir", "menu", "ol", "ul"})


def may_hold(element: Element, content: Content, child: str) -> bool:
    """Whether `element`, its content being `content`, may hold a `child` element."""
    return child in _BY_CONTENT[content] or child in element.also
