"""Pages that show times live with times that no calendar has."""

import pytest

from coursewire.store import services as service_rows
from tests.support import far_times
from tests.support.console import Browser, text
from tests.support.far_times import FAR_TIMES, MILLISECONDS
from tests.support.sites import TestSite

PAGES = (
    "/console/",
    "/console/users",
    "/console/users/csv",
    "/console/users/{user}",
    "/console/users/{user}/delete",
    "/console/courses",
    "/console/courses/csv",
    "/console/courses/{course}",
    "/console/courses/{course}/csv",
    "/console/courses/{course}/edit",
    "/console/courses/{course}/activities",
    "/console/courses/{course}/grades",
    "/console/courses/{course}/delete",
    "/console/services",
    "/console/services/{service}/users",
    "/console/services/{service}/tokens",
    "/console/services/{service}/changes",
    "/console/tokens",
    "/console/tokens?state=all",
    "/console/tokens/csv",
    "/console/tokens/care",
    "/console/tokens/care/closer",
    "/console/tokens/{token}",
    "/console/tokens/{token}/revoke",
    "/console/audit",
)


@pytest.mark.parametrize("far", FAR_TIMES)
def test_every_page_lives_with_a_far_off_time(site: TestSite, browser: Browser, far: int) -> None:
    places = far_times.at(site, far)._asdict()
    for page in PAGES:
        assert (page, browser.look(page.format(**places)).status) == (page, 200)


def test_a_form_that_is_sent_as_it_came_keeps_a_far_off_time(
    site: TestSite, browser: Browser
) -> None:
    far = far_times.at(site, MILLISECONDS)
    users = f"/console/services/{far.service}/users"
    assert 'value="9999-12-31"' in text(browser.get(users))
    sent = {"iprestriction": "192.0.2.0/24", "validuntil": "9999-12-31"}
    assert browser.post(f"{users}/{far.user}/change", sent).status == 303
    listed = service_rows.authorised_user(site.session, far.service, far.user)
    assert listed is not None
    assert (listed.iprestriction, listed.validuntil) == ("192.0.2.0/24", MILLISECONDS)
