"""The hourly look at tokens: taken by the running server, shown with its time, counted beside."""

import asyncio
import html
import re
from collections.abc import Callable

import pytest

from coursewire.domain import token_looks, tokens
from coursewire.store import token_looks as store
from tests.support import making
from tests.support.console import Browser, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

INFO = "core_webservice_get_site_info"
CARE = "/console/tokens/care"


@pytest.fixture
def browser(web: Web) -> Browser:
    """A site with one token, whose account a person may use, and its owner's browser."""
    site = web.site
    person = making.user(site, "bot", password="Quiet-river-7")
    making.token(site, person, making.service(site, "svc", INFO, users=[person]))
    return signed_in(web)


def turn(web: Web, seconds: float = 10) -> None:
    """Let the server run on for a moment."""
    web.site.clock.pass_seconds(seconds)
    asyncio.run(web.server.keep_up())


def badge(page: str) -> str:
    found = re.search(r'title="Tokens that need care">(\d+)<', page)
    return found[1] if found else ""


def test_what_was_found_is_shown_with_its_time_and_counted(web: Web, browser: Browser) -> None:
    page = text(browser.get(CARE))
    assert "looked at soon after the server starts" in page
    assert badge(page) == ""
    turn(web)
    page = text(browser.get(CARE))
    assert ">broken" in page
    assert ">person" in page
    assert "bot can log in as a person" in page
    assert badge(page) == badge(text(browser.get("/console/roles"))) == "1"
    assert "and are again every hour" in page
    home = text(browser.get("/console/"))
    assert f"{CARE}?flag=broken" in home
    assert "the server does so every hour" in home
    assert "bot" in text(browser.get("/console/tokens?flag=broken"))
    assert "bot" not in text(browser.get("/console/tokens?flag=urgent"))


def test_nobody_is_told_of_tokens_that_are_not_theirs(web: Web, browser: Browser) -> None:
    turn(web)
    assert badge(text(browser.get("/console/"))) == "1"
    other = signed_in(web, making.user(web.site, "anna"), "operator")
    assert badge(text(other.get("/console/"))) == ""
    assert "bot" not in text(other.get(CARE))


@pytest.mark.usefixtures("browser")
def test_it_is_taken_again_after_an_hour_and_not_before(web: Web) -> None:
    turn(web)
    first = store.everything(web.site.session, web.site.now)[1].looked
    turn(web, token_looks.EVERY - 10)
    assert store.everything(web.site.session, web.site.now)[1].looked == first
    turn(web, 10)
    assert store.everything(web.site.session, web.site.now)[1].looked == web.site.now


def test_a_fix_makes_all_of_them_due(web: Web, browser: Browser) -> None:
    turn(web)
    assert ">broken" in text(browser.get(CARE))
    fix = {"kind": "web_services", "value.on": "1"}
    assert browser.post("/console/tokens/1/fix", fix).status == 303
    turn(web)
    assert store.everything(web.site.session, web.site.now)[1].looked == web.site.now


@pytest.mark.parametrize(
    "end",
    [
        lambda site: tokens.revoke(site.call(), 1),
        lambda site: tokens.disable(site.call(), 1),
        lambda site: tokens.extend(site.call(), 1, site.now + 1),
    ],
    ids=["revoked", "disabled", "ended"],
)
def test_a_token_that_ended_is_not_counted(
    web: Web, browser: Browser, end: Callable[[TestSite], object]
) -> None:
    turn(web)
    end(web.site)
    web.site.clock.pass_seconds(2)
    assert badge(text(browser.get("/console/roles"))) == ""


def test_one_turn_is_short(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its time is over after each token, each turn looks at one, and none is missed."""
    site = web.site
    users = [making.user(site, f"bot{number}") for number in range(3)]
    service = making.service(site, "svc", INFO, users=users)
    for user in users:
        making.token(site, user, service)
    monkeypatch.setattr(token_looks, "_TURN", 0.0)
    for number in (1, 2, 3, 3):
        turn(web)
        assert len(store.everything(site.session, site.now)) == number


def test_a_token_that_goes_while_it_is_looked_at_stops_nothing(site: TestSite) -> None:
    with site.session.transaction():
        store.keep(site.session, [store.Look(99, 1, 1, "[]")])
    assert store.everything(site.session, site.now) == {}
    assert store.flagged(site.session, site.now) == 0


def test_the_look_is_the_one_that_is_taken_by_hand(web: Web, browser: Browser) -> None:
    turn(web)
    kept = token_looks.known(web.site.call(), {1}).of[1]
    page = html.unescape(text(browser.get(f"{CARE}/closer")))
    assert {each.flag for each in kept} >= {"broken", "person"}
    for each in kept:
        assert each.reason in page
