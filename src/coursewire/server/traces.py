"""Traces of errors as a log may hold them: nothing of what a statement was to store (AUD-6)."""

import traceback
from collections.abc import Iterator
from types import TracebackType

from coursewire.audit.redaction import LONGEST, visible, without_tokens

# Whose errors quote statements and rows below the line that says what is wrong.
_DATABASES = ("sqlalchemy.", "psycopg.")
_BETWEEN = "\n\nThen came:\n\n"


def written(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """Return the trace of an error and of those behind it, the first one first.

    One that is too long loses its beginning: what came of it stands at the end.
    """
    chain = [_one(error) for error in _chain(exc_info[1])]
    shown = visible(without_tokens(_BETWEEN.join(reversed(chain))))
    return shown if len(shown) <= LONGEST else f"…{shown[1 - LONGEST :]}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error, what it came of, and so on."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        yield found
        seen.add(id(found))
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _one(error: BaseException) -> str:
    kind = type(error)
    frames = "".join(traceback.format_tb(error.__traceback__))
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    said = str(error)
    if f"{kind.__module__}.".startswith(_DATABASES):
        said = said.partition("\n")[0]
    return f"Traceback (most recent call last):\n{frames}{name}: {said}"
