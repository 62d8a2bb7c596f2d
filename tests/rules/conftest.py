"""One world for all tests of the rules: every call in it is undone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import STATE
from tests.rules import canary
from tests.rules.line import Line
from tests.rules.world import World
from tests.support.sites import fresh_address, opened
from tests.support.sizes import NIGHT

# Every cell is compared on SQLite at each change, on both engines by night.
ENGINES = ("sqlite", "postgres") if NIGHT else ("sqlite",)


@pytest.fixture(scope="session", params=ENGINES)
def line(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """The server's line in a filled site."""
    folder = tmp_path_factory.mktemp("rules")
    cluster = request.getfixturevalue("postgres") if request.param == "postgres" else None
    with (
        fresh_address(folder, Path(os.environ[STATE]), cluster) as address,
        opened(address, folder) as site,
    ):
        canary.place(site.session)
        line = Line(World(site))
        yield line
        line.close()
