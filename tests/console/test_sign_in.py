"""Coming into the console: by password, by code, by link; and staying out."""

import pytest

from coursewire.console import identifying
from coursewire.console.arrival import Arrival
from coursewire.console.equipment import Equipment
from coursewire.domain import (
    console_links,
    console_rights,
    console_sessions,
    second_factor,
    totp,
    users,
)
from coursewire.domain.console_rights import Right
from coursewire.domain.site import ADMIN_ID
from coursewire.store import audit, services
from coursewire.store import console_sessions as session_rows
from coursewire.store.users import UserRecord
from tests.support import making
from tests.support.console import PASSWORD, SESSION, Browser, allow, hidden, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Answer, Web


def give_password(site: TestSite, user_id: int = ADMIN_ID) -> None:
    call = site.call()
    users.set_password(call, user_id, call.passwords.hash(PASSWORD))


def sign_in(browser: Browser, username: str = "admin", password: str = PASSWORD) -> Answer:
    browser.get("/console/sign-in")
    fields = hidden_of(browser)
    return browser.post("/console/sign-in", {**fields, "username": username, "password": password})


def hidden_of(browser: Browser) -> dict[str, str]:
    return {"next": hidden(browser.get("/console/sign-in"))["next"]}


def actions(site: TestSite) -> list[str]:
    return [row.action for row in reversed(audit.records(site.session))]


def test_a_person_with_a_right_signs_in_by_password(web: Web) -> None:
    give_password(web.site)
    allow(web.site)
    browser = Browser(web)
    first = browser.get("/console/")
    assert (first.status, first.header("location")) == (303, "/console/sign-in")
    answer = sign_in(browser)
    assert (answer.status, answer.header("location")) == (303, "/console/")
    assert browser.get("/console/").status == 200
    assert actions(web.site)[-2:] == ["login.success", "console.signin"]


def test_web_1_a_password_that_has_just_been_changed_begins_no_session(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_password(web.site)
    allow(web.site)
    judged = identifying.password

    async def slowly(equipment: Equipment, arrival: Arrival, name: str, typed: str) -> UserRecord:
        user = await judged(equipment, arrival, name, typed)
        users.set_password(web.site.call(), user.id, "changed")
        return user

    monkeypatch.setattr(identifying, "password", slowly)
    assert sign_in(Browser(web)).status == 422
    assert session_rows.of_user(web.site.session, ADMIN_ID) == []


def test_sign_in_leads_back_to_the_page_that_was_wanted(web: Web) -> None:
    give_password(web.site)
    allow(web.site)
    browser = Browser(web)
    shown = browser.follow(browser.get("/console/account?tab=x"))
    fields = {**hidden(shown), "username": "admin", "password": PASSWORD}
    assert browser.post("/console/sign-in", fields).header("location") == "/console/account?tab=x"


def test_a_form_that_came_after_its_session_is_told_as_not_done(web: Web) -> None:
    browser = signed_in(web)
    web.site.clock.pass_seconds(console_sessions.IDLE)
    shown = browser.post("/console/services/new", {"name": "Partner <1>", "users": "all"})
    assert shown.status == 403
    assert 'href="/console/sign-in?next=%2Fconsole%2Fservices%2Fnew"' in text(shown)
    assert "nothing of it was done" in text(shown)
    kept = {"name": "Partner &lt;1&gt;", "users": "all"}
    assert hidden(shown) == kept
    form = {"csrf": "", "name": "Partner <1>", "users": "all"}
    assert hidden(browser.post("/console/services/new", form)) == kept
    later = signed_in(web)
    asked = later.post("/console/services/new", form)
    assert asked.status == 403
    assert hidden(asked) == {**kept, "csrf": later.csrf}
    assert "sent as admin" in text(asked)
    assert services.by_name(web.site.session, "Partner <1>") is None
    assert later.post("/console/services/new", {**form, "csrf": later.csrf}).status == 303
    assert services.by_name(web.site.session, "Partner <1>") is not None


def test_a_part_of_a_page_that_came_after_its_session_shows_the_kept_form(web: Web) -> None:
    """Where htmx sends the form, the page that keeps it takes the place of all of #main."""
    browser = signed_in(web, password=PASSWORD)
    form = {"what": "health-check", "new_user": "svc-health"}
    web.site.clock.pass_seconds(console_sessions.IDLE)
    for sender in (browser, signed_in(web)):
        answer = sender.post("/console/tokens/new", {**form, "csrf": ""}, hx_request="true")
        assert answer.status == 200
        assert answer.header("hx-retarget") == answer.header("hx-reselect") == "#main"
        assert hidden(answer)["new_user"] == "svc-health"
        assert '<main id="main"' in text(answer)
    assert "nothing of it was done" not in text(browser.get("/console/sign-in"))


def test_a_form_without_fields_that_came_after_its_session_leads_to_sign_in(web: Web) -> None:
    browser = signed_in(web)
    web.site.clock.pass_seconds(console_sessions.IDLE)
    shown = browser.follow(browser.post("/console/services/new"))
    assert hidden(shown)["next"] == "/console/services/new"
    assert "nothing of it was done" in text(shown)
    assert "nothing of it was done" not in text(browser.get("/console/sign-in"))


def test_a_form_without_a_page_of_its_own_leads_home(web: Web) -> None:
    browser = signed_in(web)
    web.site.clock.pass_seconds(console_sessions.IDLE)
    shown = browser.follow(browser.post("/console/users/2/suspend"))
    assert hidden(shown)["next"] == "/console/"
    assert "nothing of it was done" in text(shown)


@pytest.mark.parametrize("path", ["/console/sign-out", "/console/theme"])
def test_what_nobody_sends_again_is_not_told_as_lost(web: Web, path: str) -> None:
    browser = signed_in(web)
    web.site.clock.pass_seconds(console_sessions.IDLE)
    shown = browser.follow(browser.post(path, {"theme": "dark"}))
    assert hidden(shown)["next"] == "/console/"
    assert "nothing of it was done" not in text(shown)


def test_what_the_page_sends_by_itself_is_not_told_as_lost(web: Web) -> None:
    browser = signed_in(web)
    web.site.clock.pass_seconds(console_sessions.IDLE)
    answer = browser.post("/console/tokens/new/summary", {"what": "custom"}, hx_request="true")
    # What was typed stays where it is, so the page is not left.
    assert answer.status == 200
    assert not answer.header("hx-redirect")
    assert "what you typed stays" in text(answer)
    form = {"what": "custom", "csrf": ""}
    answer = signed_in(web).post("/console/tokens/new/summary", form, hx_request="true")
    assert answer.status == 200
    assert "What you typed stays" in text(answer)
    assert "nothing of it was done" not in text(answer)


@pytest.mark.parametrize("case", ["wrong", "unknown", "suspended", "no password"])
def test_every_way_to_fail_gets_the_same_page(web: Web, case: str) -> None:
    site = web.site
    allow(site)
    person = making.user(site, "anna")
    console_rights.grant(site.call(), person, "viewer")
    if case != "no password":
        give_password(site, person)
    if case == "suspended":
        users.suspend(site.call(), person, suspended=True)
    username = "nobody" if case == "unknown" else "anna"
    password = "not this one" if case == "wrong" else PASSWORD
    browser = Browser(web)
    answer = sign_in(browser, username, password)
    assert answer.status == 422
    assert "The user name or the password is wrong" in text(answer)
    assert SESSION not in browser.cookies
    assert actions(site)[-1] == "login.failure"


def test_a_person_without_a_right_stays_out_and_is_told_so(web: Web) -> None:
    person = making.user(web.site, "anna")
    give_password(web.site, person)
    browser = Browser(web)
    answer = sign_in(browser, "anna")
    assert answer.status == 422
    assert "may not use the console" in text(answer)
    assert SESSION not in browser.cookies
    assert actions(web.site)[-1] == "console.refused"


def test_failures_count_together_with_those_of_the_token_endpoint(web: Web) -> None:
    """AUTH-4: one limit for all password paths."""
    give_password(web.site)
    allow(web.site)
    for _ in range(5):
        body = b"username=admin&password=wrong&service=moodle_mobile_app"
        web.request(path="/login/token.php", body=body)
    assert sign_in(Browser(web)).status == 422
    web.site.clock.pass_seconds(15 * 60 + 1)
    assert sign_in(Browser(web)).status == 303


def test_the_log_in_form_has_a_token_of_its_own(web: Web) -> None:
    """WEB-3: without the cookie that belongs to it, the form is not taken."""
    give_password(web.site)
    allow(web.site)
    browser = Browser(web)
    browser.get("/console/sign-in")
    browser.cookies.clear()
    fields = {"username": "admin", "password": PASSWORD}
    answer = browser.post("/console/sign-in", fields)
    assert answer.status == 422
    assert SESSION not in browser.cookies


def test_a_link_works_once_and_for_half_an_hour(web: Web) -> None:
    """OPS-1: 128 bits, 30 minutes, single use."""
    allow(web.site)
    secret = console_links.make(web.site.call(), ADMIN_ID)
    assert len(secret) == 32
    browser = Browser(web)
    assert browser.get(f"/console/start?link={secret}").status == 200
    web.site.clock.pass_seconds(console_links.VALID)
    assert browser.get(f"/console/start?link={secret}").status == 200
    web.site.clock.pass_seconds(1)
    assert browser.get(f"/console/start?link={secret}").status == 404
    signed_in(web)
    other = Browser(web)
    secret = console_links.make(web.site.call(), ADMIN_ID)
    other.get(f"/console/start?link={secret}")
    assert other.post("/console/start", {"link": secret}).status == 303
    assert actions(web.site)[-2:] == ["console.link_used", "console.signin"]
    third = Browser(web)
    assert third.get(f"/console/start?link={secret}").status == 404
    assert third.post("/console/start", {"link": secret}).status in (404, 422)
    assert SESSION not in third.cookies


def test_looking_at_a_link_uses_nothing_up(web: Web) -> None:
    allow(web.site)
    secret = console_links.make(web.site.call(), ADMIN_ID)
    before = actions(web.site)
    for _ in range(2):
        assert Browser(web).get(f"/console/start?link={secret}").status == 200
    assert actions(web.site) == before


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 8"),
        ("Password2024!", "everybody tries first"),
        ("qwertyuiop", "everybody tries first"),
        ("My Learning Site", "name of the site"),
        ("x" * 129, "at most 128"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(web: Web, password: str, sentence: str) -> None:
    """AUTH-11: length, not composition; nothing that is tried first."""
    allow(web.site)
    secret = console_links.make(web.site.call(), ADMIN_ID)
    browser = Browser(web)
    browser.get(f"/console/start?link={secret}")
    answer = browser.post("/console/start", {"link": secret, "password": password})
    assert answer.status == 422
    assert sentence in text(answer)
    assert SESSION not in browser.cookies


def test_a_password_chosen_on_the_link_signs_in_afterwards(web: Web) -> None:
    signed_in(web, password=PASSWORD)
    assert sign_in(Browser(web)).status == 303


def set_up_factor(browser: Browser, site: TestSite) -> tuple[str, list[str]]:
    """Switch the second factor on by its pages; gives secret and recovery codes."""
    browser.post("/console/account/second-factor")
    secret = second_factor.prepared(site.call())
    assert secret[:4] in text(browser.get("/console/account/second-factor"))
    code = totp.code(secret, site.now // totp.STEP)
    shown = browser.post("/console/account/second-factor/confirm", {"code": code})
    assert shown.status == 200, text(shown)
    codes = text(shown).split('<pre id="codes">')[1].split("</pre>")[0].split()
    assert len(codes) == second_factor.CODES
    return secret, codes


def test_the_second_factor_is_asked_for_after_the_password(web: Web) -> None:
    owner = signed_in(web, password=PASSWORD)
    secret, codes = set_up_factor(owner, web.site)
    browser = Browser(web)
    answer = sign_in(browser)
    assert answer.header("location").startswith("/console/sign-in/code")
    assert browser.get("/console/account").header("location") == "/console/sign-in/code"
    browser.follow(answer)
    # The code that switched it on counts as used.
    used = totp.code(secret, web.site.now // totp.STEP)
    assert browser.post("/console/sign-in/code", {"code": used}).status == 422
    web.site.clock.pass_seconds(totp.STEP)
    code = totp.code(secret, web.site.now // totp.STEP)
    before = browser.cookies[SESSION]
    assert browser.post("/console/sign-in/code", {"code": code}).status == 303
    assert browser.cookies[SESSION] != before
    assert browser.get("/console/").status == 200
    assert "console.signin" in actions(web.site)[-3:]

    other = Browser(web)
    other.follow(sign_in(other))
    assert other.post("/console/sign-in/code", {"code": codes[0]}).status == 303
    assert "console.recovery_code" in actions(web.site)
    third = Browser(web)
    third.follow(sign_in(third))
    assert third.post("/console/sign-in/code", {"code": codes[0]}).status == 422


def test_web_1_who_knows_the_password_alone_ends_no_session(web: Web) -> None:
    owner = signed_in(web, password=PASSWORD)
    set_up_factor(owner, web.site)
    half = [Browser(web) for _ in range(console_sessions.MOST + 1)]
    for browser in half:
        assert sign_in(browser).header("location").startswith("/console/sign-in/code")
    assert owner.get("/console/").status == 200
    # Those that wait for a code are as few: the oldest one has to begin anew.
    first, second, *_ = half
    assert first.get("/console/sign-in/code").header("location") == "/console/sign-in"
    assert second.get("/console/sign-in/code").status == 200


def test_web_1_an_account_with_a_second_factor_has_five_sessions_at_most(web: Web) -> None:
    owner = signed_in(web, password=PASSWORD)
    _, codes = set_up_factor(owner, web.site)
    browsers = [Browser(web) for _ in range(console_sessions.MOST)]
    for browser, code in zip(browsers, codes, strict=False):
        browser.follow(sign_in(browser))
        assert browser.post("/console/sign-in/code", {"code": code}).status == 303
    assert owner.get("/console/account").status == 303
    assert [browser.get("/console/account").status for browser in browsers] == [200] * 5


def test_guesses_of_codes_are_limited(web: Web) -> None:
    owner = signed_in(web, password=PASSWORD)
    secret, _ = set_up_factor(owner, web.site)
    web.site.clock.pass_seconds(totp.STEP)
    browser = Browser(web, address="203.0.113.9")
    browser.follow(sign_in(browser))
    for _ in range(5):
        assert browser.post("/console/sign-in/code", {"code": "000000"}).status == 422
    code = totp.code(secret, web.site.now // totp.STEP)
    assert browser.post("/console/sign-in/code", {"code": code}).status == 422


@pytest.mark.parametrize(
    ("right", "path", "status"),
    [("viewer", "/console/account", 200), ("operator", "/console/", 200)],
)
def test_rights_open_the_pages_that_declare_them(
    web: Web, right: Right, path: str, status: int
) -> None:
    person = making.user(web.site, "anna")
    assert signed_in(web, person, right).get(path).status == status
