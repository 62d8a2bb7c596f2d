"""WEB-1 and WEB-2: how sessions begin, how long they last, and what ends them."""

import base64
from urllib.parse import urlsplit

import msgspec
import pytest
from sqlalchemy import select

from coursewire.domain import (
    console_links,
    console_rights,
    console_sessions,
    user_changes,
    user_deletion,
    users,
)
from coursewire.domain.site import ADMIN_ID
from coursewire.store import audit
from coursewire.store.schema.console import console_sessions as rows
from tests.support import making
from tests.support.console import PASSWORD, SESSION, Browser, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

PAGE = "/console/account"


def is_in(browser: Browser) -> bool:
    status = browser.get(PAGE).status
    assert status in (200, 303)
    return status == 200


def test_web_1_the_cookie_is_bound_to_the_host_and_kept_from_scripts(web: Web) -> None:
    browser = signed_in(web)
    answer = browser.post("/console/account/password", {"password": PASSWORD, "repeated": PASSWORD})
    (cookie,) = [
        value.decode()
        for name, value in answer.headers
        if name == b"set-cookie" and value.startswith(b"__Host-cw=")
    ]
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert parts == {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"}
    identifier = browser.cookies[SESSION]
    assert len(bytes.fromhex(identifier)) == 16
    stored = web.site.session.scalars(select(rows.c.digest))
    assert console_sessions.digest(identifier) in [bytes(one) for one in stored]
    assert identifier.encode() not in b"".join(bytes(one) for one in stored)


@pytest.mark.parametrize(
    "other",
    [
        'shown={"bar":1}',
        "list[0]=1",
        "flag",
        "=nameless",
        "path=/",
        "secure; version=3",
        "name=a b",
        'open="quote',
        "name=caf\xc3\xa9",
        "long=" + "x" * 9000,
    ],
)
def test_web_1_cookies_of_other_sites_of_the_host_hide_no_session(web: Web, other: str) -> None:
    """Browsers send along what a site of the domain above, or another port of the host, has set."""
    browser = signed_in(web)
    ours = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    for sent in (f"{other}; {ours}", f"{ours};{other}", f"{other} ;{ours} ; {other}"):
        assert browser.get(PAGE, cookie=sent).status == 200, sent[:60]


def test_web_1_web_2_ops_1_times_are_those_of_the_specification() -> None:
    assert (console_sessions.IDLE, console_sessions.LONGEST) == (1800, 28_800)
    assert (console_sessions.RECENT, console_sessions.MOST) == (600, 5)
    assert console_links.VALID == 1800


def test_web_5_a_notice_is_shown_to_the_session_that_it_is_for(web: Web) -> None:
    """What another site of the domain puts into the cookie stands on no page of ours."""
    browser, other = signed_in(web), signed_in(web)
    browser.post("/console/account/sessions/end-others")
    other = signed_in(web)
    name, value = next(it for it in browser.cookies.items() if it[0].endswith("cw-notice"))
    raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    said = msgspec.json.decode(raw[16:])["text"]
    assert said not in text(
        other.get(PAGE, cookie=f"{SESSION}={other.cookies[SESSION]}; {name}={value}")
    )
    forged = base64.urlsafe_b64encode(bytes(16) + b'{"kind":"done","text":"canary"}').decode()
    mine = f"{SESSION}={browser.cookies[SESSION]}"
    assert "canary" not in text(browser.get(PAGE, cookie=f"{mine}; {name}={forged.rstrip('=')}"))
    assert said in text(browser.get(PAGE, cookie=f"{mine}; {name}={value}"))


def test_web_1_a_session_ends_after_thirty_idle_minutes(web: Web) -> None:
    browser = signed_in(web)
    web.site.clock.pass_seconds(console_sessions.IDLE - 1)
    assert is_in(browser)
    web.site.clock.pass_seconds(console_sessions.IDLE - 1)
    assert is_in(browser)
    web.site.clock.pass_seconds(console_sessions.IDLE)
    assert not is_in(browser)


def test_web_1_a_session_ends_after_eight_hours_of_use(web: Web) -> None:
    browser = signed_in(web)
    for _ in range(8 * 60 // 20 - 1):
        web.site.clock.pass_seconds(20 * 60)
        assert is_in(browser)
    web.site.clock.pass_seconds(20 * 60)
    assert not is_in(browser)


def test_web_1_a_clock_set_back_prolongs_no_session(web: Web) -> None:
    browser = signed_in(web)
    web.site.clock.set(web.site.now - 86_400)
    assert not is_in(browser)


def test_web_1_an_account_has_five_sessions_at_most(web: Web) -> None:
    browsers = [signed_in(web) for _ in range(6)]
    assert [is_in(browser) for browser in browsers] == [False, True, True, True, True, True]


@pytest.mark.parametrize(
    "cause",
    [
        "log-out",
        "password",
        "suspension",
        "change",
        "function",
        "new password",
        "right",
        "less",
        "delete",
        "other",
    ],
)
def test_web_1_what_ends_sessions_ends_them_at_once(web: Web, cause: str) -> None:
    site = web.site
    anna = making.user(site, "anna")
    browser, second = signed_in(web, anna, "operator"), signed_in(web, anna, "operator")
    call = site.call()
    match cause:
        case "log-out":
            second.cookies = dict(browser.cookies)
            assert browser.post("/console/sign-out").header("location") == "/console/sign-in"
        case "password":
            users.set_password(call, anna, call.passwords.hash(PASSWORD))
        case "suspension":
            users.suspend(call, anna, suspended=True)
            users.suspend(site.call(), anna, suspended=False)
        case "change":
            user_changes.change(call, anna, {"suspended": True})
            user_changes.change(site.call(), anna, {"suspended": False})
        case "function":
            for suspended in (1, 0):
                changed = [{"id": anna, "suspended": suspended}]
                answer = web.call("core_user_update_users", web.token(), users=changed)
                assert answer.json == {"warnings": []}
        case "new password":
            new = [{"id": anna, "password": "Hard-2-guess"}]
            web.call("core_user_update_users", web.token(), users=new)
        case "right":
            console_rights.revoke(call, anna)
        case "less":
            console_rights.grant(call, anna, "viewer")
        case "delete":
            user_deletion.delete(call, anna)
        case _:
            browser.post("/console/account/sessions/end-others")
            assert is_in(browser)
            browser.cookies = dict(second.cookies)
    assert not is_in(browser)
    assert not is_in(second)


def test_web_1_one_of_the_own_sessions_can_be_ended_and_no_other(web: Web) -> None:
    anna = making.user(web.site, "anna")
    signed_in(web, anna, "viewer")
    mine = [row.id for row in console_sessions.of_user(web.site.call(), anna)]
    owner, second = signed_in(web), signed_in(web)
    assert owner.post("/console/account/sessions/end", {"session": str(mine[0])}).status == 404
    found = console_sessions.of_user(web.site.call(), ADMIN_ID)
    owner.post("/console/account/sessions/end", {"session": str(found[0].id)})
    assert (is_in(owner), is_in(second)) == (True, False)


def test_web_2_after_ten_minutes_the_password_is_asked_for_and_nothing_is_lost(web: Web) -> None:
    browser = signed_in(web, password=PASSWORD)
    before = browser.cookies[SESSION]
    web.site.clock.pass_seconds(console_sessions.RECENT + 1)
    assert browser.get(PAGE).status == 200
    new = "another quiet river"
    asked = browser.post(
        "/console/account/password", {"password": new, "repeated": new, "note": "<&>"}
    )
    assert "Confirm that it is you" in text(asked)
    assert 'name="note" value="&lt;&amp;&gt;"' in text(asked)
    kept = {"password": new, "repeated": new}
    wrong = browser.post("/console/account/password", {**kept, "confirm_password": "no"})
    assert "is wrong" in text(wrong)
    done = browser.post("/console/account/password", {**kept, "confirm_password": PASSWORD})
    assert (done.status, done.header("location")) == (303, PAGE)
    assert browser.cookies[SESSION] != before
    assert is_in(browser)


# What WEB-2 names, as far as the console can do it: tokens, their addresses and ends, who may use
# a service from where, passwords of others, second factors, administrators, exports, settings.
DEEDS = [
    "/console/tokens/new",
    "/console/tokens/selected",
    "/console/tokens/999999/edit",
    "/console/tokens/999999/fix",
    "/console/tokens/999999/rotate",
    "/console/tokens/999999/shorten",
    "/console/services/999999/users/add",
    "/console/services/999999/users/999999/change",
    "/console/users/new",
    "/console/users/999999/password",
    "/console/users/999999/assign",
    "/console/users/999999/delete",
    "/console/roles/new",
    "/console/roles/999999",
    "/console/roles/999999/reach",
    "/console/account/second-factor",
    "/console/account/second-factor/confirm",
    "/console/account/second-factor/codes",
    "/console/account/second-factor/off",
    "/console/settings/people",
    "/console/settings/people/999999/revoke",
    "/console/settings",
    "/console/plugins/none/enable",
    "/console/plugins/none/settings",
    "/console/audit/export",
    *(f"/console/{kind}/csv" for kind in ("users", "tokens", "courses")),
    "/console/courses/categories/csv",
    *(f"/console/courses/999999/{part}csv" for part in ("", "groups/", "groups/9/", "grades/")),
    *(f"/console/courses/999999/{part}/csv" for part in ("groupings", "activities")),
    "/console/plugins/none/pages/none/csv",
]


def test_web_2_each_deed_that_is_named_asks_for_the_password(web: Web) -> None:
    browser = signed_in(web, password=PASSWORD)
    for path in DEEDS:
        answer = browser.post(path, {"name": "x"})
        assert "Confirm that it is you" not in text(answer), path
    web.site.clock.pass_seconds(console_sessions.RECENT + 1)
    browser.get(PAGE)
    before = len(audit.records(web.site.session))
    for path in DEEDS:
        answer = browser.post(path, {"name": "x"})
        assert "Confirm that it is you" in text(answer), path
    assert len(audit.records(web.site.session)) == before


def test_web_2_the_confirmation_gives_the_session_another_identifier(web: Web) -> None:
    browser = signed_in(web, password=PASSWORD)
    before = browser.cookies[SESSION]
    web.site.clock.pass_seconds(console_sessions.RECENT + 1)
    answer = browser.get("/console/account/second-factor")
    shown = browser.follow(answer)
    assert "Confirm that it is you" in text(shown)
    fields = {"next": PAGE, "confirm_password": PASSWORD}
    assert browser.post("/console/confirm", fields).header("location") == PAGE
    assert browser.cookies[SESSION] != before
    assert is_in(browser)
    browser.cookies[SESSION] = before
    assert not is_in(browser)
    assert "console.confirm" in [row.action for row in audit.records(web.site.session)]


@pytest.mark.parametrize(
    ("url", "address", "status"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 200),
        ("http://127.0.0.1:8080", "192.0.2.7", 403),
        ("http://192.0.2.1:8080", "127.0.0.1", 403),
        ("https://192.0.2.1:8080", "192.0.2.7", 200),
    ],
)
def test_web_1_without_tls_the_console_is_for_this_machine_only(
    site: TestSite, url: str, address: str, status: int
) -> None:
    web = Web(site, url=url)
    host = urlsplit(url).netloc
    answer = web.request("GET", "/console/sign-in", headers={"host": host}, address=address)
    web.close()
    assert answer.status == status
    if status == 200:
        name = answer.header("set-cookie").partition("=")[0]
        assert name == ("__Host-cw-login" if url.startswith("https") else "cw-login")
        assert ("; Secure" in answer.header("set-cookie")) == url.startswith("https")
