"""The attributes of an element as they may be shown."""

from collections.abc import Mapping

from coursewire.text.html.elements import ELEMENTS

# Names of places in the page: each may stand once.
_PLACE_NAMES = ("id", "name")


class AttributeCleaner:
    """Cleans the attributes of one page; remembers the names of places it has seen."""

    def __init__(self) -> None:
        self._places: set[str] = set()

    def clean(self, name: str, written: Mapping[str, str]) -> dict[str, str] | None:
        """The attributes of element `name`; None when it is nothing without those it lacks."""
        if not written:
            return _completed(name, {})
        if _is_multilang(name, written):
            return {"lang": written["lang"].strip(), "class": "multilang"}
        allowed = ELEMENTS[name].attributes
        cleaned = {
            key: value
            for key, given in _with_both_languages(written).items()
            if key in allowed and (value := allowed[key](given)) is not None
        }
        self._drop_repeated_places(cleaned)
        return _completed(name, cleaned)

    def _drop_repeated_places(self, attributes: dict[str, str]) -> None:
        named = {attributes[key] for key in _PLACE_NAMES if key in attributes}
        for key in _PLACE_NAMES:
            if attributes.get(key) in self._places:
                del attributes[key]
        self._places |= named


def _is_multilang(name: str, written: Mapping[str, str]) -> bool:
    """Whether this is one language of a multi-language text, which keeps its spelling."""
    language = written.get("lang", "").strip()
    return (
        name == "span"
        and set(written) == {"lang", "class"}
        and written["class"].strip() == "multilang"
        and language.replace("-", "").replace("_", "").isalnum()
        and language.isascii()
    )


def _with_both_languages(written: Mapping[str, str]) -> dict[str, str]:
    """The language in the attribute of HTML and in that of XML."""
    attributes = dict(written)
    language = written.get("lang", written.get("xml:lang"))
    if language is not None:
        attributes.setdefault("lang", language)
        attributes["xml:lang"] = attributes["lang"]
    return attributes


def _completed(name: str, attributes: dict[str, str]) -> dict[str, str] | None:
    """The attributes with those that the element must have."""
    if name == "img":
        return _completed_picture(attributes)
    if name == "bdo":
        attributes.setdefault("dir", "ltr")
    if name == "a" and "target" in attributes:
        # The page that opens shall not learn of, nor steer, the page it was opened from.
        attributes["rel"] = "noreferrer noopener"
    return attributes


def _completed_picture(attributes: dict[str, str]) -> dict[str, str] | None:
    """A picture needs an address; without a description its file name stands in."""
    if "src" not in attributes:
        return None
    attributes.setdefault("alt", attributes["src"].rstrip("/").rpartition("/")[2])
    return attributes
