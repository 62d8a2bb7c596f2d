"""The file with the end of the audit record, beside the key file (AUD-4)."""

from pathlib import Path

import pytest

from coursewire.audit import head
from coursewire.audit.sealing import Anchor


def test_aud_4_what_was_kept_is_read_and_replaced(tmp_path: Path) -> None:
    path = head.path_beside(tmp_path / "keys.json")
    assert head.read(path) is None
    for anchor in (Anchor(1, 30, "ab" * 32), Anchor(2, 35, "cd" * 32)):
        head.write(path, anchor)
        assert head.read(path) == anchor
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"nothing of that kind", b"\xff\xfe"])
def test_aud_4_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = head.path_beside(tmp_path / "keys.json")
    path.write_bytes(content)
    with pytest.raises(head.HeadUnreadable, match=str(path)):
        head.read(path)
