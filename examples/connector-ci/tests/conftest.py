"""What the tests share: the connector's own token, and a run that does not sleep."""

from collections.abc import Callable

import pytest

from coursewire import Moodle
from roster_connector import roster
from roster_connector.sync import Report, Sync

HEAD = "username,firstname,lastname,email,course,group"


@pytest.fixture
def moodle(moodle_site) -> Moodle:
    """A client with the connector's token, which tries nothing again by itself."""
    return moodle_site.client(moodle_site.tokens["roster"], retries=0)


@pytest.fixture
def waits() -> list[float]:
    """How long the connector would have waited."""
    return []


@pytest.fixture
def sync(moodle: Moodle, waits: list[float]) -> Callable[..., Report]:
    """Runs the connector on lines of a roster."""

    def run(*lines: str) -> Report:
        return Sync(moodle, waits.append).run(roster.read([HEAD, *lines]))

    return run
