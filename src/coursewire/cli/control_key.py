"""The key of `up`'s control API: made anew each time, kept in a file that only its owner reads."""

import os
import secrets

from coursewire.settings import Settings

FILE = "testkit.key"


def make(settings: Settings) -> str:
    """Make a key and write it beside the site, for test suites on this machine."""
    key = secrets.token_urlsafe(24)
    path = settings.data_folder / FILE
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(key + "\n")
    return key
