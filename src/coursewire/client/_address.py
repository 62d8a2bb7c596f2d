"""The address of a site, however it is written, and those of its scripts."""

import os
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from coursewire.wire.hosts import is_loopback

URL_VARIABLE = "MOODLE_URL"
TOKEN_VARIABLE = "MOODLE_TOKEN"  # noqa: S105 - the name of the variable

REST = "/webservice/rest/server.php"
LOGIN = "/login/token.php"
UPLOAD = "/webservice/upload.php"
DOWNLOAD = "/webservice/pluginfile.php"
DRAFTS = "/webservice/draftfile.php"

_SCRIPTS = (REST, LOGIN, UPLOAD)
# Behind these the path of a file follows.
_OF_FILES = (DOWNLOAD, DRAFTS)
_SCHEMES = ("http", "https")


class Site(NamedTuple):
    """Where a site is; `root` has no slash at its end."""

    root: str

    @property
    def host(self) -> str:
        return urlsplit(self.root).hostname or ""

    def script(self, path: str) -> str:
        return self.root + path


def site_of(written: str) -> Site:
    """Return the site that a bare host, a root or the address of a script names.

    A bare host is reached by HTTPS, this machine by HTTP. Raises ValueError, never with the address
    in it where that may hold a password.
    """
    written = written.strip()
    if "://" not in written:
        written = f"{'http' if is_loopback(host_of('//' + written)) else 'https'}://{written}"
    host = host_of(written)
    try:
        parts = urlsplit(written)
    except ValueError:
        msg = "that is not the address of a site; write it as https://moodle.example.org"
        raise ValueError(msg) from None
    if "@" in parts.netloc or parts.query or parts.fragment:
        msg = "the address of a site holds no user, password, query or fragment"
        raise ValueError(msg)
    if parts.scheme not in _SCHEMES or not host or not written.isprintable() or " " in written:
        msg = f"{written!r} is not the address of a site; write it as https://moodle.example.org"
        raise ValueError(msg)
    if parts.scheme == "http" and not is_loopback(host):
        msg = f"http://{host} would carry the token in clear text; use https://{host}"
        raise ValueError(msg)
    return Site(_root(f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"))


def chosen(
    url: str | None, token: str | None, environ: Mapping[str, str] = os.environ
) -> tuple[Site, str]:
    """Return site and token as given, or as the environment has them; '' for no token.

    The environment's token goes to the environment's site only.
    """
    known = environ.get(URL_VARIABLE, "")
    if not (url or known):
        msg = f"no site is named: give its address, or set {URL_VARIABLE}"
        raise ValueError(msg)
    site = site_of(url or known)
    if token is None and (not known or site_of(known) == site):
        token = environ.get(TOKEN_VARIABLE)
    return site, (token or "").strip()


def _root(address: str) -> str:
    for script in _SCRIPTS:
        address = address.removesuffix(script)
    return address.rstrip("/")


def host_of(written: str) -> str:
    """Return the host of an address; empty where there is none, or none that can be asked for."""
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
        found = httpx.URL(scheme="https", host=host)
        # What these read is what finds a wrong name: one that is no IDN, and a part that is empty
        # or too long. Reading the port finds a wrong one.
        _ = found.host, found.raw_host.decode().encode("idna")
        return host if parts.port != 0 else ""
    except (ValueError, httpx.InvalidURL):
        return ""


def root_of(address: str) -> str:
    """Return the root of the site that a script or a file belongs to, for a person to read."""
    place = address.partition("?")[0].partition("#")[0]
    for script in _OF_FILES:
        place = place.partition(script + "/")[0]
    return _root(place)
