"""What root makes is given to whom the folder belongs, and nothing else is."""

import os
from pathlib import Path

import pytest

from coursewire.store import ownership

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of another account."""
    made = tmp_path / "site"
    made.mkdir()
    os.chown(made, NOBODY, NOBODY)
    return made


def test_what_lies_in_new_folders_is_given_by_real_names(folder: Path) -> None:
    made = folder / "draft" / "file"
    made.parent.mkdir()
    made.touch()
    ownership.give(made, folder)
    assert (made.parent.stat().st_uid, made.stat().st_uid) == (0, NOBODY)


def test_ops_2_a_link_on_the_way_gives_nothing_of_others_away(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "others" / "file"
    secret.parent.mkdir()
    secret.touch()
    # As whoever owns the folder can do while root writes to its new folder there.
    (folder / "draft").symlink_to(secret.parent)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        ownership.give(folder / "draft" / "file", folder)
    (folder / "file").symlink_to(secret)
    with pytest.raises(OSError, match="Too many levels"):
        ownership.give(folder / "file", folder)
    (folder / "hard").hardlink_to(secret)
    ownership.give(folder / "hard", folder)
    assert secret.stat().st_uid == 0


def test_each_new_folder_on_the_way_is_given(folder: Path) -> None:
    ownership.make_folder(folder / "a" / "b" / "c")
    owners = [path.stat().st_uid for path in folder.rglob("*")]
    assert owners == [NOBODY] * 3
    assert (folder / "a").stat().st_mode & 0o077 == 0
