"""`coursewire connection`: sites under names, and the commands that take them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from coursewire.client import connections
from coursewire.domain.site import ADMIN_ID
from tests.cli.conftest import Command
from tests.support import making
from tests.support.listening import listening
from tests.support.web import Web

TOKEN = "5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0"
SITE = "https://moodle.example.org"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the connections of the test lie."""
    found = tmp_path / "connections.json"
    monkeypatch.setenv(connections.VARIABLE, str(found))
    monkeypatch.delenv("COURSEWIRE_TOKEN", raising=False)
    return found


@pytest.fixture
def address(web: Web) -> Iterator[str]:
    """The address of a site of which a connection `school` exists."""
    with listening(web.server) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("written", "root"),
    [
        ("moodle.example.org", SITE),
        (f"{SITE}/", SITE),
        (f"{SITE}/lms/", f"{SITE}/lms"),
        (f"{SITE}/lms/webservice/rest/server.php", f"{SITE}/lms"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_an_address_is_taken_however_it_is_written(
    command: Command, place: Path, written: str, root: str
) -> None:
    done = command("connection", "add", "school", written, stdin=f"{TOKEN}\n")
    assert connections.everything()["school"].url == root
    assert connections.everything()["school"].token == TOKEN
    assert str(place) in done.out
    assert TOKEN not in done.out + done.err


def test_connections_are_listed_without_their_tokens(command: Command, tmp_path: Path) -> None:
    assert "none; add one" in command("connection", "list").out
    pem = tmp_path / "school.pem"
    pem.write_bytes(Path(certifi.where()).read_bytes())
    added = ("connection", "add", "school", SITE, "--ca-file", str(pem))
    command(*added, stdin=TOKEN)
    done = command("connection", "list")
    assert SITE in done.out
    assert TOKEN not in done.out
    assert command("connection", "list", "--json").json == [
        {"name": "school", "url": SITE, "token": "file", "ca_file": str(pem)}
    ]
    assert "already" in command.refused("connection", "add", "school", SITE, stdin=TOKEN)
    command("connection", "add", "school", "b.example", "--replace", stdin=TOKEN)
    assert command("connection", "list", "--json").json[0]["url"] == "https://b.example"


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (("a b", SITE), TOKEN, "is no name"),
        (("a", "http://moodle.example.org"), TOKEN, "clear text"),
        (("a", "https://u:p@moodle.example.org"), TOKEN, "no user, password"),
        (("a", SITE), "two words", "that is no token"),
        (("a", SITE), "", "no token was given"),
    ],
)
def test_what_cannot_be_kept_is_told(
    command: Command, place: Path, arguments: tuple[str, str], stdin: str, told: str
) -> None:
    done = command("connection", "add", *arguments, stdin=stdin, code=None)
    assert done.code in (1, 2)
    assert told in done.err
    assert not place.exists()


def test_a_file_without_certificates_is_refused(
    command: Command, place: Path, tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_text("users: []")
    asked = ("connection", "add", "school", SITE, "--ca-file", "site.yaml")
    assert "site.yaml holds no certificates" in command.refused(*asked, stdin=TOKEN)
    assert not place.exists()


def test_a_token_is_no_argument(command: Command) -> None:
    assert command("connection", "add", "a", SITE, TOKEN, code=2).err
    assert command("connection", "add", "a", SITE, "--token", TOKEN, code=2).err


def test_a_connection_is_forgotten(command: Command) -> None:
    command("connection", "add", "school", SITE, stdin=TOKEN)
    assert "is forgotten" in command("connection", "remove", "school").out
    assert "no connection 'school'" in command.refused("connection", "remove", "school")
    assert "no connection 'school'" in command.refused("connection", "test", "school")


def test_a_connection_is_tried(command: Command, web: Web, address: str) -> None:
    command("connection", "add", "school", address, stdin=web.token())
    assert "The token works." in command("connection", "test", "school").out
    assert "The token works." in command("doctor", "--connection", "school").out
    command("connection", "add", "wrong", address, stdin=TOKEN)
    assert "token-unknown" in command("connection", "test", "wrong", code=4).out


def test_a_token_that_works_for_little_is_enough(command: Command, web: Web, address: str) -> None:
    function = "core_course_get_courses"
    service = making.service(web.site, "little", function, users=[ADMIN_ID])
    token = making.token(web.site, ADMIN_ID, service)
    command("connection", "add", "school", address, stdin=token)
    assert "is not among the functions" in command("connection", "test", "school").out
    command("doctor", "--connection", "school", code=1)


def test_a_site_is_named_in_one_way(command: Command, address: str, web: Web) -> None:
    command("connection", "add", "school", address, stdin=web.token())
    told = command.refused("doctor", "--url", address, "--connection", "school", code=2)
    assert "both say which site" in told


def test_a_token_can_lie_in_the_keyring(
    command: Command, place: Path, monkeypatch: pytest.MonkeyPatch, web: Web, address: str
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "client" / "keyrings")
    token = web.token()
    done = command("connection", "add", "school", address, "--keyring", stdin=token)
    assert "its token in the keyring" in done.out
    assert token not in place.read_text()
    assert command("connection", "list", "--json").json[0]["token"] == "keyring"
    assert "The token works." in command("connection", "test", "school").out
    command("connection", "remove", "school")
    for name in ("keyring", "keyring.errors"):
        sys.modules.pop(name)
