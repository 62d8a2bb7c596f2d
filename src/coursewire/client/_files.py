"""Files that are sent to a site, and the addresses of those that are fetched."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from coursewire.client._address import DOWNLOAD, DRAFTS, Site
from coursewire.client._exchange import Upload

_PORTS = {"http": 80, "https": 443}
# Pages show a file under an address that wants a session; beside it is the one for tokens.
_FOR_TOKENS = {"/pluginfile.php": DOWNLOAD, "/draftfile.php": DRAFTS}


class UploadedFile(Struct, frozen=True, kw_only=True):
    """What became of a file: in the draft area of this item id, or an error that tells why not."""

    filename: str = ""
    filepath: str = ""
    itemid: int = 0
    contextid: int = 0
    userid: int = 0
    component: str = ""
    filearea: str = ""
    filesize: int = 0
    license: str | None = None
    author: str | None = None
    error: str | None = None
    errortype: str | None = None


def uploads(files: Mapping[str, bytes | Path] | tuple[Path, ...]) -> tuple[Upload, ...]:
    """Return the files with their names; those given by path alone bear the last part of it."""
    if isinstance(files, Mapping):
        return tuple(Upload(name, content) for name, content in files.items())
    return tuple(Upload(path.name, path) for path in files)


def same_site(site: Site, url: str) -> str:
    """Return the address that gives a file of the site to a token; any other raises ValueError."""
    parts, root = urlsplit(url), urlsplit(site.root)
    below = parts.path.removeprefix(root.path)
    if _origin(url) != _origin(site.root) or not parts.path.startswith(root.path + "/"):
        msg = f"the file is not on {site.root}; the token goes nowhere else"
        raise ValueError(msg)
    for page, script in _FOR_TOKENS.items():
        if below.startswith(page + "/"):
            below = script + below.removeprefix(page)
    if not below.startswith((DOWNLOAD + "/", DRAFTS + "/")) or "/../" in below + "/":
        msg = "not the address of a stored file: it has no /pluginfile.php/ after the site's root"
        raise ValueError(msg)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "token"]
    return urlunsplit((root.scheme, root.netloc, root.path + below, urlencode(query), ""))


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
