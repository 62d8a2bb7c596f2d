"""Plugins in the console: listed, told their settings, tested, disabled, removed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursewire.domain import plugin_settings
from coursewire.plugin import lifecycle
from coursewire.store import plugins as store
from coursewire_percipio import PLUGIN
from tests.support import making
from tests.support.console import Browser, page_of, signed_in
from tests.support.percipio_partner import ORGANISATION
from tests.support.plugins import PluginWeb, plugged
from tests.support.sites import TestSite

PLACE = "/console/plugins"
MINE = f"{PLACE}/mod_percipio"


@pytest.fixture
def there(site: TestSite) -> Iterator[PluginWeb]:
    with plugged(site, PLUGIN) as web:
        yield web


@pytest.fixture
def browser(there: PluginWeb) -> Browser:
    return signed_in(there)


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def test_plugins_are_listed_with_their_state(browser: Browser, site: TestSite) -> None:
    page = text(browser, PLACE)
    assert "mod_percipio" in page
    assert "enabled" in page
    lifecycle.disable(site.call(), "mod_percipio")
    assert "disabled" in text(browser, PLACE)


def test_a_page_is_linked_for_those_who_may_see_it(browser: Browser, there: PluginWeb) -> None:
    links = f"{MINE}/pages/connection", f"{MINE}/pages/attempts"
    assert [link in text(browser, MINE) for link in links] == [True, True]
    looker = signed_in(there, making.user(there.site, "looker"), "viewer")
    assert looker.get(links[1]).status == 403
    assert [link in text(looker, MINE) for link in links] == [True, False]


def test_settings_are_saved_and_secrets_never_shown(browser: Browser, site: TestSite) -> None:
    secret = "canary-in-the-console"
    page = text(browser, MINE)
    assert "clientsecret" in page
    fields = {
        "authenticationmethod": "oauth",
        "clientid": "abc",
        "clientsecret": secret,
        "usernamefallback": "1",
        "organizationid": ORGANISATION,
    }
    answer = browser.post(f"{MINE}/settings", fields)
    assert answer.status == 303, answer.body
    values = plugin_settings.read(site.session, PLUGIN.name, PLUGIN.settings)
    assert values.secret("clientsecret", site.keys) == secret
    assert (values["clientid"], values["piiinfo"]) == ("abc", False)
    page = text(browser, MINE)
    assert "abc" in page
    assert secret not in page
    # An empty secret stays as it is.
    browser.post(f"{MINE}/settings", {**fields, "clientsecret": ""})
    values = plugin_settings.read(site.session, PLUGIN.name, PLUGIN.settings)
    assert values.secret("clientsecret", site.keys) == secret


def test_what_does_not_fit_is_told_and_what_was_typed_is_kept(browser: Browser) -> None:
    browser.get(MINE)
    typed = {"clientid": "abc", "oauthurl": "http://plain.example", "piiinfo": "1"}
    answer = browser.post(f"{MINE}/settings", {"authenticationmethod": "oauth", **typed})
    page = page_of(answer, 422)
    assert 'value="abc"' in page
    assert 'value="http://plain.example"' in page
    assert re.search(r'name="piiinfo" value="1" checked', page)
    assert not re.search(r'name="usernamefallback" value="1" checked', page)
    assert re.search(r'value="oauth" selected', page)
    # The other form of the page says nothing of the settings.
    page = page_of(browser.post(f"{MINE}/uninstall"), 422)
    # What the summary links to is there.
    assert 'href="#understood"' in page
    assert '<input type="checkbox" id="understood"' in page
    assert re.search(r'name="usernamefallback" value="1" checked', page)
    assert "Client id" in page


def test_the_connection_is_tested_by_a_button(browser: Browser) -> None:
    page = text(browser, f"{MINE}/pages/connection")
    assert "Test connection" in page
    assert "missing" in page
    answer = browser.post(f"{MINE}/pages/connection")
    assert answer.status == 200
    assert b"It does not work." in answer.body


def test_attempts_are_shown_and_given_out(browser: Browser) -> None:
    assert "nothing to show" in text(browser, f"{MINE}/pages/attempts?state=complete")
    assert browser.post(f"{MINE}/pages/attempts/csv").body.startswith(b"course,user")
    page = page_of(browser.get(f"{MINE}/pages/attempts?state=lost&course=C1"), 422)
    assert "There is no such state; incomplete, complete, passed, failed." in page
    assert 'name="state" type="text" value="lost"' in page
    assert 'name="course" type="text" value="C1"' in page
    assert "nothing to show" not in page
    assert browser.get(f"{MINE}/pages/unknown").status == 404
    assert browser.post(f"{MINE}/pages/attempts").status == 404
    assert browser.post(f"{MINE}/pages/connection/csv").status == 404


def test_a_plugin_is_disabled_enabled_and_removed(browser: Browser, site: TestSite) -> None:
    text(browser, MINE)
    assert browser.post(f"{MINE}/disable").status == 303
    assert not store.everything(site.session)["mod_percipio"].enabled
    assert browser.post(f"{MINE}/enable").status == 303
    assert store.everything(site.session)["mod_percipio"].enabled
    page = text(browser, MINE)
    assert "Percipio services" in page
    assert browser.post(f"{MINE}/uninstall").status == 422
    assert browser.post(f"{MINE}/uninstall", {"understood": "1"}).status == 303
    assert store.everything(site.session) == {}
    assert browser.get(f"{PLACE}/unknown").status == 404


def test_a_viewer_changes_nothing(there: PluginWeb, site: TestSite) -> None:
    browser = signed_in(there, right="viewer")
    text(browser, MINE)
    page = text(browser, f"{MINE}/pages/connection")
    assert "An operator of the console may press “Test connection”." in page
    assert browser.post(f"{MINE}/disable").status == 403
    assert store.everything(site.session)["mod_percipio"].enabled


def test_what_was_installed_meanwhile_is_listed_with_the_restart_it_needs(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "restart needed" not in text(browser, PLACE)
    for name, version in (("coursewire-added", "1.5"), ("coursewire-percipio", "9.9")):
        entry = "local_added" if name == "coursewire-added" else "mod_percipio"
        place = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        place.mkdir()
        (place / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        # The module is not there: nothing of it may be loaded.
        points = f"[coursewire.plugins]\n{entry} = no_such_module:PLUGIN\n"
        (place / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(tmp_path)
    page = text(browser, PLACE)
    assert page.count("restart needed") == 2
    assert "coursewire-percipio 9.9 is installed in its place" in page
    assert "installed after this server had started" in page
    assert "/console/plugins/local_added" not in page
