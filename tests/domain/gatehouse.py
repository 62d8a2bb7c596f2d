"""A token at the gate: read from the store as the server reads it, and turned as a test needs."""

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec.structs import replace

from coursewire.domain import explain, gate, permissions
from coursewire.domain.gate import Failed
from coursewire.domain.gate_facts import Facts
from coursewire.store import access
from coursewire.store.access import Access
from tests.support import making
from tests.support.sites import TestSite

FUNCTION = "core_webservice_get_site_info"
OTHER = "core_group_get_groups"
HOME = "127.0.0.1"
# Any fact, by its name.
Fact: TypeAlias = Any


def holder(site: TestSite, username: str = "ann") -> int:
    """A user who may use the protocol."""
    return making.user_with(site, username, gate.REST_CAPABILITY)


def read(site: TestSite, token: str, function: str = FUNCTION) -> Access | None:
    """What the store knows of a token and a function."""
    return access.read(site.session, site.keys.digests(token), function)


def facts(
    site: TestSite, token: str | None, function: str | None = FUNCTION, **values: Fact
) -> Facts:
    """The facts of a request that has everything right, except for what a test says."""
    found = read(site, token, function or "") if token else None
    known_site = site.load()

    def never(_capability: str) -> bool:
        return False

    may: Callable[[str], bool] = never
    if found is not None:
        held = permissions.of_access(site.session, found, known_site)
        may = explain.capabilities(site.session, found, held)
    usual = Facts(
        now=site.now,
        site=known_site,
        access=found,
        may=may,
        token=token,
        function=function,
        known=True,
        kind="read",
        address=HOME,
        method="POST",
        in_query=False,
    )
    return replace(usual, **values)


def outcome(found: Failed | None) -> tuple[str, str]:
    """The code and the check of a refusal, or two empty texts."""
    return (found.refusal.errorcode or "", found.check.name) if found else ("", "")


def knock(site: TestSite, token: str | None, function: str = FUNCTION, **values: Fact) -> str:
    """The code with which the gate refuses a call, or an empty text."""
    return outcome(gate.first_refusal(facts(site, token, function, **values)))[0]
