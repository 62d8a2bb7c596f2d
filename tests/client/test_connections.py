"""Named connections: a file that only its owner reads, changed whole, its tokens never shown."""

import asyncio
import os
import stat
import threading
from pathlib import Path

import pytest

from coursewire import AsyncMoodle, ConnectionsError, Moodle
from coursewire.client import connection_file, connections
from coursewire.client.connections import Connection

TOKEN = "5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0"
KEPT = Connection(url="https://moodle.example.org", token=TOKEN)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the connections of the test lie; there is no file yet."""
    found = tmp_path / "folder" / "mine.json"
    monkeypatch.setenv(connections.VARIABLE, str(found))
    return found


def test_the_file_lies_in_the_folder_for_configuration() -> None:
    home = {"HOME": "/home/ann"}
    assert connections.path({**home, "XDG_CONFIG_HOME": "/cfg"}) == Path(
        "/cfg/coursewire/connections.json"
    )
    usual = Path.home() / ".config" / "coursewire" / "connections.json"
    assert connections.path({**home, "XDG_CONFIG_HOME": "not/absolute"}) == usual
    assert connections.path(home) == usual
    assert connections.path({connections.VARIABLE: " here.json "}) == Path("here.json")


def test_what_is_added_is_found_and_forgotten(place: Path) -> None:
    assert connections.everything() == {}
    assert connection_file.add("school", KEPT) == place
    assert connections.named("school") == KEPT
    with pytest.raises(ConnectionsError, match="there is a connection 'school' already"):
        connection_file.add("school", KEPT)
    other = Connection(url="https://b.example", token="x")
    connection_file.add("school", other, replace=True)
    connection_file.add("another", KEPT)
    assert connections.everything() == {"another": KEPT, "school": other}
    connection_file.remove("school")
    assert list(connections.everything()) == ["another"]
    with pytest.raises(ConnectionsError, match="no connection 'school'"):
        connection_file.remove("school")
    with pytest.raises(ConnectionsError, match="no connection 'school'; there are another"):
        connections.named("school")


def test_only_the_owner_reads_the_file(place: Path) -> None:
    before = os.umask(0)
    try:
        connection_file.add("school", KEPT)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    # Nothing is left lying about.
    assert list(place.parent.iterdir()) == [place]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o601])
def test_a_file_that_others_can_use_is_refused(place: Path, mode: int) -> None:
    connection_file.add("school", KEPT)
    place.chmod(mode)
    with pytest.raises(ConnectionsError, match=f"do: chmod 600 {place}"):
        connections.named("school")
    with pytest.raises(ConnectionsError, match="chmod 600"):
        connection_file.add("b", KEPT)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff", b"[]", TOKEN.encode(), b'{"format":2,"connections":{}}',
     b'{"format":1,"connections":{"a":{"url":"' + TOKEN.encode() + b'"}}}'],
)  # fmt: skip
def test_a_broken_file_is_told_without_what_is_in_it(place: Path, content: bytes) -> None:
    place.parent.mkdir()
    place.touch(0o600)
    place.write_bytes(content)
    with pytest.raises(ConnectionsError, match="is not a file of connections") as caught:
        connections.everything()
    assert TOKEN not in str(caught.value)
    assert place.read_bytes() == content


def test_a_folder_in_place_of_the_file_is_told(place: Path) -> None:
    place.mkdir(mode=0o700, parents=True)
    with pytest.raises(ConnectionsError, match="cannot be read: Is a directory"):
        connections.everything()


def test_a_file_in_place_of_the_folder_is_told(place: Path) -> None:
    place.parent.write_text("")
    with pytest.raises(ConnectionsError, match="cannot be"):
        connection_file.add("school", KEPT)


@pytest.mark.parametrize("name", ["", "a b", "https://x", "../x", "-a", ".a", "é", "a" * 65, "a\n"])
def test_a_name_is_plain(place: Path, name: str) -> None:
    with pytest.raises(ConnectionsError, match="is no name for a connection"):
        connection_file.add(name, KEPT)
    assert not place.exists()


def test_no_connection_is_lost_when_many_are_added_at_once(place: Path) -> None:
    names = [f"c{number}" for number in range(8)]
    threads = [threading.Thread(target=connection_file.add, args=(it, KEPT)) for it in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(connections.everything()) == names
    assert list(place.parent.iterdir()) == [place]


def test_no_text_shows_the_token() -> None:
    assert TOKEN not in repr(KEPT) + str(KEPT)


def test_a_client_takes_a_connection_by_its_name(place: Path) -> None:
    connection_file.add("school", KEPT)
    with Moodle.connect("school") as moodle:
        assert moodle.url == KEPT.url
        assert moodle.preview("core_webservice_get_site_info", {})[0] == ("wstoken", "[hidden]")
    aio = AsyncMoodle.connect("school", retries=0)
    assert aio.url == KEPT.url
    asyncio.run(aio.close())
    with pytest.raises(ConnectionsError, match="no connection 'nobody'"):
        Moodle.connect("nobody")
    assert place.exists()
