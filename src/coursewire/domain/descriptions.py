"""Descriptions: the formats they may have."""

from coursewire.contracts.errors import MoodleError
from coursewire.text import formats


def check_format(number: int) -> None:
    """Refuse a number that stands for no text format."""
    if number not in formats.ACCEPTED:
        accepted = ", ".join(str(each) for each in sorted(formats.ACCEPTED))
        message = f"{number} is not a text format; these are: {accepted}"
        raise MoodleError("formatnotsupported", message)
