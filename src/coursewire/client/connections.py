"""Named connections: sites in a file that nobody else reads, tokens in it or in the keyring."""

import json
import os
import re
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from coursewire.client import _keyring
from coursewire.client.connection_problems import ConnectionsError

VARIABLE = "COURSEWIRE_CONNECTIONS"
FORMAT = 1

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LARGEST = 1024 * 1024


class Connection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A site and the token for it; no text made of it shows the token."""

    url: str
    token: str
    # A file of certificates, for a site whose authority this machine does not know.
    ca_file: str = ""
    # The token lies in the keyring of the system; in the file it is empty.
    keyring: bool = False

    def __repr__(self) -> str:
        """Show the site."""
        return f"Connection({self.url!r})"


class ConnectionsFile(Struct, frozen=True, kw_only=True):
    """What stands in the file."""

    format: int
    connections: dict[str, Connection]


def path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the file is: in the user's configuration folder, or where the variable says."""
    named = environ.get(VARIABLE, "").strip()
    if named:
        return Path(named)
    folder = environ.get("XDG_CONFIG_HOME", "").strip()
    # The rule for that variable says to ignore one that is not absolute.
    base = Path(folder) if folder and Path(folder).is_absolute() else Path.home() / ".config"
    return base / "coursewire" / "connections.json"


def everything(file: Path | None = None) -> dict[str, Connection]:
    """Return all connections by name; none where there is no file."""
    place = path() if file is None else file
    written = _read(place)
    if written is None:
        return {}
    try:
        found = msgspec.json.decode(written, type=ConnectionsFile)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # What stands there stays out of the text: it may be a token in the wrong place.
        found = None
    if found is None or found.format != FORMAT:
        msg = f"{place} is not a file of connections; move it away and add them again"
        raise ConnectionsError(msg)
    return found.connections


def named(name: str) -> Connection:
    """Return the connection of a name with its token, wherever that lies."""
    known = everything()
    if name in known:
        return complete(name, known[name])
    there = f"there are {', '.join(sorted(known))}" if known else "there are none yet"
    msg = f"there is no connection {name!r}; {there}: coursewire connection add NAME URL"
    raise ConnectionsError(msg)


def complete(name: str, kept: Connection) -> Connection:
    """Return a connection with its token, which may have to come out of the keyring."""
    if not kept.keyring:
        return kept
    return msgspec.structs.replace(kept, token=_keyring.get(name, kept.url))


def require_name(name: str) -> str:
    """Return a name that a connection may have."""
    if not _NAME.fullmatch(name):
        msg = (
            f"{json.dumps(name)} is no name for a connection; up to 64 of letters, digits,"
            " '.', '_' and '-', a letter or digit first"
        )
        raise ConnectionsError(msg)
    return name


def _read(place: Path) -> bytes | None:
    try:
        with place.open("rb") as file:
            # Of the opened file, so that nobody can put another one in its place in between.
            _require_private(place, os.fstat(file.fileno()))
            return file.read(_LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"{place} cannot be read: {error.strerror}"
        raise ConnectionsError(msg) from error


def _require_private(place: Path, found: os.stat_result) -> None:
    if sys.platform == "win32":
        return
    if found.st_mode & _OTHERS:
        msg = f"others on this machine can read or change {place}; do: chmod 600 {place}"
        raise ConnectionsError(msg)
    if found.st_uid not in (os.geteuid(), 0):
        msg = f"{place} belongs to somebody else; set {VARIABLE} to a file of your own"
        raise ConnectionsError(msg)
