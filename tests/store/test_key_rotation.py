"""TOK-4: key files with two keys for digests, and programs that see them change."""

import stat
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

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


def test_tok_4_a_prepared_key_is_accepted_and_not_used(path: Path) -> None:
    before = keys.load(path)
    assert before.waiting is None
    assert key_rotation.prepare(path) == 2
    prepared = keys.load(path)
    assert (prepared.numbers, prepared.active, prepared.waiting) == ((1, 2), 1, 2)
    old, waiting = prepared.digests("secret")
    assert old == before.digest("secret") == prepared.digest("secret")
    with pytest.raises(KeyFileError, match="key 2 waits already"):
        key_rotation.prepare(path)
    assert key_rotation.finish(path) == []
    assert keys.load(path).numbers == (1, 2)
    assert key_rotation.begin(path) == 2
    begun = keys.load(path)
    assert (begun.numbers, begun.active, begun.waiting) == ((2, 1), 2, None)
    assert begun.digests("secret") == (waiting, old)
    with pytest.raises(KeyFileError, match="going on already: key 1"):
        key_rotation.prepare(path)
    assert key_rotation.finish(path) == [1]
    assert keys.load(path).numbers == (2,)


def test_a_file_in_which_all_keys_wait_has_an_active_one(path: Path) -> None:
    file = keys.read(path)
    path.unlink()
    keys.write(path, replace(file, keys=[replace(it, waits=True) for it in file.keys]))
    assert keys.load(path).active == 1


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
