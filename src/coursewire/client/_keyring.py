"""Tokens in the keyring of the system, by the package `keyring` where somebody installed it.

It is no dependency of ours: who wants it installs it. A token is kept for the site it belongs to,
so that a changed address in the file of connections never gets it.
"""

import hmac
import importlib
from typing import Any

from coursewire.client.connection_problems import ConnectionsError

_INSTEAD = "or keep the token in the file: leave --keyring out"


def put(name: str, url: str, token: str) -> None:
    """Keep the token of a connection."""
    keyring = _keyring()
    try:
        keyring.set_password(_place(url), name, token)
        kept: str | None = keyring.get_password(_place(url), name)
    except keyring.errors.KeyringError as error:
        raise _unusable(error) from error
    if not hmac.compare_digest((kept or "").encode(), token.encode()):
        # A backend that takes everything and keeps nothing is a usual one without a desktop.
        msg = f"the keyring did not keep the token; unlock it, {_INSTEAD}"
        raise ConnectionsError(msg)


def get(name: str, url: str) -> str:
    """Return the token of a connection."""
    keyring = _keyring()
    try:
        found: str | None = keyring.get_password(_place(url), name)
    except keyring.errors.KeyringError as error:
        raise _unusable(error) from error
    if not found:
        msg = f"the keyring holds no token of {name!r} for {url}"
        raise ConnectionsError(f"{msg}; coursewire connection add {name} {url} --keyring --replace")
    return found


def remove(name: str, url: str) -> None:
    """Forget the token of a connection; that there is none is fine."""
    keyring = _keyring()
    try:
        if keyring.get_password(_place(url), name) is not None:
            keyring.delete_password(_place(url), name)
    except keyring.errors.KeyringError as error:
        raise _unusable(error) from error


def _place(url: str) -> str:
    return f"coursewire {url}"


def _keyring() -> Any:  # noqa: ANN401 - a package without types here
    try:
        keyring = importlib.import_module("keyring")
        importlib.import_module("keyring.errors")
    except ImportError as error:
        msg = f"the keyring needs a package that is not installed: pip install keyring; {_INSTEAD}"
        raise ConnectionsError(msg) from error
    return keyring


def _unusable(error: Exception) -> ConnectionsError:
    # Of the backend's words only the first line: some explain at length.
    said = next(iter(str(error).splitlines()), "") or type(error).__name__
    return ConnectionsError(f"the keyring cannot be used: {said}; {_INSTEAD}")
