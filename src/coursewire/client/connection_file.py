"""Changes of the file of named connections: one at a time, whole or not at all."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Generator
from pathlib import Path

import msgspec

from coursewire.client import _keyring
from coursewire.client.connection_problems import ConnectionsError
from coursewire.client.connections import (
    FORMAT,
    Connection,
    ConnectionsFile,
    everything,
    path,
    require_name,
)

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700


def add(name: str, connection: Connection, *, replace: bool = False) -> Path:
    """Keep a connection; the file is made when there is none. Return where it is.

    Where the connection says so its token goes into the keyring and not into the file.
    """
    require_name(name)
    place = path()
    with _alone(place):
        known = everything(place)
        if name in known and not replace:
            msg = f"there is a connection {name!r} already; say --replace to change it"
            raise ConnectionsError(msg)
        if connection.keyring:
            _keyring.put(name, connection.url, connection.token)
            connection = msgspec.structs.replace(connection, token="")
        _write(place, {**known, name: connection})
        before = known.get(name)
        if before is not None and before.keyring and not _same_place(before, connection):
            _keyring.remove(name, before.url)
    return place


def remove(name: str) -> Path:
    """Forget a connection; the token stays valid on its site. Return where the file is."""
    place = path()
    with _alone(place):
        known = everything(place)
        if name not in known:
            msg = f"there is no connection {name!r}; coursewire connection list shows them"
            raise ConnectionsError(msg)
        _write(place, {key: value for key, value in known.items() if key != name})
        if known[name].keyring:
            _keyring.remove(name, known[name].url)
    return place


def _same_place(before: Connection, after: Connection) -> bool:
    return after.keyring and after.url == before.url


@contextlib.contextmanager
def _alone(place: Path) -> Generator[None]:
    """Keep two commands from writing at once: the second would undo the first."""
    try:
        place.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        folder = os.open(place.parent, os.O_RDONLY)
    except OSError as error:
        msg = f"{place.parent} cannot be used: {error.strerror}"
        raise ConnectionsError(msg) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(place: Path, connections: dict[str, Connection]) -> None:
    content = ConnectionsFile(format=FORMAT, connections=dict(sorted(connections.items())))
    written = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    # Beside the file and then in its place: a reader sees the old content or the new one.
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(beside, flags, _PRIVATE_FILE), "wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except OSError as error:
        msg = f"{place} cannot be written: {error.strerror}"
        raise ConnectionsError(msg) from error
    finally:
        beside.unlink(missing_ok=True)
