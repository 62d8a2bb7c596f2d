"""Inline styles: the properties let through."""

from coursewire.text.html.style_values import (
    Value,
    any_of,
    colour,
    decorations,
    families,
    image,
    keywords,
    length,
    plain_number,
    positive,
    positive_length,
    size,
    some_of,
    up_to,
)


def clean_style(style: str) -> str | None:
    """The declarations of `style` that may be shown, or None when none is left."""
    kept: dict[str, str] = {}
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        cleaned = _clean_value(name, value)
        if cleaned:
            kept[name] = cleaned
    return "".join(f"{name}:{value};" for name, value in kept.items()) or None


def _clean_value(name: str, value: str) -> str | None:
    """The value of a property in its canonical spelling; `!important` is not for authors."""
    check = _PROPERTIES.get(name)
    plain, _, importance = " ".join(value.split()).partition("!")
    if check is None or importance.strip().lower() not in ("", "important"):
        return None
    return check(plain.strip())


_AUTO = keywords("auto")
_NORMAL = keywords("normal")
_NONE = keywords("none")
_TINT = any_of(keywords("transparent"), colour)
_LINE_STYLE = keywords(
    *("none", "hidden", "dotted", "dashed", "solid", "double"),
    *("groove", "ridge", "inset", "outset"),
)
_LINE_WIDTH = any_of(keywords("thin", "medium", "thick"), positive_length)
_LINE = some_of(_LINE_WIDTH, _LINE_STYLE, _TINT)
_FONT_STYLE = keywords("normal", "italic", "oblique")
_FONT_VARIANT = keywords("normal", "small-caps")
_FONT_WEIGHT = keywords(
    *("normal", "bold", "bolder", "lighter"),
    *("100", "200", "300", "400", "500", "600", "700", "800", "900"),
)
_FONT_SIZE = any_of(
    keywords(
        *("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large"),
        *("larger", "smaller"),
    ),
    positive,
)
_LIST_KIND = keywords(
    *("disc", "circle", "square", "decimal", "lower-roman", "upper-roman"),
    *("lower-alpha", "upper-alpha", "none"),
)
_LIST_PLACE = keywords("inside", "outside")
_PICTURE = any_of(_NONE, image)
_REPEAT = keywords("repeat", "repeat-x", "repeat-y", "no-repeat")
_ATTACHMENT = keywords("scroll", "fixed")
_POSITION = any_of(keywords("top", "left", "center", "right", "bottom"), size)
_EXTENT = any_of(_AUTO, positive)
_LARGEST = any_of(_NONE, positive)
_PAGE_BREAK = keywords("auto", "always", "avoid", "left", "right")
_SIDES = ("top", "right", "bottom", "left")

_PROPERTIES: dict[str, Value] = {
    "background": some_of(_TINT, _PICTURE, _REPEAT, _ATTACHMENT, _POSITION),
    "background-attachment": _ATTACHMENT,
    "background-color": _TINT,
    "background-image": _PICTURE,
    "background-position": up_to(2, _POSITION),
    "background-repeat": _REPEAT,
    "border": _LINE,
    "border-collapse": keywords("collapse", "separate"),
    "border-color": up_to(4, _TINT),
    "border-spacing": up_to(2, positive_length),
    "border-style": up_to(4, _LINE_STYLE),
    "border-width": up_to(4, _LINE_WIDTH),
    "caption-side": keywords("top", "bottom"),
    "clear": keywords("none", "left", "right", "both"),
    "color": colour,
    "float": keywords("none", "left", "right"),
    "font-family": families,
    "font-size": _FONT_SIZE,
    "font-style": _FONT_STYLE,
    "font-variant": _FONT_VARIANT,
    "font-weight": _FONT_WEIGHT,
    "height": _EXTENT,
    "letter-spacing": any_of(_NORMAL, length),
    "line-height": any_of(_NORMAL, plain_number, positive),
    "list-style": some_of(_LIST_KIND, _LIST_PLACE, image),
    "list-style-image": _PICTURE,
    "list-style-position": _LIST_PLACE,
    "list-style-type": _LIST_KIND,
    "margin": up_to(4, any_of(_AUTO, size)),
    "max-height": _LARGEST,
    "max-width": _LARGEST,
    "min-height": _EXTENT,
    "min-width": _EXTENT,
    "padding": up_to(4, positive),
    "page-break-after": _PAGE_BREAK,
    "page-break-before": _PAGE_BREAK,
    "page-break-inside": keywords("auto", "avoid"),
    "table-layout": keywords("auto", "fixed"),
    "text-align": keywords("left", "right", "center", "justify"),
    "text-decoration": decorations,
    "text-indent": size,
    "text-transform": keywords("capitalize", "uppercase", "lowercase", "none"),
    "vertical-align": any_of(
        keywords(
            *("baseline", "sub", "super", "top", "text-top", "middle", "bottom", "text-bottom"),
        ),
        size,
    ),
    "white-space": keywords("nowrap", "normal", "pre", "pre-wrap", "pre-line"),
    "width": _EXTENT,
    "word-spacing": any_of(_NORMAL, length),
} | {
    f"{name}-{side}{part}": check
    for side in _SIDES
    for name, part, check in (
        ("border", "", _LINE),
        ("border", "-color", _TINT),
        ("border", "-style", _LINE_STYLE),
        ("border", "-width", _LINE_WIDTH),
        ("margin", "", any_of(_AUTO, size)),
        ("padding", "", positive),
    )
}
