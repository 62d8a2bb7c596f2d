"""Lines that commands print name the address at which the site was last served."""

import os
import subprocess
from pathlib import Path

import pytest
from rich.text import Text

from coursewire.cli import served_address
from coursewire.settings import Settings
from tests.cli.conftest import Command
from tests.support.running import curl, up
from tests.support.served import COMMAND, free_port

SITE_INFO = "core_webservice_get_site_info"


def served_at(folder: Path, *, port: int = 8080, public_url: str = "") -> Settings:
    settings = Settings(data=str(folder), port=port, public_url=public_url)
    served_address.remember(settings)
    return settings


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings(host="fd00::1"), "Coursewire serves http://[fd00::1]:8080"),
        (Settings(workers=2), "Coursewire serves http://127.0.0.1:8080 with 2 processes"),
    ],
    ids=["version 6", "several"],
)
def test_what_is_said_of_a_served_site_holds_its_whole_address(
    settings: Settings, told: str
) -> None:
    assert Text.from_markup(served_address.announcement(settings)).plain == told


def test_the_address_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    served_at(tmp_path, port=8123)
    assert served_address.known(Settings(data=str(tmp_path))).site_url == "http://127.0.0.1:8123"
    served_at(tmp_path, public_url="https://school.example/moodle/")
    known = served_address.known(Settings(data=str(tmp_path), port=9000))
    assert known.site_url == "https://school.example/moodle"
    assert [path.name for path in tmp_path.iterdir()] == [served_address.FILE]
    assert (tmp_path / served_address.FILE).stat().st_mode & 0o777 == 0o600


def test_an_address_that_somebody_set_wins(tmp_path: Path) -> None:
    served_at(tmp_path, port=8123)
    asked = Settings(data=str(tmp_path), public_url="https://school.example")
    assert served_address.known(asked) == asked


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff", b"javascript:1"])
def test_what_is_no_address_is_not_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / served_address.FILE).write_bytes(content)
    settings = Settings(data=str(tmp_path))
    assert served_address.known(settings) == settings


def test_a_folder_that_cannot_be_written_hinders_nothing(tmp_path: Path) -> None:
    settings = served_at(tmp_path / "none")
    assert served_address.known(settings) == settings


@pytest.mark.slow
def test_commands_print_lines_for_the_port_in_use(tmp_path: Path, command: Command) -> None:
    with up(tmp_path) as running:
        port = running.port
        issue = ("token", "issue", "--preset", "health-check", "--user", "svc-health", "--json")
        made = command(*issue).json
        assert f"127.0.0.1:{port}/" in made["curl"]
        assert curl(made["curl"])["sitename"]
        shown = command("call", SITE_INFO, "--dry-run").out
        assert f"127.0.0.1:{port}" in shown
        assert command("call", SITE_INFO).json["siteurl"] == f"http://127.0.0.1:{port}"
        # Another server cannot begin, and nothing is served where it would have been.
        asked = [str(COMMAND), "serve", "--port", str(free_port())]
        refused = subprocess.run(asked, cwd=tmp_path, capture_output=True, check=False)
        assert refused.returncode == 3
        assert b"another process serves" in refused.stderr
        shown = command("call", SITE_INFO, "--dry-run").out
        assert f"127.0.0.1:{port}" in shown
    assert (tmp_path / "coursewire-data" / served_address.FILE).exists()
    assert not list((tmp_path / "coursewire-data").glob(f"{served_address.FILE}.{os.getpid()}"))
