"""Tokens in the keyring: never in the file, only for their own site, and clear when it fails."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coursewire import ConnectionsError, Moodle
from coursewire.client import connection_file, connections
from coursewire.client.connections import Connection

TOKEN = "5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0"
URL = "https://moodle.example.org"
IN_KEYRING = Connection(url=URL, token=TOKEN, keyring=True)
PLACE = (f"coursewire {URL}", "school")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the connections of the test lie."""
    found = tmp_path / "mine.json"
    monkeypatch.setenv(connections.VARIABLE, str(found))
    return found


@pytest.fixture
def keyring(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A keyring that is installed, and empty."""
    del place
    monkeypatch.syspath_prepend(Path(__file__).parent / "keyrings")
    yield importlib.import_module("keyring")
    for name in ("keyring", "keyring.errors"):
        sys.modules.pop(name)


def test_the_token_lies_in_the_keyring_alone(keyring: Any, place: Path) -> None:
    connection_file.add("school", IN_KEYRING)
    assert keyring.kept == {PLACE: TOKEN}
    assert TOKEN not in place.read_text()
    assert connections.everything()["school"].token == ""
    assert connections.named("school") == IN_KEYRING
    with Moodle.connect("school") as moodle:
        assert moodle.url == URL
    connection_file.remove("school")
    assert keyring.kept == {}


def test_a_connection_of_the_file_needs_no_keyring(place: Path) -> None:
    connection_file.add("school", Connection(url=URL, token=TOKEN))
    assert "keyring" not in place.read_text()
    assert connections.named("school").token == TOKEN


def test_what_is_replaced_leaves_nothing_behind(keyring: Any, place: Path) -> None:
    connection_file.add("school", IN_KEYRING)
    other = Connection(url="https://b.example", token="x", keyring=True)
    connection_file.add("school", other, replace=True)
    assert keyring.kept == {("coursewire https://b.example", "school"): "x"}
    connection_file.add("school", Connection(url=URL, token=TOKEN), replace=True)
    assert keyring.kept == {}
    connection_file.add("school", IN_KEYRING, replace=True)
    connection_file.add("school", Connection(url=URL, token="new", keyring=True), replace=True)
    assert keyring.kept == {PLACE: "new"}
    assert place.exists()


def test_a_changed_address_does_not_get_the_token(keyring: Any, place: Path) -> None:
    connection_file.add("school", IN_KEYRING)
    place.write_text(place.read_text().replace("moodle.example.org", "elsewhere.example"))
    with pytest.raises(ConnectionsError, match=r"no token of 'school' for https://elsewhere"):
        connections.named("school")
    assert keyring.kept == {PLACE: TOKEN}


def test_without_the_package_it_is_told_and_nothing_is_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As the import system itself notes that there is no such module.
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConnectionsError, match="pip install keyring"):
        connection_file.add("school", IN_KEYRING)
    assert not place.exists()


@pytest.mark.parametrize(
    ("mood", "told"),
    [("none", "cannot be used: No recommended backend was available.;"), ("forgets", "did not")],
)
def test_a_keyring_that_does_not_keep_is_told(
    keyring: Any, place: Path, monkeypatch: pytest.MonkeyPatch, mood: str, told: str
) -> None:
    monkeypatch.setattr(keyring, "mood", mood)
    with pytest.raises(ConnectionsError, match=told) as caught:
        connection_file.add("school", IN_KEYRING)
    assert TOKEN not in str(caught.value)
    assert not place.exists()


def test_a_connection_is_forgotten_though_the_keyring_is_not_there(
    keyring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_file.add("school", IN_KEYRING)
    monkeypatch.setattr(keyring, "mood", "none")
    with pytest.raises(ConnectionsError, match="cannot be used"):
        connections.named("school")
    with pytest.raises(ConnectionsError, match="cannot be used"):
        connection_file.remove("school")
    assert connections.everything() == {}


def test_a_token_that_went_from_the_keyring_is_told(keyring: Any) -> None:
    connection_file.add("school", IN_KEYRING)
    keyring.kept.clear()
    with pytest.raises(ConnectionsError, match="--keyring --replace"):
        connections.named("school")
    connection_file.remove("school")
