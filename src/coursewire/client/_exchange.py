"""One request and what may come of it, as values: no connection, no waiting, no reading here."""

from collections.abc import Generator, Mapping
from enum import Enum
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from coursewire.client._errors import MoodleError, SiteUnavailable, UnexpectedAnswer
from coursewire.client._parameters import Field
from coursewire.client._secrets import Secret, masked
from coursewire.client._sink import Sink

T = TypeVar("T")

LARGEST = 64 * 1024 * 1024
"""The bytes that an answer may have, decompressed (CLI-1)."""

CONNECT_WITHIN = 10.0
ANSWER_WITHIN = 60.0


class Kind(Enum):
    """What the failure of a request means for sending it again."""

    UNREACHED = "nothing was sent"
    BROKEN = "sent, and no whole answer came"
    SLOW = "sent, and no whole answer came in time"
    UNFIT = "an answer came that is none"


class Failure(Struct, frozen=True, kw_only=True):
    """There is no answer; the text is our own words and holds nothing of what was received."""

    kind: Kind
    text: str


class Answer(Struct, frozen=True, kw_only=True):
    """What came back; names of headers in lower case. The body of a file lies in the sink."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_file: bool = False

    def __repr__(self) -> str:
        """Show the status; what the body holds is nobody's business but the caller's."""
        return f"Answer(status={self.status}, {len(self.body)} bytes)"


class Upload(Struct, frozen=True):
    """A file to be sent: its name, and its bytes or the path they are read from."""

    name: str
    content: bytes | Path


class Request(Struct, frozen=True, kw_only=True):
    """A POST: address, fields of the form, files.

    `control` are the fields that the protocol needs, secrets among them; `fields` the parameters.
    `is_repeatable` tells that a second sending does no harm.
    """

    url: str
    function: str
    control: tuple[tuple[str, str | Secret], ...]
    fields: tuple[Field, ...] = ()
    files: tuple[Upload, ...] = ()
    idempotency_key: str = ""
    is_repeatable: bool = False
    largest: int = LARGEST

    def __repr__(self) -> str:
        """Show where it goes and what it calls."""
        return f"Request({self.function or 'POST'} at {self.url})"

    @property
    def secrets(self) -> list[Secret]:
        return [value for _, value in self.control if isinstance(value, Secret)]

    def form(self) -> list[tuple[str, str]]:
        """Return every field as it is sent."""
        control = [
            (name, value.reveal() if isinstance(value, Secret) else value)
            for name, value in self.control
        ]
        return [*control, *((field.name, field.text) for field in self.fields)]

    def preview(self) -> list[tuple[str, str]]:
        """Return every field as it would be sent, with secrets hidden."""
        return [
            *((name, str(value)) for name, value in self.control),
            *((field.name, field.text) for field in self.fields),
        ]

    def shown(self) -> dict[str, str]:
        """Return what was sent for an error: of texts the length, of the token nothing."""
        return {
            it.name: it.text if it.is_plain else f"({len(it.text)} characters)"
            for it in self.fields
        }

    def error(self, kind: type[MoodleError], message: str, **details: str) -> MoodleError:
        """Return an error about this request, with our secrets taken out of what a site wrote."""
        hidden = self.secrets
        clean = {name: masked(text, hidden) for name, text in details.items()}
        return kind(masked(message, hidden), function=self.function, sent=self.shown(), **clean)

    def failed(self, failure: Failure) -> MoodleError:
        """Return the error for a request that got no answer."""
        if failure.kind is Kind.UNFIT:
            return self.error(UnexpectedAnswer, failure.text)
        error = self.error(SiteUnavailable, failure.text)
        if isinstance(error, SiteUnavailable):
            error.may_have_run = failure.kind is not Kind.UNREACHED
        return error


class Send(Struct, frozen=True, kw_only=True):
    """What a shell is asked to do: wait so many seconds, send, and bring back what came of it."""

    request: Request
    after: float = 0.0
    sink: Sink | None = None


Outcome = Answer | Failure
Steps = Generator[Send, Outcome, T]
