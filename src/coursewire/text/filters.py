"""Content filters: what a request for filtered texts has done to clean HTML."""

import re
from collections.abc import Callable

from coursewire.text.emoticons import with_emoticons
from coursewire.text.links import with_links

_TAG = re.compile(r"<(/?)([a-z0-9]+)([^<>]*)>")
_UNTOUCHED = frozenset({"code", "nolink", "pre"})
_UNLINKED = _UNTOUCHED | {"a"}
# Marked by an author, and the links that were made here.
_MARKS = ('class="nolink"', 'class="_blanktarget"')


def run_filters(html: str, base: str) -> str:
    """`html`, as the cleaner wrote it, with addresses as links and emoticons as pictures.

    Tags, code and what is marked `nolink` are left alone, and there are no links inside links.
    """
    linked = _outside(_UNLINKED, html, with_links)
    return _outside(_UNTOUCHED, linked, lambda text: with_emoticons(text, base))


def _outside(guards: frozenset[str], html: str, change: Callable[[str], str]) -> str:
    """`html` with its texts changed, those inside the elements `guards` excepted."""
    pieces: list[str] = []
    guarded = [False]
    position = 0
    for tag in _TAG.finditer(html):
        text = html[position : tag.start()]
        pieces += (text if guarded[-1] else change(text), tag[0])
        _pass(tag, guards, guarded)
        position = tag.end()
    rest = html[position:]
    return "".join((*pieces, change(rest)))


def _pass(tag: re.Match[str], guards: frozenset[str], guarded: list[bool]) -> None:
    """Note whether the text behind `tag` is guarded."""
    slash, name, attributes = tag.groups()
    if attributes.endswith("/"):
        return
    if slash:
        guarded.pop()
    else:
        is_marked = any(mark in attributes for mark in _MARKS)
        guarded.append(guarded[-1] or is_marked or name in guards)
