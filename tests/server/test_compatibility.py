"""Which Moodle the server says it is, and how it names exceptions to older clients."""

import json
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from coursewire.server.asgi import REST_PATH
from tests.support.served import Running, run, running
from tests.support.sites import TestSite
from tests.support.web import FORM
from tests.support.web import web as web_application

SITE_INFO = "core_webservice_get_site_info"
# What the releases of Moodle call themselves, and the version of their plugins.
VERSIONS = {
    "5.1": ("5.1+ (Build: 20251017)", "2025100600.02", "2025100600"),
    "4.5": ("4.5 (Build: 20241007)", "2024100700", "2024100700"),
}
NAMES = {"full": "core\\exception\\moodle_exception", "bare": "moodle_exception"}


@pytest.mark.parametrize("compatibility", VERSIONS)
def test_site_info_tells_the_release(site: TestSite, compatibility: str) -> None:
    with web_application(site, compatibility=compatibility) as web:
        info = web.call(SITE_INFO, web.token()).json
    release, version, plugin = VERSIONS[compatibility]
    assert (info["release"], info["version"]) == (release, version)
    versions = {found["name"]: found["version"] for found in info["functions"]}
    assert versions[SITE_INFO] == version
    assert versions["enrol_manual_enrol_users"] == plugin


def ask(server: Running, token: str) -> dict[str, str]:
    fields = {"wstoken": token, "wsfunction": SITE_INFO, "moodlewsrestformat": "json"}
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", REST_PATH, urlencode(fields), {"Content-Type": FORM})
    document: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return document


@pytest.mark.parametrize(("compatibility", "names"), [("4.5", "bare"), ("5.1", "full")])
def test_the_settings_reach_the_answers(tmp_path: Path, compatibility: str, names: str) -> None:
    folder = tmp_path / "data"
    place = ("--data", str(folder))
    run("init", *place)
    run("webservices", "on", *place)
    run("protocol", "rest", "on", *place)
    made = run("token", "issue", "--preset", "health-check", "--new-user", "h", "--json", *place)
    (folder / "coursewire.toml").write_text(
        f'compatibility = "{compatibility}"\nexception_names = "{names}"\n'
    )
    with running(place, tmp_path / "serve.log") as server:
        assert ask(server, json.loads(made)["token"])["version"] == VERSIONS[compatibility][1]
        refused = ask(server, "0" * 32)
    assert refused["exception"] == NAMES[names]
    assert refused["errorcode"] == "invalidtoken"
