"""Tokens and passwords that show themselves to nobody who merely looks, and texts without them."""

from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_HIDDEN = "[hidden]"
_LONGEST = 1000


class Secret:
    """A token or password; its value is only where it is asked for by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, to be sent."""
        return self._value

    def __repr__(self) -> str:
        """Show that there is one."""
        return _HIDDEN


def masked(text: str, secrets: Iterable[Secret]) -> str:
    """Return what a site wrote, without our secrets, control characters or endless length."""
    for secret in secrets:
        value = secret.reveal()
        for written in {value, quote(value, safe=""), quote_plus(value)} - {""}:
            text = text.replace(written, _HIDDEN)
    # After the secrets are out: a cut could leave a part of one that is not found any more.
    text = "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST])
    return text.strip()
