"""A call that was tried, as lines to take along: for a shell and for Python."""

import shlex
from collections.abc import Iterable, Mapping

from msgspec import Struct

from coursewire.console.trial import ENDPOINT


class Lines(Struct, frozen=True):
    """One way to make the call again: its name, and the lines."""

    title: str
    text: str


def of(
    url: str, function: str, pairs: Iterable[tuple[str, str]], values: Mapping[str, object]
) -> tuple[Lines, ...]:
    """Return the call with TOKEN where the token belongs: its value is not known here."""
    given = "".join(
        f" \\\n  --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in pairs
    )
    curl = (
        f"curl {shlex.quote(url + ENDPOINT)} \\\n  -d wstoken=TOKEN -d wsfunction={function}"
        f" -d moodlewsrestformat=json{given}"
    )
    arguments = ", ".join(f"{name}={value!r}" for name, value in values.items())
    python = (
        f'from coursewire import Moodle\n\nwith Moodle("{url}", "TOKEN") as moodle:\n'
        f"    print(moodle.{function}({arguments}))\n"
    )
    return Lines("Copy as curl", curl), Lines("Copy as Python", python)
