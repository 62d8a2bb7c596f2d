"""What each scalar type of the contracts admits: types refuse, they never repair."""

from collections.abc import Callable

from coursewire.text.tags import has_no_tags, is_plain_text
from coursewire.text.types import letters, markup, places
from coursewire.text.types.known import Known
from coursewire.text.types.numbers import boolean, decimal, integer, permission

__all__ = ["Known", "accepts", "is_accepted_everywhere"]

# What the type admits is the same on every site …
_EVERYWHERE: dict[str, Callable[[str], object]] = {
    "alpha": letters.alpha,
    "alphaext": letters.alphaext,
    "alphanum": letters.alphanum,
    "alphanumext": letters.alphanumext,
    "area": letters.plugin,
    "base64": letters.base64,
    "bool": lambda text: boolean(text) is not None,
    "clean": lambda text: letters.raw(text) and markup.clean(text),
    "cleanhtml": lambda text: letters.raw(text) and markup.cleanhtml(text),
    "component": letters.component,
    "email": places.email,
    "file": places.file,
    "float": lambda text: decimal(text) is not None,
    "host": places.host,
    "int": lambda text: integer(text) is not None,
    "localisedfloat": lambda text: text == "" or decimal(text) is not None,
    "notags": lambda text: letters.raw(text) and ("<" not in text or has_no_tags(text)),
    "path": places.path,
    "pem": letters.pem,
    "permission": lambda text: permission(text) is not None,
    "plugin": letters.plugin,
    "raw": letters.raw,
    "raw_trimmed": letters.raw_trimmed,
    "safedir": letters.alphanumext,
    "safepath": letters.safepath,
    "sequence": letters.sequence,
    "stringid": letters.stringid,
    "tag": letters.tag,
    "taglist": letters.taglist,
    "text": lambda text: letters.raw(text) and ("<" not in text or is_plain_text(text)),
    "timezone": letters.timezone,
    "url": places.url,
}

# … or depends on what there is on this one.
_HERE: dict[str, Callable[[str, Known], bool]] = {
    "auth": lambda text, known: text == "" or text in known.auths,
    "capability": lambda text, known: text == "" or text in known.capabilities,
    "lang": lambda text, known: text == "" or text in known.langs,
    "localurl": lambda text, known: places.localurl(text, known.site_url),
    "theme": lambda text, known: text == "" or text in known.themes,
    "username": lambda text, known: (
        letters.extended_username(text) if known.extended_usernames else letters.username(text)
    ),
}


def accepts(name: str) -> Callable[[str, Known], bool]:
    """Return the test of a type: is this text exactly what the type admits on a site.

    Raises KeyError for a name that is no type.
    """
    if name in _HERE:
        return _HERE[name]
    everywhere = _EVERYWHERE[name]
    return lambda text, _: bool(everywhere(text))


def is_accepted_everywhere(name: str) -> Callable[[str], object] | None:
    """Return the faster test of a type that is the same on every site, or None."""
    return _EVERYWHERE.get(name)
