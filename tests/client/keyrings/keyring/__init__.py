"""A stand-in for the package `keyring`: the calls of its that we use, in memory.

Its own backends need a desktop or ask for a password, which a test machine has nobody for.
"""

import importlib
from typing import Any

errors: Any = importlib.import_module("keyring.errors")

kept: dict[tuple[str, str], str] = {}
# How it behaves: as it should, without a backend, or keeping nothing.
mood = ""


def set_password(service_name: str, username: str, password: str) -> None:
    _require_backend()
    if mood != "forgets":
        kept[service_name, username] = password


def get_password(service_name: str, username: str) -> str | None:
    _require_backend()
    return kept.get((service_name, username))


def delete_password(service_name: str, username: str) -> None:
    _require_backend()
    if (service_name, username) not in kept:
        raise errors.PasswordDeleteError(username)
    del kept[service_name, username]


def _require_backend() -> None:
    if mood == "none":
        msg = "No recommended backend was available.\nInstall one."
        raise errors.NoKeyringError(msg)
