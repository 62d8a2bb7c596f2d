"""Calls made inside a call: what a body asks for, and what the server's own line answers."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from coursewire.text.settings import TextSettings


class InnerCall(Struct, frozen=True, kw_only=True):
    """A function with arguments of native types, and the text settings of this call alone."""

    function: str
    arguments: object
    text: TextSettings


class InnerAnswer(Struct, frozen=True, kw_only=True):
    """The answer, or the error, as a text of JSON."""

    failed: bool
    document: str


# Supplied by the server: runs a call as the caller of the outer one, its first argument, with the
# same token. The outer call is handed over and not bound, so that no call holds itself: calls then
# vanish when they end, and the collector has nothing to look for.
InnerLine = Callable[[Any, InnerCall], InnerAnswer]


def without_server(_outer: object, _inner: InnerCall) -> InnerAnswer:
    """Stand for the line in calls that no server made, such as those of the command line."""
    msg = "this call was not made through a server, so it cannot make calls of its own"
    raise RuntimeError(msg)
