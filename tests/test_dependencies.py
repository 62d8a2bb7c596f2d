"""SUP-1: few direct dependencies, each with a reason and a licence on its line."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
EXTRAS = PROJECT["optional-dependencies"]
# Extras that install a plugin of this repository: no third party's code comes with them.
OURS = ("percipio",)
DIRECT = [*PROJECT["dependencies"], *EXTRAS["server"], *EXTRAS["postgres"]]


def test_sup_1_at_most_20_direct_dependencies() -> None:
    assert len(DIRECT) <= 20


def test_sup_1_the_extras_are_those_of_the_design() -> None:
    assert set(EXTRAS) == {"server", "postgres", *OURS}


@pytest.mark.parametrize("extra", OURS)
def test_an_extra_of_a_plugin_is_the_plugin_of_this_repository_and_nothing_else(extra: str) -> None:
    file = ROOT / "plugins" / extra / "pyproject.toml"
    plugin = tomllib.loads(file.read_text())["project"]
    (only,) = [Requirement(line) for line in EXTRAS[extra]]
    assert only.name == plugin["name"]
    assert plugin["version"] in only.specifier
    # What it needs is what Coursewire needs, so SUP-1 counts all of it above.
    assert plugin["dependencies"] == ["coursewire"]


@pytest.mark.parametrize(
    "file", ["docs/deploying.md", "deploy/coursewire.service", "deploy/Containerfile"]
)
def test_sup_1_the_ways_to_install_ask_for_hashes(file: str) -> None:
    said = " ".join(re.sub(r"^#| \\$", "", (ROOT / file).read_text(), flags=re.MULTILINE).split())
    commands = re.findall(r"/opt/coursewire/bin/pip install(.*?)(?= /opt|\bCOPY|\binstall )", said)
    third, ours = (command.replace(" --no-cache-dir", "") for command in commands)
    locks = "-r requirements/build.lock -r requirements/server.lock"
    assert third.strip() == f"--require-hashes --only-binary :all: {locks}"
    assert ours.split()[:3] == ["--no-deps", "--no-build-isolation", "."]


@pytest.mark.parametrize("requirement", DIRECT)
def test_sup_1_a_dependency_states_reason_and_licence(requirement: str) -> None:
    line = re.search(rf'^ *"{re.escape(requirement)}", *# (.+) · (.+)$', PYPROJECT, re.MULTILINE)
    assert line is not None
    assert len(line[1].split()) >= 3


def test_the_base_install_is_contracts_and_client_only() -> None:
    assert {Requirement(line).name for line in PROJECT["dependencies"]} == {"msgspec", "httpx"}
