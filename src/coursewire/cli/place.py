"""The options that lead another command to the same site, for lines to be copied."""

import shlex
from urllib.parse import urlsplit

from coursewire.settings import Settings


def options(settings: Settings) -> str:
    """Return the options, each behind a blank; one with a password stays in the environment."""
    given = "" if settings.data == Settings().data else f" --data {shlex.quote(settings.data)}"
    if not settings.database or urlsplit(settings.database).password:
        return given
    return f"{given} --database {shlex.quote(settings.database)}"
