"""Cookies of the console: for this host alone, never for scripts (WEB-1)."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from coursewire.server.types import Headers

SESSION = "cw"
LOGIN = "cw-login"
NOTICE = "cw-notice"
THEME = "cw-theme"
_LONGEST_VALUE = 4096


def read(headers: Headers) -> dict[str, str]:
    """Return the cookies of a request; what cannot be read is none."""
    raw = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    try:
        return {name: one.value for name, one in SimpleCookie(raw[: _LONGEST_VALUE * 2]).items()}
    except CookieError:
        return {}


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
