"""One demo site and one Chromium for the browser tests of a process; a page for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import WIDE, Watched, chromium
from tests.support.console_server import Served, console_server


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo site, served by the real server."""
    with console_server(tmp_path_factory.mktemp("console")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; not for longer than a file, since Playwright's own event loop stands
    in the way of every other until it ends.
    """
    with chromium() as found:
        yield found


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Watched]:
    """A page of somebody who is not signed in; what goes wrong on it fails the test."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    watched = Watched(context)
    yield watched
    watched.check()
    context.close()


@pytest.fixture
def owner(stranger: Watched, served: Served) -> Watched:
    """A page of the administrator, on Home."""
    served.enter(stranger.page)
    return stranger
