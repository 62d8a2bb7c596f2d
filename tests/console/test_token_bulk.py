"""Several tokens at once, and the list as a file."""

import pytest

from coursewire.store import audit
from coursewire.store import tokens as token_rows
from tests.support import making
from tests.support.console import Browser, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

PATH = "/console/tokens"
INFO = "core_webservice_get_site_info"


@pytest.fixture
def browser(web: Web) -> Browser:
    site = web.site
    users = [making.user(site, name) for name in ("ann", "ben", "cat")]
    service = making.service(site, "svc", INFO, users=users)
    for user in users:
        making.token(site, user, service, name=f"=of {user}")
    found = signed_in(web)
    found.get(PATH)
    return found


def states(site: TestSite) -> list[str]:
    return [
        "revoked" if row.revoked else "disabled" if row.disabled else "live"
        for row in token_rows.listed(site.session, ended=True)
    ]


def ticked(deed: str, *ids: int, **more: str) -> list[tuple[str, str]]:
    return [("do", deed), *(("token", str(one)) for one in ids), *more.items()]


def test_ticked_tokens_are_disabled_enabled_and_revoked(web: Web, browser: Browser) -> None:
    selected = f"{PATH}/selected"
    page = text(browser.follow(browser.post(selected, ticked("disable", 1, 2))))
    assert "2 tokens are disabled." in page
    assert states(web.site) == ["disabled", "disabled", "live"]
    browser.post(selected, ticked("enable", 2))
    assert states(web.site) == ["disabled", "live", "live"]
    page = text(browser.post(selected, ticked("revoke", 1, 3)))
    assert "1 live token, 0 used in the last 24 hours" in page
    assert states(web.site) == ["disabled", "live", "live"]
    page = text(browser.follow(browser.post(selected, ticked("revoke", 1, 3, confirmed="1"))))
    assert "2 tokens are revoked." in page
    assert states(web.site) == ["revoked", "live", "revoked"]
    assert len(audit.records(web.site.session, action="token.revoke")) == 2


def test_one_that_cannot_be_changed_leaves_all_as_they_were(web: Web, browser: Browser) -> None:
    with web.site.session.transaction():
        token_rows.change(web.site.session, 2, {"origin": "login"})
    answer = browser.post(f"{PATH}/selected", ticked("disable", 1, 2, 3))
    assert "Nothing was changed" in text(browser.follow(answer))
    assert states(web.site) == ["live"] * 3
    for wrong in (ticked("disable"), ticked("paint", 1)):
        assert "Tick tokens first" in text(browser.follow(browser.post(f"{PATH}/selected", wrong)))
    assert browser.post(f"{PATH}/selected", ticked("disable", 1, 99)).status == 404
    assert states(web.site) == ["live"] * 3


def test_tokens_are_changed_in_the_order_of_their_ids(web: Web, browser: Browser) -> None:
    # Two lists sorted apart, the same rows ticked: PostgreSQL would let each wait for the other.
    browser.post(f"{PATH}/selected", ticked("disable", 3, 1, 2))
    done = [row.target for row in audit.records(web.site.session, action="token.disable")]
    handles = {row.handle: row.id for row in token_rows.listed(web.site.session, ended=True)}
    assert [handles[it.removeprefix("token ")] for it in reversed(done)] == [1, 2, 3]


def test_a_viewer_ticks_nothing(web: Web, browser: Browser) -> None:
    assert "data-ticks" in text(browser.get(PATH))
    viewer = signed_in(web, 2, "viewer")
    assert "data-ticks" not in text(viewer.get(PATH))
    assert viewer.post(f"{PATH}/selected", ticked("disable", 1)).status == 403


def test_the_list_is_a_file_without_values(browser: Browser) -> None:
    answer = browser.post(f"{PATH}/csv?q=cat")
    lines = text(answer).splitlines()
    assert answer.header("content-type") == "text/csv; charset=utf-8"
    assert len(lines) == 2
    assert lines[0].startswith("handle,name,user,service")
    assert ",'=of 5,cat,svc," in lines[1]
    assert lines[1].endswith(",live,")
    assert f"{PATH}/csv?q=cat" in text(browser.get(f"{PATH}?q=cat"))
