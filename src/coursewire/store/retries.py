"""Transactions that met another one, and are run again from their beginning."""

import secrets
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

R = TypeVar("R")

# Serialization failure and deadlock: PostgreSQL asks to try again (DUR-10). Foreign and unique
# keys: what a change had just looked at was removed, or made, by another that was committed in
# between. The next try sees that, and refuses what is to be refused.
_TRY_AGAIN = frozenset({"40001", "40P01", "23503", "23505"})
_RETRIES = 3


def met_another(problem: DBAPIError) -> bool:
    """Tell whether a transaction failed by what another one did: nothing of it was kept."""
    return getattr(problem.orig, "sqlstate", None) in _TRY_AGAIN


def retrying(work: Callable[[], R]) -> R:
    """Run a whole transaction, again when it met another one; nothing was sent yet."""
    for attempt in range(_RETRIES):
        try:
            return work()
        except DBAPIError as problem:
            if not met_another(problem):
                raise
        time.sleep((attempt + secrets.randbelow(1000) / 1000) * 0.02)
    return work()
