"""`coursewire token hygiene`: an exit status for monitoring, and what it is about."""

from coursewire.domain.user_fields import NOT_CACHED
from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite

SITE_INFO = "core_webservice_get_site_info"


def test_a_site_whose_tokens_are_well(placed: Command) -> None:
    done = placed("token", "hygiene")
    assert "no token needs care" in done.out + done.err
    assert placed("token", "hygiene", "--json").json == {"ok": True, "flags": []}


def test_flags_are_named_counted_and_chosen(placed: Command, site: TestSite) -> None:
    making.role(site, "bot", ["webservice/rest:use"])
    bot = making.user(site, "bot", password_hash=NOT_CACHED)
    making.assign(site, "bot", bot)
    making.service(site, "health", SITE_INFO, users=[bot])
    making.setting(site, "enablewebservices", value=True)
    making.setting(site, "webserviceprotocols", value=("rest",))
    given = ("--user", "bot", "--service", "health", "--name", "monitor", "--json")
    placed("token", "issue", *given, "--valid-until", "never")
    found = placed("token", "hygiene", "--json", code=1).json
    assert found["ok"] is False
    assert [(each["flag"], each["action"]) for each in found["flags"]] == [("no limits", "shorten")]
    assert "monitor" in placed("token", "hygiene", code=1).out
    assert placed("token", "hygiene", "--flag", "urgent", "--json").json["ok"]


def test_an_unknown_flag_is_refused(placed: Command) -> None:
    assert "there is no flag 'odd'" in placed.refused("token", "hygiene", "--flag", "odd", code=2)
