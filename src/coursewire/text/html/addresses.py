"""Addresses in markup: which are let through, and in which spelling."""

import re
from urllib.parse import quote

from msgspec import Struct

# Schemes a link may have; those after the bar open nothing that could be shown inside a page.
_SHOWN = frozenset({"http", "https", "ftp"})
SCHEMES = _SHOWN | {
    *("gopher", "irc", "mailto", "mms", "news", "nntp", "rtmp", "rtsp", "teamspeak"),
}
_WITHOUT_HOST = frozenset({"mailto", "news"})
_DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21", "nntp": "119", "gopher": "70"}

# RFC 3986, appendix B; quotes and angle brackets end an address.
_PARTS = re.compile(
    r"(?:([A-Za-z0-9.+-]+):)?(?://([^/?#\"<>]*))?([^?#\"<>]*)(?:\?([^#\"<>]*))?(?:#([^\"<>]*))?"
)
_AUTHORITY = re.compile(r"(?:(?P<user>.*)@)?(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>[0-9]*))?")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?")
_IPV6 = re.compile(r"\[[0-9A-Fa-f:.]+\]")
_LINE_SPACE = re.compile(r"[\t\n\r]")
_ESCAPE = re.compile(r"%(.{0,2})", re.DOTALL)
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")

_IN_USER = "!$&'()*+,;=:%"
_IN_PATH = "!$&'()*+,;=:@/%"
_IN_QUERY = _IN_PATH + "?"


class _Address(Struct):
    """An address in its parts; None where a part is absent."""

    scheme: str
    authority: str | None
    path: str
    query: str | None
    fragment: str | None


def link_address(value: str) -> str | None:
    """The address of a link as it may be shown, or None."""
    address = _read(value)
    return _written(address) if _is_allowed(address, SCHEMES) else None


def shown_address(value: str) -> str | None:
    """The address of something shown inside the page, such as an image, or None."""
    address = _read(value)
    return _written(address) if _is_allowed(address, _SHOWN) else None


def _read(value: str) -> _Address:
    one_line = _LINE_SPACE.sub(" ", value.strip())
    found = _PARTS.match(_with_valid_escapes(one_line))
    scheme, authority, path, query, fragment = found.groups() if found else (None,) * 5
    return _Address((scheme or "").lower(), authority, path or "", query, fragment)


def _is_allowed(address: _Address, schemes: frozenset[str]) -> bool:
    if address.scheme and address.scheme not in schemes:
        return False
    if address.authority is not None:
        return _valid_authority(address) is not None
    return not address.scheme or address.scheme in _WITHOUT_HOST


def _valid_authority(address: _Address) -> str | None:
    """The part between `//` and the path, the scheme's usual port left out; None if malformed."""
    found = _AUTHORITY.fullmatch(address.authority or "")
    if found is None or not _is_host(found["host"]):
        return None
    user = "" if found["user"] is None else quote(found["user"], safe=_IN_USER) + "@"
    port = found["port"]
    usual = _DEFAULT_PORTS.get(address.scheme)
    return user + found["host"] + (f":{port}" if port and port != usual else "")


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _IPV6.fullmatch(host) is not None
    return _HOST_NAME.fullmatch(host) is not None


def _written(address: _Address) -> str:
    """The address put together again, what it may not contain percent-encoded."""
    scheme = f"{address.scheme}:" if address.scheme else ""
    authority = "" if address.authority is None else f"//{_valid_authority(address)}"
    query = "" if address.query is None else "?" + quote(address.query, safe=_IN_QUERY)
    fragment = "" if address.fragment is None else "#" + quote(address.fragment, safe=_IN_QUERY)
    return f"{scheme}{authority}{_written_path(address)}{query}{fragment}"


def _written_path(address: _Address) -> str:
    """The path; without a scheme, a colon in its first part would make that one."""
    path = quote(address.path, safe=_IN_PATH)
    if address.scheme or address.authority is not None:
        return path
    first, slash, rest = path.partition("/")
    return first.replace(":", "%3A") + slash + rest


def _with_valid_escapes(value: str) -> str:
    """`value` with percent-encodings in capitals, needless ones decoded, broken ones encoded."""
    return _ESCAPE.sub(_valid_escape, value) if "%" in value else value


def _valid_escape(found: re.Match[str]) -> str:
    digits = found[1]
    if not _HEX.fullmatch(digits):
        return "%25" + digits
    character = chr(int(digits, 16))
    return character if _UNRESERVED.fullmatch(character) else "%" + digits.upper()
