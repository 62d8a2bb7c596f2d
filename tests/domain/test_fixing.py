"""AUTHZ-8: by a fix nobody gets or gives what they could not get or give by its own page."""

from collections.abc import Mapping

import pytest

from coursewire.contracts.errors import Refusal
from coursewire.domain import fixing
from coursewire.domain.role_definitions import PROHIBIT
from tests.support import making
from tests.support.refusals import unchanged
from tests.support.sites import TestSite

UPDATE = "moodle/user:update"


@pytest.fixture
def operator(site: TestSite) -> int:
    """Somebody without any role in the site."""
    return making.user(site, "operator")


def refused(site: TestSite, operator: int, kind: str, **values: object) -> None:
    call = site.call(operator)
    written: Mapping[str, str] = {name: str(value) for name, value in values.items()}
    with unchanged(site.session), pytest.raises(Refusal) as refusal:
        fixing.apply(call, kind, written)
    assert refusal.value.errorcode == "nopermissions"


def test_authz_8_no_fix_gives_or_takes_a_role_that_is_not_theirs(
    site: TestSite, operator: int
) -> None:
    manager, ann = making.role_id(site, "manager"), making.user(site, "ann")
    making.assign(site, "manager", ann)
    refused(site, operator, "give_role", role=manager, user=operator)
    refused(site, operator, "take_role", role=manager, user=ann)


def test_authz_8_no_fix_lets_a_role_give_more(site: TestSite, operator: int) -> None:
    role, target = making.role_id(site, "user"), making.role_id(site, "manager")
    refused(site, operator, "may_assign", role=role, target=target, on=1)


def test_authz_8_no_fix_lets_a_role_do_more(site: TestSite, operator: int) -> None:
    role = making.role_id(site, "user")
    refused(site, operator, "grant", role=role, capability=UPDATE, permission=1)
    making.override(site, "user", UPDATE, PROHIBIT)
    refused(site, operator, "grant", role=role, capability=UPDATE, permission=0)
    refused(site, operator, "own_role", user=operator, capability=UPDATE)


@pytest.mark.parametrize("kind", ["suspended", "confirmed", "forcepasswordchange"])
def test_authz_8_no_fix_changes_an_account_of_others(
    site: TestSite, operator: int, kind: str
) -> None:
    ann = making.user(site, "ann")
    refused(site, operator, kind, user=ann, on=0 if kind == "confirmed" else 1)
