"""Names and descriptions of groups and groupings as answers show them."""

from typing import Protocol

from coursewire.contracts.errors import CodingError
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.text import formats
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string


class Described(Protocol):
    """A group or a grouping."""

    @property
    def id(self) -> int: ...
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
