"""Changes of accounts by people who keep the site: addresses that are given up."""

import pytest

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import user_changes
from coursewire.store import users
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite


@pytest.mark.parametrize("shared", [True, False])
def test_an_address_that_was_given_up_is_free_for_others(site: TestSite, *, shared: bool) -> None:
    ann, ben = making.user(site, "ann"), making.user(site, "ben")
    making.setting(site, "allowaccountssameemail", shared)
    user_changes.change(site.call(), ann, {"email": "new@school.example"})
    making.setting(site, "allowaccountssameemail", False)
    user_changes.change(site.call(), ben, {"email": "ann@school.example"})
    found = users.get(site.session, ben)
    assert found is not None
    assert found.email == "ann@school.example"


def test_an_address_that_somebody_has_is_refused(site: TestSite) -> None:
    making.user(site, "ann")
    ben = making.user(site, "ben")
    with unchanged(site.session), refused(InvalidParameter):
        user_changes.change(site.call(), ben, {"email": "ANN@school.example"})
