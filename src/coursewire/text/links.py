"""Addresses typed into a text turned into links, as the content filter for addresses does."""

import re

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"(?:{_LABEL}\.)+{_LABEL}"
# Of an escaped text: an ampersand is spelt as a reference, and no other reference is an address.
_PATH = r"(?:[\w.!$'()*+,;=~:@/-]|&amp;|%[0-9A-Fa-f]{2})"
_ADDRESS = re.compile(
    rf"(?<![\w/@.-])(?P<scheme>https?://|(?=www\.))"
    rf"(?P<rest>{_HOST}(?::[0-9]+)?(?:/{_PATH}*)?(?:\?(?:{_PATH}|\?)*)?(?:\#(?:{_PATH}|\?)*)?)",
    re.IGNORECASE,
)
_PICTURE = re.compile(r".+\.(?:jpg|png|gif)", re.IGNORECASE | re.DOTALL)


def with_links(text: str) -> str:
    """`text`, which holds no tags, with addresses as links and those of pictures as pictures."""
    return _ADDRESS.sub(_linked, text)


def _linked(found: re.Match[str]) -> str:
    shown = _without_punctuation(found[0])
    after = found[0][len(shown) :]
    address = shown if found["scheme"] else f"http://{shown}"
    if _PICTURE.fullmatch(address) and found["scheme"]:
        return f'<img class="filter_urltolink_image" alt="" src="{address}" />{after}'
    return f'<a href="{address}" class="_blanktarget">{shown}</a>{after}'


def _without_punctuation(address: str) -> str:
    """`address` without what belongs to the sentence around it."""
    shown = address.rstrip(".,;:!")
    while shown.endswith(")") and shown.count("(") < shown.count(")"):
        shown = shown[:-1].rstrip(".,;:!")
    return shown
