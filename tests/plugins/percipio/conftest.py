"""A site with the Percipio plugin at work."""

from collections.abc import Iterator

import pytest

from coursewire_percipio import PLUGIN
from tests.plugins.percipio.partner_calls import PartnerCalls
from tests.support.plugins import plugged
from tests.support.sites import TestSite


@pytest.fixture
def partner(site: TestSite) -> Iterator[PartnerCalls]:
    """The partner's side of the protocol: calls with the administrator's token."""
    with plugged(site, PLUGIN, outbound_loopback=True) as web:
        yield PartnerCalls(web, web.service_token("Percipio-API"))
