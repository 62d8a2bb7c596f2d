"""A served site, and the administrator's browser on it."""

from collections.abc import Iterator

import pytest

from tests.support.console import Browser, signed_in
from tests.support.sites import TestSite
from tests.support.web import Web, web


@pytest.fixture
def served(site: TestSite) -> Iterator[Web]:
    with web(site) as found:
        yield found


@pytest.fixture
def browser(served: Web) -> Browser:
    return signed_in(served)
