"""A command that reads or changes a site acts as its administrator, through the same rules."""

import select
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import DBAPIError

from coursewire import app
from coursewire.app import Opened
from coursewire.cli import served_address
from coursewire.cli.common import Failure
from coursewire.cli.failures import UNUSABLE, database_refuses
from coursewire.domain.call import Call
from coursewire.settings import Settings
from coursewire.store import retries, troubles
from coursewire.store.session import Session
from coursewire.store.troubles import Trouble

# What is over soon: others wrote, or held what was needed.
_PASSING = frozenset({Trouble.BUSY, Trouble.HELD, Trouble.SLOW})


class Acting:
    """An open site and a call made by its administrator, for the length of one command."""

    def __init__(self, opened: Opened, call: Call) -> None:
        self.opened = opened
        self.call = call

    @contextmanager
    def shown_or_undone(self) -> Generator[None]:
        """Undo what is done inside unless it could be shown too: a secret has no other copy."""
        _await_output()
        try:
            with self.call.transaction():
                yield
        except OSError as problem:
            why = problem.strerror or str(problem)
            msg = f"the result could not be written ({why}), so nothing was changed"
            raise Failure(
                msg, remedy="run the command again where its output has room"
            ) from problem


def _await_output() -> None:
    """Wait until the output takes something: in a transaction all who write would wait as well."""
    # What is no file of the system takes everything.
    with suppress(OSError):
        select.select([], [sys.stdout], [])


@contextmanager
def acting(settings: Settings) -> Generator[Acting]:
    """Open the site; changes are recorded as the administrator's, made in the command line."""
    with app.open_site(served_address.known(settings)) as opened, acting_on(opened) as site:
        yield site


@contextmanager
def acting_on(opened: Opened) -> Generator[Acting]:
    """Act on a site that is open already; what only others kept from happening can be run again."""
    with opened.database.session() as session:
        try:
            yield Acting(opened, app.administrator_call(opened, session))
        except DBAPIError as problem:
            if not (retries.met_another(problem) or troubles.of(problem) in _PASSING):
                raise
            raise _hindered(problem, session) from problem


def _hindered(problem: DBAPIError, session: Session) -> Failure:
    remedy = "nothing was changed in it; run the command again"
    if session.kept:
        remedy = "a part was changed before; look at what is there, and run the command again"
    return Failure(database_refuses(problem), UNUSABLE, remedy=remedy)
