"""The key file (TOK-2, OPS-2)."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursewire.store import keys
from coursewire.store.keys import KeyFileError, Keys


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / keys.FILE_NAME


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_what_is_no_folder_for_a_site_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(KeyFileError, match="file is a file; the data of a site needs a folder"):
        keys.make_private(file)
    with pytest.raises(KeyFileError, match=r"the folder .*below cannot be made: Not a directory"):
        keys.make_private(file / "below")


def test_tok_2_a_new_file_is_for_its_owner_only_and_never_overwritten(path: Path) -> None:
    made = keys.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="exists already"):
        keys.create(path)
    assert path.read_bytes() == before
    assert keys.load(path).digests("x") == made.digests("x")
    assert keys.load_or_create(path).digests("x") == made.digests("x")


def test_tok_2_keys_are_32_random_bytes_each(path: Path, tmp_path: Path) -> None:
    keys.create(path)
    keys.load_or_create(tmp_path / "other.json")
    found = [
        base64.b64decode(entry["key"])
        for name in (path, tmp_path / "other.json")
        for entry in json.loads(name.read_text())["keys"]
    ]
    assert {len(key) for key in found} == {32}
    assert len(set(found)) == 8


def test_nothing_made_of_keys_shows_them(path: Path) -> None:
    made = keys.create(path)
    for entry in json.loads(path.read_text())["keys"]:
        assert entry["key"] not in repr(made)
    assert repr(made) == "<Keys: digest keys [1]>"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_ops_2_a_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    keys.create(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=f"mode {mode:04o}.*chmod 600"):
        keys.load(path)


def test_files_that_cannot_be_used_are_refused_in_one_sentence(path: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="there is no key file"):
        keys.load(path)
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    with pytest.raises(KeyFileError, match="cannot be read"):
        keys.load(folder)
    with pytest.raises(KeyFileError, match="cannot be made"):
        keys.create(tmp_path / "nowhere" / "keys.json")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    writer = os.open(pipe, os.O_RDWR)
    with pytest.raises(KeyFileError, match="is not a file"):
        keys.load(pipe)
    os.close(writer)


def _drop(purpose: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        content["keys"] = [entry for entry in content["keys"] if entry["purpose"] != purpose]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.update(format=2), "format 2"),
        (lambda content: content.pop("keys"), "damaged"),
        (lambda content: content["keys"][0].update(purpose="other"), "is damaged"),
        (lambda content: content["keys"][0].update(key="AAAA"), "damaged: key 1 for digest"),
        (lambda content: content["keys"][1].update(key="§"), "damaged: key 1 for derivation"),
        *((_drop(purpose), f"lacks a key for {purpose}") for purpose in keys.PURPOSES),
    ],
)
def test_damaged_files_are_refused(
    path: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    keys.create(path)
    changed(path, change)
    with pytest.raises(KeyFileError, match=said):
        keys.load(path)
    path.write_bytes(b"\xff{")
    with pytest.raises(KeyFileError, match="damaged"):
        keys.load(path)


def test_tok_4_of_two_digest_keys_the_newer_is_the_active_one(path: Path) -> None:
    old = keys.create(path)

    def add(content: dict[str, Any]) -> None:
        key = base64.b64encode(b"k" * 32).decode()
        content["keys"].append({"purpose": "digest", "number": 2, "key": key})

    changed(path, add)
    both = keys.load(path)
    assert (old.active, both.active) == (1, 2)
    assert [digest.number for digest in both.digests("x")] == [2, 1]
    assert both.digest("x") == both.digests("x")[0]
    assert both.digests("x")[1] == old.digest("x")


@pytest.fixture
def made(path: Path) -> Keys:
    return keys.create(path)


def test_digests_take_any_text(made: Keys) -> None:
    texts = ["", "x", "\x00", "é", "\udcff", "x" * 100_000]
    assert len({made.digest(text).value for text in texts}) == len(texts)


def test_tok_7_derived_values_depend_on_key_row_salt_and_purpose(
    made: Keys, tmp_path: Path
) -> None:
    values = {
        made.derived(1, b"s" * 16),
        made.derived(2, b"s" * 16),
        made.derived(1, b"t" * 16),
        made.derived(1, b"s" * 16, purpose="file"),
        keys.create(tmp_path / "other.json").derived(1, b"s" * 16),
    }
    assert len(values) == 5
    assert all(len(value) == 32 and int(value, 16) >= 0 for value in values)
    assert made.derived(1, b"s" * 16) in values


def test_sealed_texts_open_with_the_same_key_and_purpose_only(made: Keys, tmp_path: Path) -> None:
    sealed = made.seal("a secret é", "client secret")
    assert b"a secret" not in sealed
    assert made.seal("a secret é", "client secret") != sealed
    assert made.unseal(sealed, "client secret") == "a secret é"
    other = keys.create(tmp_path / "other.json")
    for keyring, purpose, data in [
        (made, "other", sealed),
        (other, "client secret", sealed),
        (made, "client secret", sealed[:-1] + b"\x00\x00"),
        (made, "client secret", b"short"),
        (made, "client secret", b""),
    ]:
        with pytest.raises(KeyFileError, match="cannot be opened"):
            keyring.unseal(data, purpose)
