"""The search at the end of a run: what it looks at, and that tokens of tests are told by it."""

import base64
from pathlib import Path

from tests.canaries.leftovers import MARK, found, left, whole
from tests.support import making
from tests.support.sites import TestSite

KEPT = ("site.sqlite", "site.sqlite-wal", "serve.log", "backup/manifest.json", "client.json")


def test_aud_6_tokens_of_tests_are_found_however_they_are_written(site: TestSite) -> None:
    user = making.user(site, "ann")
    token = making.token(site, user, making.service(site, "all", users=[user]))
    assert token.startswith(MARK)
    assert len(token) == 32
    for written in (token.encode(), base64.b64encode(token.encode()), bytes.fromhex(token)):
        assert found([("there", b"before " + written)])
    assert found([("there", b"another")]) == []


def test_aud_6_databases_logs_and_lists_of_backups_are_searched(tmp_path: Path) -> None:
    for name in KEPT:
        path = tmp_path / "below" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"nothing")
    names = {str(Path(place).relative_to(tmp_path / "below")) for place, _ in left(tmp_path)}
    assert names == set(KEPT[:-1])
    assert len(list(whole(tmp_path))) == len(KEPT)
