"""The page of all settings: those of the program, and those of a site."""

import json
from collections.abc import Iterator
from typing import get_args

import msgspec

from coursewire.domain.known_settings import SETTINGS
from coursewire.settings import FIELDS, FILE_NAME, MEANINGS, PREFIX, RANGES, Settings

_HEAD = f"""<!-- Written by `make reference`; what is changed here is lost. -->

# Settings

## Of the program

They are read from four places, the later one wins: the defaults below, `{FILE_NAME}` in the
folder of the site, environment variables, options of the command. The variable of a setting is its
name in capitals after `{PREFIX}`, as in `{PREFIX}PORT`; lists are separated by commas there.

| setting | default | meaning |
| --- | --- | --- |
"""
_SITE = """
## Of a site

They lie in the database, under Moodle's names where Moodle has them, and hold from the next request
on: `coursewire settings get NAME`, `coursewire settings set NAME VALUE`, or `settings:` in a site
file.

| setting | default | meaning |
| --- | --- | --- |
"""


def page() -> str:
    """Return the page."""
    return _HEAD + "".join(_program()) + _SITE + "".join(_site())


def _program() -> Iterator[str]:
    defaults = msgspec.to_builtins(Settings())
    for name, kind in FIELDS.items():
        choices = [f"`{choice}`" for choice in get_args(kind) if isinstance(choice, str)]
        allowed = f" One of {', '.join(choices)}." if choices else ""
        if name in RANGES:
            least, most = RANGES[name]
            allowed = f" From {least:,} to {most:,}."
        yield f"| `{name}` | {_shown(defaults[name])} | {MEANINGS[name]}{allowed} |\n"


def _site() -> Iterator[str]:
    for setting in sorted(SETTINGS.values(), key=lambda known: known.name):
        note = " Has a command of its own." if setting.internal else ""
        yield f"| `{setting.name}` | {_shown(setting.default)} | {setting.summary}.{note} |\n"


def _shown(value: object) -> str:
    if value in ("", [], ()):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"
