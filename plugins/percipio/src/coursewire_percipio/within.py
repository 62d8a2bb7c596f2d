"""Failures inside a transaction are answered with status 422, as the partner expects."""

from collections.abc import Generator
from contextlib import contextmanager

from coursewire.plugin import Call, Refusal

UNPROCESSABLE = 422


@contextmanager
def all_or_nothing(call: Call) -> Generator[None]:
    """Do everything inside or nothing; a refusal gets the status."""
    try:
        with call.transaction():
            yield
    except Refusal as refusal:
        refusal.status = UNPROCESSABLE
        raise
