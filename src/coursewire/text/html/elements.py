"""The elements let through: where each may stand, what it may hold, which attributes it has."""

from collections.abc import Mapping

from msgspec import Struct

from coursewire.text.html import values
from coursewire.text.html.addresses import link_address, shown_address
from coursewire.text.html.styles import clean_style

_LINE_NAMES = """
a abbr acronym algebra audio b bdo big br cite code dfn em font i img kbd lang nolink q ruby s samp
small span strike strong sub sup tex tt u var video
"""
_BLOCK_NAMES = """
address blockquote center dir div dl h1 h2 h3 h4 h5 h6 hr menu ol p pre table ul
"""
_EITHER_NAMES = frozenset({"del", "ins"})
_IN_LINE = frozenset(_LINE_NAMES.split()) | _EITHER_NAMES
_IN_FLOW = _IN_LINE | frozenset(_BLOCK_NAMES.split())


class Element(Struct, frozen=True):
    """An element: the elements it holds, whether it holds text, its attributes and their values.

    `as_around`: it holds what its parent may hold. `formatting`: it goes on behind a block that
    interrupts it. `needs_children`: without any of those it holds it is left out.
    """

    holds: frozenset[str]
    text: bool = True
    attributes: Mapping[str, values.Value] = {}
    as_around: bool = False
    formatting: bool = False
    needs_children: bool = False

    @property
    def empty(self) -> bool:
        """Whether it has no content and no end tag."""
        return not (self.holds or self.text or self.as_around)


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
_MEDIA_PARTS = frozenset({"source", "track"})
_RUBY_PARTS = frozenset({"rb", "rp", "rt"})
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
    element = Element(_IN_LINE, attributes=attributes, formatting=formatting)
    return dict.fromkeys(names.split(), element)


def _flow(names: str, attributes: Mapping[str, values.Value] = _COMMON) -> dict[str, Element]:
    return dict.fromkeys(names.split(), Element(_IN_FLOW, attributes=attributes))


def _empty(name: str, attributes: Mapping[str, values.Value]) -> dict[str, Element]:
    return {name: Element(frozenset(), text=False, attributes=attributes)}


def _parent(
    names: str, children: frozenset[str], attributes: Mapping[str, values.Value] = _COMMON
) -> dict[str, Element]:
    element = Element(children, text=False, attributes=attributes, needs_children=True)
    return dict.fromkeys(names.split(), element)


_LINE_ELEMENTS = {
    **_inline("abbr acronym bdo cite dfn kbd samp span sub sup var"),
    **_inline("b big code em i s small strike strong tt u", formatting=True),
    **_inline("a", _LINK),
    **_inline("font", _FONT),
    **_inline("q", _CITED),
    # Moodle's own: no filter runs inside nolink, tex and algebra hold formulas.
    **_inline("algebra nolink tex", {}),
    **_inline("lang", _LANGUAGE),
    **_parent("ruby", _RUBY_PARTS),
    **_empty("br", _BREAK),
    **_empty("img", _IMAGE),
    "audio": Element(_IN_FLOW | _MEDIA_PARTS, attributes=_MEDIA),
    "video": Element(_IN_FLOW | _MEDIA_PARTS, attributes=_VIDEO),
}
_BLOCK_ELEMENTS = {
    **_inline("h1 h2 h3 h4 h5 h6 p", _ALIGNED),
    **_inline("pre", _COMMON | {"width": values.number}),
    **_flow("center"),
    **_flow("div", _ALIGNED),
    **_flow("blockquote", _CITED),
    **_parent("ul", _LIST_ITEM, _BULLETS),
    **_parent("ol", _LIST_ITEM, _ORDERED),
    **_parent("dir menu", _LIST_ITEM, _COMPACT),
    **_parent("dl", frozenset({"dd", "dt"}), _COMPACT),
    **_parent("table", _TABLE_PARTS, _TABLE),
    **_empty("hr", _RULER),
    "address": Element(_IN_LINE | {"p"}, attributes=_COMMON),
}
_EITHER = dict.fromkeys(
    _EITHER_NAMES, Element(frozenset(), text=False, attributes=_CITED, as_around=True)
)
_PARTS = {
    **_flow("dd"),
    **_inline("dt rb rp rt"),
    **_flow("li", _ITEM),
    **_inline("caption", _ALIGNED | {"align": values.one_of("top", "bottom", "left", "right")}),
    **_parent("tbody tfoot thead", _ROWS, _ROW_ALIGNMENT),
    **_parent("tr", _CELLS, _ROW),
    **_flow("td th", _CELL),
    **_empty("col", _COLUMN),
    **_empty("source", {"src": shown_address, "type": values.text}),
    **_empty("track", _TRACK),
    "colgroup": Element(frozenset({"col"}), text=False, attributes=_COLUMN),
}

ELEMENTS: Mapping[str, Element] = _LINE_ELEMENTS | _BLOCK_ELEMENTS | _EITHER | _PARTS
ROOT = Element(_IN_FLOW)
LISTS = frozenset({"dir", "menu", "ol", "ul"})
