"""Cookies of the console: for this host alone, never for scripts (WEB-1)."""

from collections.abc import Mapping

from coursewire.server.types import Headers

SESSION = "cw"
LOGIN = "cw-login"
NOTICE = "cw-notice"
THEME = "cw-theme"


def read(headers: Headers) -> dict[str, str]:
    """Return the cookies of a request by name.

    Other sites of the host, and those of the domain above it, choose the rest, and need keep to no
    grammar: Python's parser would give up at the first sign that it does not know. Ours are never
    quoted.
    """
    raw = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    pairs = (one.partition("=") for one in raw.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


class Cookies:
    """Names and marks cookies: with TLS bound to the host by their name, else on loopback only."""

    def __init__(self, *, tls: bool) -> None:
        self._prefix = "__Host-" if tls else ""
        self._marks = "; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if tls else "")

    def value(self, given: Mapping[str, str], name: str) -> str:
        """Return the value of one of our cookies, or ''."""
        return given.get(self._prefix + name, "")

    def setting(self, name: str, value: str, *, age: int | None = None) -> tuple[bytes, bytes]:
        """Return the header that sets a cookie; without an age it goes with the browser."""
        ends = "" if age is None else f"; Max-Age={age}"
        return (b"set-cookie", f"{self._prefix}{name}={value}{self._marks}{ends}".encode("ascii"))

    def clearing(self, name: str) -> tuple[bytes, bytes]:
        """Return the header that removes a cookie."""
        return self.setting(name, "", age=0)
