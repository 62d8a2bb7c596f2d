"""The options that lead another command to the same site, for lines to be copied."""

import shlex

from coursewire.settings import Settings
from coursewire.store import address


def options(settings: Settings) -> str:
    """Return the options, each behind a blank; one with a password stays in the environment."""
    given = "" if settings.data == Settings().data else f" --data {shlex.quote(settings.data)}"
    if not settings.database or address.holds_secret(settings.database):
        return given
    return f"{given} --database {shlex.quote(settings.database)}"
