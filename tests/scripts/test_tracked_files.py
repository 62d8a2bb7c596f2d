"""What may not be committed is found where planted, and the repository is free of it."""

from pathlib import Path

import pytest

from scripts import tracked_files

# Put together here, so that this file itself holds none of them.
KEY = "-----BEGIN " + "RSA PRIVATE KEY-----\n" + "A" * 64
PLANTED = {
    "a private key": ("notes.txt", KEY, "a private key"),
    "a personal token": ("notes.txt", "ghp_" + "a" * 36, "a personal token"),
    "a large file": ("big.txt", "x" * 500_001, "more than 500000"),
    "an index": ("setup.txt", "--index" + "-url x", "names a package index"),
    "a lock with addresses": ("a.json", '"resolved"' + ': "https://x"', "names a package index"),
    "a database": ("site.sqlite", "", "do not belong"),
    "a database of a site": ("coursewire-data/site.sqlite3", "", "do not belong"),
    "the log of one": ("coursewire-data/site.sqlite3-wal", "", "do not belong"),
    "the keys of a site": ("coursewire-data/keys.json", "{}", "do not belong"),
    "the key of the control API": ("coursewire-data/testkit.key", "x", "do not belong"),
    "a lock of npm": ("web/package-lock.json", "{}", "do not belong"),
}


def test_the_repository_has_none_of_them() -> None:
    assert tracked_files.main() == 0


@pytest.mark.parametrize(("name", "content", "expected"), PLANTED.values(), ids=PLANTED)
def test_a_planted_one_is_found(tmp_path: Path, name: str, content: str, expected: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(content)
    found = list(tracked_files.problems(tmp_path, [name]))
    assert len(found) == 1
    assert expected in found[0]


def test_an_ordinary_file_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert list(tracked_files.problems(tmp_path, ["a.py"])) == []
