"""What a command makes is undone where nobody could see its secret, which has no other copy."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from coursewire.domain import console_links
from tests.cli.conftest import Command
from tests.support.served import COMMAND
from tests.support.sites import TestSite

# What stands behind the command, and what the system says of it.
LOST = {
    "> /dev/full": "No space left on device",
    ">&-": "Bad file descriptor",
    "| exec 0<&-; sleep 4": "Broken pipe",
}
PRESET = "--preset health-check --new-user health"
SITE_FILE = """
users:
- {username: bot, firstname: B, lastname: Ot, email: bot@school.example}
services:
- {shortname: s, name: S, enabled: true, functions: [core_course_get_courses],
   authorised_users: [{user: bot}]}
tokens:
- {name: t, user: bot, service: s}
"""


def told(asked: str, output: str = "> /dev/full") -> tuple[str, int]:
    """Run a command whose output is lost; gives what it said, and its status."""
    shell = f"{{ {COMMAND} {asked}; echo status $? >&2; }} {output}"
    if not output.startswith("|"):
        shell = f"{COMMAND} {asked} {output}; echo status $? >&2"
    done = subprocess.run(
        ["/bin/sh", "-c", shell], capture_output=True, text=True, check=True, timeout=60
    )
    said, _, status = done.stderr.rpartition("status ")
    return said, int(status)


def handles(command: Command) -> list[str]:
    return [each["handle"] for each in command("token", "list", "--all", "--json").json]


@pytest.mark.parametrize("output", LOST)
def test_a_token_that_nobody_saw_is_not_made(placed: Command, output: str) -> None:
    said, status = told(f"token issue {PRESET}", output)
    assert status == 1
    reason = f"error: the result could not be written ({LOST[output]}), so nothing was changed\n"
    assert said.endswith(f"{reason}try:   run the command again where its output has room\n")
    assert "Traceback" not in said
    assert handles(placed) == []


def test_a_token_is_there_for_who_reads_no_further_than_to_it(placed: Command) -> None:
    reading, writing = os.pipe()
    asked = [str(COMMAND), "token", "issue", *PRESET.split()]
    with subprocess.Popen(asked, stdout=writing, stderr=subprocess.DEVNULL) as running:
        os.close(writing)
        shown = os.read(reading, 4096).decode()
        os.close(reading)
    assert running.returncode == 0
    assert shown.startswith("The token, shown this once:")
    assert handles(placed) == [shown.partition("handle")[2].split()[0]]


def test_others_write_while_a_command_waits_for_its_reader(placed: Command) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b" " * 4096)
    os.set_blocking(writing, True)
    asked = [str(COMMAND), "token", "issue", *PRESET.split()]
    with subprocess.Popen(asked, stdout=writing, stderr=subprocess.DEVNULL) as running:
        os.close(writing)
        time.sleep(4)
        with os.fdopen(reading, "rb") as reader:
            placed("webservices", "on")
            assert running.poll() is None
            assert b"The token, shown this once" in reader.read()
    assert running.returncode == 0


@pytest.mark.parametrize(
    "asked", ["preset apply health-check --yes", f"token issue {PRESET} --json"]
)
def test_a_preset_whose_token_nobody_saw_is_not_applied(placed: Command, asked: str) -> None:
    assert told(asked)[1] == 1
    assert handles(placed) == []
    assert "health" not in placed("user", "list").out
    assert placed(*asked.split()).out


def test_a_token_whose_successor_nobody_saw_lives_on(placed: Command) -> None:
    made = placed("token", "issue", *PRESET.split(), "--json").json
    before = placed("token", "list", "--all", "--json").json
    assert told(f"token rotate {made['handle']} --overlap 0")[1] == 1
    assert placed("token", "list", "--all", "--json").json == before


def test_a_link_that_nobody_saw_leaves_the_one_before(placed: Command, site: TestSite) -> None:
    placed("console", "grant", "admin", "owner")
    secret = placed("console", "link", "admin").out.partition("link=")[2].strip()
    assert told("console link admin")[1] == 1
    now = int(time.time())
    assert console_links.whose(site.session, secret, now) is not None


def test_tokens_of_a_site_file_that_nobody_saw_can_be_rotated(
    placed: Command, tmp_path: Path
) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(SITE_FILE)
    said, status = told(f"apply {file} --yes --json")
    assert status == 1
    assert "the file is applied, but its new tokens could not be shown: No space left" in said
    assert "coursewire token rotate HANDLE" in said
    (handle,) = handles(placed)
    placed("token", "rotate", handle)
