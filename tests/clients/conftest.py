"""A served site for client libraries, applied from a site file as an administrator would."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import run, serving

SITE = Path(__file__).with_name("site.yaml")
TOKEN = "0123456789abcdef0123456789abcdef"
PASSWORD = "Sunny-Day-7!"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clients")
    place = ("--data", str(folder / "data"))
    run("apply", str(SITE), *place, "--yes")
    with serving(place, folder / "serve.log") as base_url:
        yield base_url
