"""Sites for tests that kill, starve and cut off the real server."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coursewire.settings import Settings
from tests.faults.victims import settings_of
from tests.support import postgres as private
from tests.support.served import run

SITE = Path(__file__).parents[1] / "clients" / "site.yaml"


@pytest.fixture
def settings(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Settings]:
    """A small school with a token, on the engine of the test."""
    with ExitStack() as stack:
        address = ""
        if engine_name == "postgres":
            cluster: private.Cluster = request.getfixturevalue("postgres")
            address = stack.enter_context(cluster.fresh())
        found = settings_of(tmp_path / "data", address)
        environ = {"COURSEWIRE_DATABASE": address} if address else {}
        run("apply", str(SITE), "--data", found.data, "--yes", environ=environ)
        yield found
