"""Lists that are taken along: what is recorded, and the way through the question for a password."""

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from coursewire.domain import console_sessions
from coursewire.store import audit
from tests.support import making
from tests.support.console import PASSWORD, Browser, page_of, query_of, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

USERS = "/console/users"
FILE = f"{USERS}/csv"


def recorded(site: TestSite) -> list[str]:
    return [record.details for record in audit.records(site.session, action="list.export")]


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("q=anna&q=", '{"filters":{},"rows":3}'),
        ("state=lost", '{"filters":{},"rows":3}'),
        ("kind=people&q=%20anna%20", '{"filters":{"kind":"people","q":"anna"},"rows":1}'),
        ("x=1&path=/&q=anna", '{"filters":{"q":"anna"},"rows":1}'),
        (f"x={'y' * 9_000}", '{"filters":{},"rows":3}'),
    ],
)
def test_aud_1_a_record_tells_how_the_list_was_narrowed(
    site: TestSite, browser: Browser, query: str, details: str
) -> None:
    making.user(site, "anna")
    assert browser.post(f"{FILE}?{query}").header("content-type").startswith("text/csv")
    assert recorded(site) == [details]


@pytest.mark.parametrize("path", [FILE, "/console/tokens/csv"])
def test_aud_6_a_token_that_is_looked_for_is_not_recorded(
    site: TestSite, browser: Browser, path: str
) -> None:
    browser.post(f"{path}?q={'0123456789abcdef' * 2}")
    browser.post("/console/audit/export", {"kind": "changes", "actor": "fedcba9876543210" * 2})
    for action in ("list.export", "audit.export"):
        (record,) = audit.records(site.session, action=action)
        assert "0123456789abcdef" not in record.details
        assert "fedcba9876543210" not in record.details


def test_web_2_the_way_through_the_password_leads_back_to_the_list(web: Web) -> None:
    browser = signed_in(web, password=PASSWORD)
    asked = f"{FILE}?q=adm&sort=-name"
    web.site.clock.pass_seconds(console_sessions.RECENT + 1)
    browser.get(USERS)
    assert f'action="{asked.replace("&", "&amp;")}"' in page_of(browser.post(asked))
    assert recorded(web.site) == []
    confirmed = browser.post(asked, {"confirm_password": PASSWORD})
    assert confirmed.header("location") == f"{USERS}?q=adm&sort=-name"
    assert "The file comes when you press CSV once more." in page_of(browser.follow(confirmed))
    assert recorded(web.site) == []
    assert browser.post(asked).body.startswith(b"id,username")
    assert recorded(web.site) == ['{"filters":{"q":"adm"},"rows":1}']


def test_who_signs_in_again_comes_back_to_the_list(web: Web) -> None:
    browser = signed_in(web)
    browser.cookies.clear()
    location = browser.post(f"{FILE}?q=adm&path=x").header("location")
    assert query_of(location)["next"] == f"{USERS}?q=adm&path=x"


def test_out_1_an_error_behind_the_password_leaves_the_session(web: Web) -> None:
    browser = signed_in(web, password=PASSWORD)
    web.site.clock.pass_seconds(console_sessions.RECENT + 1)
    browser.get(USERS)

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO users"):
            raise KeyError(statement)

    engine = web.site.session.connection.engine
    event.listen(engine, "before_cursor_execute", fail)
    new = {"kind": "person", "username": "anna", "firstname": "A", "lastname": "B"}
    new |= {"email": "a@example.org", "password": "Quiet-river-27", "confirm_password": PASSWORD}
    with capture_logs():
        failed = browser.post(f"{USERS}/new", new)
    event.remove(engine, "before_cursor_execute", fail)
    assert failed.status == 500
    assert "Sign out" in text(browser.get(USERS))
