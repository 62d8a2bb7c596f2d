"""TOK-4: key files with two keys for digests, and programs that see them change."""

import stat
import threading
from pathlib import Path

import pytest

from coursewire.store import key_rotation, keys
from coursewire.store.key_rotation import KeyWatch
from coursewire.store.keys import KeyFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "keys.json"
    keys.create(found)
    return found


def test_the_new_key_is_active_and_the_old_one_accepted(path: Path) -> None:
    before = keys.load(path)
    assert key_rotation.begin(path) == 2
    after = keys.load(path)
    assert after.numbers == (2, 1)
    new, old = after.digests("secret")
    assert (new.number, old) == (2, before.digest("secret"))
    assert new.value != old.value
    assert after.derived(1, b"salt") == before.derived(1, b"salt")
    assert after.audit == before.audit
    assert after.unseal(before.seal("text", "purpose"), "purpose") == "text"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_finishing_leaves_the_active_key(path: Path) -> None:
    assert key_rotation.finish(path) == []
    key_rotation.begin(path)
    active = keys.load(path).digest("secret")
    assert key_rotation.finish(path) == [1]
    assert keys.load(path).digests("secret") == (active,)
    assert key_rotation.begin(path) == 3


def test_only_one_rotation_at_a_time(path: Path) -> None:
    key_rotation.begin(path)
    with pytest.raises(KeyFileError, match="going on already: key 1"):
        key_rotation.begin(path)


def test_of_two_rotations_at_once_one_is_refused(path: Path) -> None:
    made: list[int] = []
    refused: list[str] = []

    def rotate() -> None:
        try:
            made.append(key_rotation.begin(path))
        except KeyFileError as problem:
            refused.append(str(problem))

    threads = [threading.Thread(target=rotate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, len(refused)) == ([2], 7)
    assert keys.load(path).numbers == (2, 1)


def test_what_a_killed_rotation_left_is_in_nobodys_way(path: Path) -> None:
    path.with_name("keys.json.new").write_text("half")
    assert key_rotation.begin(path) == 2
    assert not path.with_name("keys.json.new").exists()


def test_a_running_program_sees_the_new_key(path: Path) -> None:
    watch = KeyWatch(keys.load(path), path)
    assert not watch.look()
    key_rotation.begin(path)
    assert watch.look()
    assert watch.keys.numbers == (2, 1)
    assert not watch.look()


def test_keys_without_a_file_stay_as_they_are(path: Path) -> None:
    watch = KeyWatch(keys.load(path))
    key_rotation.begin(path)
    assert not watch.look()
    assert watch.keys.numbers == (1,)


def test_a_file_that_is_gone_or_broken_changes_nothing(path: Path) -> None:
    watch = KeyWatch(keys.load(path), path)
    content = path.read_bytes()
    path.unlink()
    assert not watch.look()
    path.write_bytes(b"{")
    path.chmod(0o600)
    for _ in range(2):
        with pytest.raises(KeyFileError, match="damaged"):
            watch.look()
    assert watch.keys.numbers == (1,)
    path.write_bytes(content)
    assert watch.look()
