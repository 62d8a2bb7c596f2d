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


# Each would be stored well, and then fail every answer that shows it.
NOT_TO_BE_SHOWN = {
    "firstname": "<b>x",
    "alternatename": "a</i>",
    "phone1": "<script>1</script>",
    "department": "<!--",
    "city": "<p>Here",
    "timezone": "Europe?",
    "idnumber": "a\ufffe",
}


@pytest.mark.parametrize("field", NOT_TO_BE_SHOWN)
def test_web_5_what_no_answer_could_show_is_not_stored(site: TestSite, field: str) -> None:
    value = NOT_TO_BE_SHOWN[field]
    ann = making.user(site, "ann")
    with unchanged(site.session), refused(InvalidParameter) as caught:
        user_changes.change(site.call(), ann, {field: value})
    assert field in caught.value.reason
    with unchanged(site.session), refused(InvalidParameter):
        making.user(site, "ben", **{field: value})
