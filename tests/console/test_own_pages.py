"""Settings, the people of the console, one's own keys, the care of tokens, and Home's chart."""

import pytest

from coursewire.audit import sealing
from coursewire.audit.calls import CallRow
from coursewire.console import chart
from coursewire.domain import audit_retention, tokens
from coursewire.domain.known_settings import SETTINGS, by_area
from coursewire.domain.tokens import NewToken
from coursewire.store import audit
from coursewire.store import tokens as token_rows
from coursewire.store.call_log import Hour, hours
from tests.support import making
from tests.support.console import Browser, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

SITE_INFO = "core_webservice_get_site_info"


@pytest.fixture
def browser(web: Web) -> Browser:
    return signed_in(web)


def issue(site: TestSite, **values: object) -> int:
    service = making.service(site, "health", SITE_INFO, users=[2])
    new = NewToken(user_id=2, service_id=service, **values)  # type: ignore[arg-type]
    return tokens.issue(site.call(), new).id


def test_each_setting_that_people_set_has_a_field(browser: Browser) -> None:
    fields = [setting.name for some in by_area().values() for setting in some]
    assert sorted(fields) == sorted(name for name, one in SETTINGS.items() if not one.internal)
    for area, some in by_area().items():
        page = text(browser.get(f"/console/settings?area={area.replace(' ', '%20')}"))
        for setting in some:
            assert f'id="{setting.name}"' in page, setting.name


def test_settings_are_saved_all_or_nothing_and_recorded_once_each(
    web: Web, browser: Browser
) -> None:
    fields = {"area": "What is kept", "callskept": "many", "auditkeptdays": "-1"}
    answer = browser.post("/console/settings", fields)
    assert answer.status == 422
    assert 'id="callskept-error"' in text(answer)
    assert 'id="auditkeptdays-error"' in text(answer)
    assert 'value="many"' in text(answer)
    fields |= {"callskept": "5000", "auditkeptdays": "365"}
    assert browser.post("/console/settings", fields).status == 303
    assert web.site.load().settings["callskept"] == 5000
    assert browser.post("/console/settings", fields).status == 303
    assert len(audit.records(web.site.session, action="setting.change")) == 4


def test_an_address_that_no_answer_can_hold_is_not_saved(web: Web, browser: Browser) -> None:
    answer = browser.post(
        "/console/settings", {"area": "Site info", "mobilecssurl": "javascript:x"}
    )
    assert answer.status == 422
    assert 'id="mobilecssurl-error"' in text(answer)
    assert web.site.load().settings["mobilecssurl"] == ""


def test_the_log_of_calls_keeps_what_the_setting_says(web: Web) -> None:
    making.setting(web.site, "callskept", value=1000)
    with web.site.session.transaction():
        audit.append_calls(web.site.session, (_row(web, number) for number in range(1500)))
    log = type(web.server.runtime.calls)(trim_every=1)
    log.add(_row(web, 1500))
    log.flush(web.site.session)
    assert len(audit.recorded_calls(web.site.session, limit=5000)) == 1000


def test_old_records_go_when_the_site_says_so(web: Web) -> None:
    site = web.site
    making.user(site, "anna")
    site.clock.pass_seconds(400 * 86_400)
    sealing.seal_waiting(site.session, site.keys, site.clock.now_ms())
    assert audit_retention.purge(site.call()) == 0
    making.setting(site, "auditkeptdays", value=365)
    assert audit_retention.purge(site.call()) > 0
    assert audit_retention.purge(site.call()) == 0
    assert sealing.verify(site.session, site.keys).wrong == ""
    assert len(audit.records(site.session, action="audit.purge")) == 1


def test_owners_give_and_take_rights(web: Web, browser: Browser) -> None:
    making.user(web.site, "anna")
    page = browser.post("/console/settings/people", {"user": "anna", "right": "operator"})
    assert page.status == 303
    assert ">anna" in text(browser.follow(page))
    assert browser.post("/console/settings/people", {"user": "nobody"}).status == 422
    anna = signed_in(web, 3, "operator")
    assert anna.post("/console/settings/people", {"user": "anna", "right": "owner"}).status == 403
    assert browser.post("/console/settings/people/3/end-sessions").status == 303
    assert anna.get("/console/").header("location").startswith("/console/sign-in")
    assert browser.post("/console/settings/people/3/revoke").status == 303
    assert browser.post("/console/settings/people/2/revoke").status == 400
    assert browser.get("/console/").status == 200


def test_my_keys_are_mine_and_looking_makes_none(web: Web, browser: Browser) -> None:
    number = issue(web.site)
    before = len(token_rows.listed(web.site.session, ended=True))
    page = text(browser.get("/console/me/keys"))
    assert f"/console/me/keys/{number}/end" in page
    assert len(token_rows.listed(web.site.session, ended=True)) == before
    making.user(web.site, "anna")
    anna = signed_in(web, 3, "viewer")
    assert "You have no keys" in text(anna.get("/console/me/keys"))
    assert anna.get(f"/console/me/keys/{number}/end").status == 404
    assert anna.post(f"/console/me/keys/{number}/revoke").status == 404
    assert browser.post(f"/console/me/keys/{number}/reset").status == 400
    assert browser.post(f"/console/me/keys/{number}/revoke").status == 303
    assert tokens.require(web.site.call(), number).revoked


def test_a_token_of_a_log_in_is_reset(web: Web, browser: Browser) -> None:
    number = issue(web.site)
    with web.site.session.transaction():
        token_rows.change(web.site.session, number, {"origin": "login"})
    assert browser.post(f"/console/me/keys/{number}/reset").status == 303
    found = tokens.require(web.site.call(), number)
    assert found.revoked_reason == "reset by its holder"


def test_each_flag_has_one_thing_to_do(web: Web, browser: Browser) -> None:
    number = issue(web.site, validuntil=web.site.clock.now() + 86_400)
    page = text(browser.get("/console/tokens/care"))
    assert f'action="/console/tokens/{number}/rotate"' in page
    assert 'name="once"' in page.split(f'action="/console/tokens/{number}/rotate"')[1][:250]
    assert ">urgent" in page
    home = text(browser.get("/console/"))
    assert "/console/tokens/care?flag=urgent" in home
    assert browser.get("/console/tokens/care?flag=unused").status == 200
    assert "somebody can log in" in text(browser.get("/console/tokens/care/closer"))
    tokens.edit(web.site.call(), number, tokens.Changes(validuntil=0))
    page = text(browser.get("/console/tokens/care?flag=no+limits"))
    assert f'action="/console/tokens/{number}/shorten"' in page
    assert browser.post(f"/console/tokens/{number}/shorten").status == 303
    end = tokens.require(web.site.call(), number).validuntil
    assert end == web.site.clock.now() + 90 * 86_400


def _row(web: Web, number: int, minutes: int = 0, outcome: str = "ok") -> CallRow:
    return CallRow(
        time_ms=(web.site.clock.now() - 60 * minutes) * 1000,
        request_id=f"r-{number}",
        function=SITE_INFO,
        token_handle="h",
        user_id=2,
        address="127.0.0.1",
        outcome=outcome,
        failed_check="",
        reason="",
        token_in_query=0,
        microseconds=80,
    )


def test_the_chart_counts_by_the_hour(web: Web, browser: Browser) -> None:
    assert "No call in the last 24 hours" in text(browser.get("/console/"))
    made = [_row(web, 1), _row(web, 2, 90), _row(web, 3, 90, "invalidtoken"), _row(web, 4, 1500)]
    with web.site.session.transaction():
        audit.append_calls(web.site.session, made)
    counted = hours(web.site.session, web.site.clock.now())
    assert len(counted) == 24
    assert sum(hour.calls for hour in counted) == 3
    assert sum(hour.refused for hour in counted) == 1
    page = text(browser.get("/console/"))
    assert "3 calls in the last 24 hours, 1 of them refused" in page
    assert page.count("<rect") == sum((hour.calls > 0) + (hour.refused > 0) for hour in counted) + (
        24 - sum(hour.calls > 0 for hour in counted)
    )


def test_what_is_little_is_still_seen() -> None:
    drawn = chart.of_hours([Hour(0, 100_000, 1), Hour(3600, 1, 0), Hour(7200, 0, 0)])
    assert [bar.height for bar in drawn.bars] == [chart.HEIGHT, 2, 0]
    assert drawn.bars[0].bad_height == 2
    assert drawn.words.startswith("100\u202f001 calls in the last 24 hours, 1 of them refused")
