"""`coursewire up`: half a minute from nothing to an answer, and again the next time."""

import json
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from coursewire.cli import up_tokens
from tests.cli.conftest import Command
from tests.support import served
from tests.support.running import curl, up
from tests.support.served import NotServed

SITE_INFO = "core_webservice_get_site_info"
SITE_FILE = """
site: {fullname: My school, shortname: mine}
users:
- {username: bot, firstname: B, lastname: Ot, email: bot@school.example}
services:
- {shortname: s, name: S, enabled: true, functions: [core_course_get_courses],
   authorised_users: [{user: bot}]}
tokens:
- {name: t, user: bot, service: s}
"""


@pytest.mark.slow
def test_a_stranger_gets_an_answer(tmp_path: Path, command: Command) -> None:
    with up(tmp_path) as running:
        assert "just made, in coursewire-data" in running.printed
        health, courses = running.curls
        assert running.token in health
        answer = curl(health)
        assert [function["name"] for function in answer["functions"]] == [SITE_INFO]
        assert answer["sitename"] == "Coursewire demo"
        assert "Algebra" in {course["fullname"] for course in curl(courses)}
        if shutil.which("curl"):
            done = subprocess.run(["/bin/sh", "-c", health], capture_output=True, check=True)
            assert b'"errorcode"' not in done.stdout
        assert SITE_INFO.encode() in _bare(running.lines, "token check", tmp_path)
        assert running.stop() == 0
    first = running.token
    with up(tmp_path) as running:
        assert "as it was left" in running.printed
        assert running.token != first
        assert curl(running.curls[0])["username"] == "svc-health"
        ended = curl(running.curls[0].replace(running.token, first))
        assert ended["errorcode"] == "invalidtoken"
    listed = command("token", "list", "--json").json
    names = [token["name"] for token in listed]
    assert names == [up_tokens.NAME] * 2
    ended = command("token", "list", "--all", "--json").json
    assert sum(token["state"] == "revoked" for token in ended) == 2


def _bare(lines: list[str], part: str, folder: Path) -> bytes:
    """Run one of the printed lines in a shell, in the folder where it was printed."""
    (line,) = [line for line in lines if f" {part} " in line]
    done = subprocess.run(["/bin/sh", "-c", line], cwd=folder, capture_output=True, check=True)
    return done.stdout


@pytest.mark.slow
def test_a_site_file_fills_the_site(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(SITE_FILE)
    with up(tmp_path, "--site", str(file), "--data", "mine") as running:
        assert "My school (just made, in mine)" in running.printed
        assert "Tokens of the site file, shown this once:" in running.printed
        (line,) = [line for line in running.lines if line.startswith("t of bot for s")]
        courses = running.curls[0].replace(SITE_INFO, "core_course_get_courses")
        answer = curl(courses.replace(running.token, line.split()[-1]))
        assert isinstance(answer, dict | list)
        assert curl(running.curls[0])["sitename"] == "My school"
        assert len(running.curls) == 1
        assert running.stop() == 0


@pytest.mark.slow
def test_the_public_address_is_the_one_that_is_printed(tmp_path: Path) -> None:
    with up(tmp_path, "--public-url", "https://demo.example/moodle/") as running:
        assert "https://demo.example/moodle\n" in running.printed
        assert running.curls[0].startswith("curl https://demo.example/moodle/webservice/rest/")


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """A folder with an empty site that `init` made."""
    served.run("init", "--data", str(tmp_path / "data"))
    return tmp_path


def refused(folder: Path, *options: str) -> str:
    """Run `up`, which must end by itself; gives what it wrote."""
    with pytest.raises(NotServed) as failed, up(folder, *options):
        pass
    text = str(failed.value)
    assert "Traceback" not in text
    return text


def test_a_site_in_use_keeps_its_doors_shut(ended: Path) -> None:
    served.run("service", "create", "S", "--data", str(ended / "data"))
    text = refused(ended, "--data", "data")
    assert "web services are off" in text
    assert "coursewire webservices on --data data" in text
    assert "status 1" in text


def test_a_port_in_use_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = refused(tmp_path, "--port", str(taken.getsockname()[1]))
    assert "Address already in use" in text
    assert "--port" in text
    assert not (tmp_path / "coursewire-data").exists()


def test_what_is_wrong_with_the_site_is_said_before_its_port(ended: Path) -> None:
    (ended / "data" / "keys.json").write_text("{}")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = refused(ended, "--data", "data", "--port", str(taken.getsockname()[1]))
    assert "keys.json" in text
    assert "in use" not in text
    assert "status 3" in text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("users: [", "site.yaml, line 1"),
        ("users:\n- {username: x}\n", "site.yaml, line 2, users[0]"),
        ("user: []", "user"),
    ],
)
def test_a_broken_site_file_is_named(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "site.yaml").write_text(content)
    text = refused(tmp_path, "--site", "site.yaml")
    assert told in text
    assert "status 1" in text
    assert not (tmp_path / "coursewire-data").exists()


def test_a_public_address_needs_consent(tmp_path: Path) -> None:
    text = refused(tmp_path, "--host", "192.0.2.1")
    assert "--insecure-http" in text
    assert "status 3" in text
    assert not (tmp_path / "coursewire-data").exists()


def test_an_empty_site_is_filled_and_opened(ended: Path) -> None:
    with up(ended, "--data", "data") as running:
        assert "just made" in running.printed
        assert curl(running.curls[0])["functions"]
    assert (ended / "data").stat().st_mode & 0o777 == 0o700


def test_what_keeps_a_token_from_being_made_is_told(ended: Path) -> None:
    with up(ended, "--data", "data") as running:
        running.stop()
    served.run("user", "suspend", "svc-health", "--data", str(ended / "data"))
    with up(ended, "--data", "data") as running:
        assert "no token for Health check: svc-health is suspended" in running.printed
        assert len(running.curls) == 1


@pytest.mark.slow
def test_a_plugin_is_enabled_and_its_next_step_printed(tmp_path: Path) -> None:
    with up(tmp_path, "--plugin", "percipio") as running:
        assert "the plugins on this site: mod_percipio" in running.printed
        shown = _bare(running.lines, "plugin settings get", tmp_path)
        assert b"organizationid" in shown
        (line,) = [line for line in running.lines if " preset apply percipio " in line]
        command = [*shlex.split(line)[1:], "--yes", "--json"]
        made = json.loads(served.run(*command, "--data", str(tmp_path / "coursewire-data")))
        function = "percipio_progress_tracking"
        token = running.curls[0].replace(running.token, made["token"]).replace(SITE_INFO, function)
        # The token is let in; the document is missing.
        assert curl(token)["errorcode"] == "invalidparameter"
