"""Names and descriptions of groups and groupings as answers show them."""

from collections.abc import Collection
from typing import Protocol

from coursewire.contracts.errors import CodingError
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.text import as_stored, formats
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string


class Described(Protocol):
    """A group or a grouping."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def descriptionformat(self) -> int: ...


def name(call: Call, stored: str) -> str:
    """Return a name as an answer shows it."""
    return format_string(stored, call.text)


def description(call: Call, course: Context, kind: str, shown: Described) -> tuple[str, int]:
    """Return the description of a `group` or `grouping`, and its format in the answer."""
    number = shown.descriptionformat
    if shown.description and number not in formats.ACCEPTED and not call.text.raw:
        # Changing a group stores any number as long as no description is sent with it.
        msg = f"the description of {kind} {shown.id} has the format {number}, which is none"
        raise CodingError(msg)
    files = FileArea(call.site.url, course.id, kind, "description", shown.id)
    return format_text(shown.description, number, call.text, files)


class Shown:
    """Many groups, or groupings: one look tells whether all are shown as they are stored."""

    def __init__(self, call: Call, kind: str, things: Collection[Described]) -> None:
        self._call = call
        self._kind = kind
        names = [thing.name for thing in things]
        texts = [thing.description for thing in things]
        numbers = [thing.descriptionformat for thing in things]
        self._are_as_stored = as_stored.are_shown(names, texts, numbers, call.text)

    def texts(self, course: Context, thing: Described) -> tuple[str, str, int]:
        """Return the name and the description of one of them, and the description's format."""
        if self._are_as_stored:
            return thing.name, thing.description, thing.descriptionformat
        text, number = description(self._call, course, self._kind, thing)
        return name(self._call, thing.name), text, number
