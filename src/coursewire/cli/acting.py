"""A command that reads or changes a site acts as its administrator, through the same rules."""

from collections.abc import Generator
from contextlib import contextmanager

from coursewire import app
from coursewire.app import Opened
from coursewire.cli import served_address
from coursewire.domain.call import Call
from coursewire.settings import Settings


class Acting:
    """An open site and a call made by its administrator, for the length of one command."""

    def __init__(self, opened: Opened, call: Call) -> None:
        self.opened = opened
        self.call = call


@contextmanager
def acting(settings: Settings) -> Generator[Acting]:
    """Open the site; changes are recorded as the administrator's, made in the command line."""
    with app.open_site(served_address.known(settings)) as opened, acting_on(opened) as site:
        yield site


@contextmanager
def acting_on(opened: Opened) -> Generator[Acting]:
    """Act on a site that is open already."""
    with opened.database.session() as session:
        yield Acting(opened, app.administrator_call(opened, session))
