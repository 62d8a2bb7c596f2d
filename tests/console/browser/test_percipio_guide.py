"""The Percipio guide in a browser: token, settings, test of the connection, the partner's call."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.test_token_flows import Counted
from tests.plugins.percipio import documents
from tests.support import percipio_partner
from tests.support.chromium import Watched, check_accessible, check_reflows
from tests.support.console_server import Served, console_server
from tests.support.percipio_partner import CLIENT_ID, ORGANISATION, SCOPE, Partner
from tests.support.served import run

PLUGIN = "mod_percipio"
PARTNER_ADDRESS, ANOTHER = "127.0.0.7", "127.0.0.8"


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo site with the plugin, whose doors are still closed as on a new site."""
    folder = tmp_path_factory.mktemp("percipio")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("COURSEWIRE_OUTBOUND_LOOPBACK", "true")
        with console_server(folder, "--plugin", PLUGIN) as found:
            data = ("--data", str(folder / "coursewire-data"))
            run("webservices", "off", *data)
            run("protocol", "rest", "off", *data)
            yield found


@pytest.fixture
def partner() -> Iterator[Partner]:
    with percipio_partner.partner() as found:
        yield found


def post(served: Served, token: str, source: str, data: str) -> Any:
    """One call of the partner's job, from an address of its own."""
    form = {
        "wstoken": token,
        "wsfunction": "percipio_asset_import",
        "moodlewsrestformat": "json",
        "data": data,
    }
    port = served.running.port
    connection = HTTPConnection("127.0.0.1", port, timeout=20, source_address=(source, 0))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/webservice/rest/server.php", urlencode(form), headers)
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


def show(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    check_accessible(page)
    check_reflows(page)


def enter_hand_over(page: Page, partner: Partner) -> None:
    """Type what the partner handed back into the plugin's settings."""
    page.get_by_label("How the site logs in at the partner").select_option("oauth")
    for label, value in {
        "Client id": CLIENT_ID,
        "Client secret": partner.client_secret,
        "Organisation id": ORGANISATION,
        "OAuth address": partner.oauth_url,
        "API address": partner.url,
        "Scope": SCOPE,
    }.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    assert partner.client_secret not in page.content()


@pytest.mark.slow
def test_the_guide_leads_to_calls_from_the_partners_address_alone(
    owner: Watched, served: Served, partner: Partner
) -> None:
    page = owner.page
    person = Counted(page)
    person.link("Issue a token")
    person.click("Percipio")
    person.type("User name", "percipio-partner")
    person.type("IP restriction", PARTNER_ADDRESS)
    person.click("1 year")
    person.tick("Turn on web services and REST")
    expect(page.locator("#summary")).to_contain_text("Percipio services")
    person.press("Issue the token")
    token = person.token()
    assert (person.loads, person.clicks, person.fields) == (1, 5, 2)

    data = ("--data", str(served.folder / "coursewire-data"))
    services = {
        each["shortname"]: each for each in json.loads(run("service", "list", "--json", *data))
    }
    mine = services["Percipio-API"]
    assert (mine["component"], mine["enabled"], mine["restrictedusers"]) == (PLUGIN, 1, 0)

    person.link("Plugins")
    expect(page.get_by_role("row", name=PLUGIN)).to_contain_text("enabled")
    show(page)
    page.get_by_role("table").get_by_role("link", name="Percipio").click()
    show(page)
    enter_hand_over(page, partner)

    page.get_by_role("link", name="Percipio connection").click()
    show(page)
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("The connection works.")).to_be_visible()
    expect(page.get_by_role("cell", name="yes")).to_have_count(2)
    assert [path.rpartition("/")[2] for _, path in partner.asked] == ["token", "content-token"]
    # The account of the preset is no administrator, so there is nothing to warn of.
    assert page.locator("p.error").count() == 0

    made = post(served, token, PARTNER_ADDRESS, documents.asset())
    assert made["code"] == 200, made
    refused = post(served, token, ANOTHER, documents.asset(fullname="From elsewhere"))
    assert refused["errorcode"] == "accessexception", refused
    page.goto(f"{served.url}/console/plugins/{PLUGIN}/pages/attempts")
    show(page)
