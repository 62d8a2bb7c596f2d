"""`coursewire compare`: exit codes and what is printed, on two sites by HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursewire.client import connections
from coursewire.testkit.running import RunningSite
from tests.cli.conftest import Command
from tests.client.hostile import Hostile, answer

SCENARIO = "calls: [{call: core_webservice_get_site_info}]"


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[RunningSite, RunningSite]]:
    sites = RunningSite("a"), RunningSite("b")
    yield sites
    for site in sites:
        site.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "scenario.yaml"
    written.write_text(SCENARIO)
    return written


def test_compare_tells_by_its_exit_code(
    two: tuple[RunningSite, RunningSite],
    command: Command,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for letter, site in zip("AB", two, strict=True):
        monkeypatch.setenv(f"COURSEWIRE_TOKEN_{letter}", site.state(None).token)
    sites = [part for site in two for part in ("--site", site.url)]
    same = command("compare", *sites, str(file))
    assert "1 call on each site, 0 differences" in same.out
    two[1].kit.apply(b"site: {fullname: Another, shortname: demo}")
    differ = command("compare", *sites, "--json", str(file), code=1)
    found = json.loads(differ.out)["differences"]
    assert [each["place"] for each in found] == ["$.sitename"]
    assert "two sites" in command("compare", "--site", two[0].url, str(file), code=2).err


def test_a_token_of_the_environment_goes_to_the_site_of_a_connection(
    two: tuple[RunningSite, RunningSite],
    command: Command,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(connections.VARIABLE, str(tmp_path / "connections.json"))
    for letter, site in zip("AB", two, strict=True):
        command("connection", "add", f"site-{letter}", site.url, stdin="of-another-user")
        monkeypatch.setenv(f"COURSEWIRE_TOKEN_{letter}", site.state(None).token)
    same = command("compare", "--site", "site-A", "--site", "site-B", str(file))
    assert "1 call on each site, 0 differences" in same.out


def test_which_of_both_sites_fails_is_told(
    two: tuple[RunningSite, RunningSite],
    command: Command,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for letter in "AB":
        monkeypatch.setenv(f"COURSEWIRE_TOKEN_{letter}", two[0].state(None).token)
    broken = Hostile()
    broken.plays(answer(b"[{"))
    address = broken.address
    sites = ("--site", two[0].url, "--site", address)
    try:
        told = command.refused("compare", *sites, str(file), code=5)
    finally:
        broken.close()
    assert f"{address}: core_webservice_get_site_info: the answer is not JSON" in told


@pytest.mark.parametrize("value", ["2024-01-31", "null", "!!set {a}"])
def test_a_value_that_cannot_be_sent_is_a_mistake_in_the_scenario(
    two: tuple[RunningSite, RunningSite],
    command: Command,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(f"calls: [{{call: f, params: {{a: [{{b: {value}}}]}}}}]")
    for letter, site in zip("AB", two, strict=True):
        monkeypatch.setenv(f"COURSEWIRE_TOKEN_{letter}", site.state(None).token)
    sites = [part for site in two for part in ("--site", site.url)]
    assert "scenario.yaml: f: not sent: a[0][b]" in command.refused(
        "compare", *sites, str(file), code=2
    )
