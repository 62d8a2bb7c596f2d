"""The scalar types that name a place: addresses, hosts, files and paths."""

import re
from functools import lru_cache

from coursewire.text.types.letters import raw

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
# The site itself may be known by an IPv6 address.
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\])"
_URL_PATH = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_QUERY = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*"
_url = re.compile(
    rf"(?:(?P<scheme>(?:https?|ftp)://)?{_HOST}(?::(?P<port>[0-9]{{1,5}}))?(?:/{_URL_PATH})?"
    rf"|/(?!/){_URL_PATH})?(?:\?{_QUERY})?(?:#{_QUERY})?",
    re.IGNORECASE | re.ASCII,
).fullmatch

# In no name of a file; there is no slash in one either, but between several.
_ODD = r"\x00-\x1f\x7f&<>\"'`|:\\"
_file = re.compile(rf"[^{_ODD}/]*").fullmatch
_not_in_files = re.compile(rf"[{_ODD}/]").sub
_path = re.compile(rf"[^{_ODD}]*").fullmatch
_dots = re.compile(r"(?<![^/])\.\.?(?![^/])").search
_LARGEST_PORT = 65535
# Of texts up to this length some are remembered: nearly every answer holds the site's address.
_SHORT = 200

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
# Of a domain that takes mail: labels as long as names may have, the last one begins with a letter.
_PART = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_DOMAIN = rf"(?:{_PART}\.)+(?=[A-Za-z]){_PART}"
_email = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_DOMAIN}|\[{_ADDRESS}\])").fullmatch
_host = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*)?").fullmatch
_address_like = re.compile(r"[0-9.]+").fullmatch
_address = re.compile(_ADDRESS).fullmatch

_LONGEST_EMAIL = 254
_LONGEST_LOCAL_PART = 64
_LONGEST_HOST = 255


def url(text: str) -> bool:
    """An address without user and password, whole or with its front parts left out."""
    return _known_url(text) if len(text) <= _SHORT else _is_url(text)


def _is_url(text: str) -> bool:
    found = _url(text)
    return found is not None and int(found["port"] or 0) <= _LARGEST_PORT


_known_url = lru_cache(maxsize=1024)(_is_url)


def localurl(text: str, site_url: str) -> bool:
    """An address inside the site, or one without a host."""
    found = _url(text)
    if found is None or not url(text):
        return False
    if found["scheme"] is None:
        return True
    return text.startswith(site_url) and text[len(site_url) :][:1] in ("", "/", "?", "#")


def host(text: str) -> bool:
    """A domain name or an IPv4 address."""
    if len(text) > _LONGEST_HOST or _host(text) is None:
        return False
    return _address_like(text) is None or _address(text) is not None


def email(text: str) -> bool:
    """An e-mail address in a domain that has a dot, or at an IPv4 address."""
    if text == "":
        return True
    if len(text) > _LONGEST_EMAIL or text.find("@") > _LONGEST_LOCAL_PART:
        return False
    return _email(text) is not None


def file(text: str) -> bool:
    """The name of a file."""
    return _file(text) is not None and _dots(text) is None and raw(text)


def as_file(text: str) -> str:
    """What is left of a text as the name of a file."""
    kept = _not_in_files("", text)
    return "" if _dots(kept) else kept


def path(text: str) -> bool:
    """Names of files joined by slashes."""
    return (
        _path(text) is not None
        and "//" not in text
        and _dots(text.removeprefix("./")) is None
        and raw(text)
    )
