"""Fixtures for tests of the client: both shells, a hostile server, a real one."""

from collections.abc import Iterator

import pytest

from tests.client.asking import Shell
from tests.client.hostile import Hostile
from tests.support.listening import listening
from tests.support.web import Web


@pytest.fixture(params=["sync", "async"])
def shell(request: pytest.FixtureRequest) -> Shell:
    """Runs a test once per shell."""
    return Shell(request.param)


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """A server that does what the test tells it."""
    server = Hostile()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def served(web: Web) -> Iterator[str]:
    """The address of a real site, web services on; `web` makes its people and tokens."""
    with listening(web.server) as port:
        yield f"http://127.0.0.1:{port}"
