"""TOK-4: a server sees by itself that its key file was changed, before it refuses a token by it."""

import asyncio
import shutil
from pathlib import Path

import pytest

from coursewire.domain.token_rekeying import Rekeying
from coursewire.server.runtime import Runtime
from coursewire.store import key_rotation, keys, tokens
from coursewire.store.key_rotation import KeyWatch
from tests.support.web import Web

SITE_INFO = "core_webservice_get_site_info"
FILE = "/webservice/pluginfile.php/1/core/x/y"


@pytest.fixture
def path(web: Web, tmp_path: Path) -> Path:
    """The key file of the site, which the server watches."""
    found = tmp_path / keys.FILE_NAME
    web.server.runtime._keys = KeyWatch(web.site.keys, found)
    return found


def _call(web: Web, token: str) -> bytes:
    body = f"wstoken={token}&wsfunction={SITE_INFO}&moodlewsrestformat=json"
    return web.request(body=body.encode()).body


def _issued(web: Web) -> str:
    """A token that works, under the first key."""
    token = web.token()
    assert b'"username":"admin"' in _call(web, token)
    return token


def _move(web: Web, token: str, path: Path) -> None:
    """Move a token to the active key of a file, as another server does when it is used there."""
    session, first = web.site.session, web.site.keys.digest(token)
    token_id = tokens.id_by_digests(session, [first])
    assert token_id is not None
    with session.transaction():
        digest = keys.load(path).digest(token)
        tokens.move_digests(session, {token_id: (first.value, digest)})


def _numbers(web: Web) -> tuple[int, ...]:
    return web.server.runtime.keys.numbers


def test_tok_4_a_copied_file_is_noticed_without_any_other_change(web: Web, path: Path) -> None:
    elsewhere = path.with_name("elsewhere.json")
    shutil.copy(path, elsewhere)
    key_rotation.prepare(elsewhere)
    asyncio.run(web.server.flush())
    assert _numbers(web) == (1,)
    # In place, as most ways of copying do.
    shutil.copy(elsewhere, path)
    asyncio.run(web.server.flush())
    assert _numbers(web) == (1, 2)


def test_tok_4_the_file_is_looked_at_before_a_token_is_refused(web: Web, path: Path) -> None:
    token = _issued(web)
    key_rotation.begin(path)
    _move(web, token, path)
    assert _numbers(web) == (1,)
    assert b'"username":"admin"' in _call(web, token)
    assert _numbers(web) == (2, 1)


def test_tok_4_so_it_is_before_a_file_script_refuses_one(web: Web, path: Path) -> None:
    token = _issued(web)
    key_rotation.begin(path)
    _move(web, token, path)
    answer = web.request("GET", FILE, query=f"token={token}".encode())
    assert b"invalidtoken" not in answer.body
    assert _numbers(web) == (2, 1)


def test_tok_4_a_key_that_waits_is_accepted_and_moves_nothing(web: Web, path: Path) -> None:
    token = _issued(web)
    elsewhere = path.with_name("elsewhere.json")
    key_rotation.prepare(path)
    shutil.copy(path, elsewhere)
    key_rotation.begin(elsewhere)
    _move(web, token, elsewhere)
    for _ in range(2):
        assert b'"username":"admin"' in _call(web, token)
    assert web.server.runtime.rekeying.flush(web.site.session) == 0
    assert web.server.runtime.keys.waiting == 2


def test_tok_4_a_key_that_is_taken_out_of_the_file_refuses_at_once(web: Web, path: Path) -> None:
    token = _issued(web)
    key_rotation.begin(path)
    asyncio.run(web.server.flush())
    # Remembered as found by the new key's digest, although it is still under the old one.
    web.server.runtime.rekeying = Rekeying()
    assert b'"username":"admin"' in _call(web, token)
    web.server.runtime.rekeying = Rekeying()
    key_rotation.finish(path)
    web.server.runtime.look_at_keys()
    assert b'"errorcode":"invalidtoken"' in _call(web, token)


def test_a_broken_file_is_told_once(web: Web, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("coursewire.server.runtime.log.error", lambda *_, **__: told.append("it"))
    runtime: Runtime = web.server.runtime
    whole = path.read_bytes()
    path.write_bytes(b"{")
    for _ in range(3):
        runtime.look_at_keys()
    assert told == ["it"]
    path.write_bytes(whole)
    runtime.look_at_keys()
    path.write_bytes(b"{")
    runtime.look_at_keys()
    assert told == ["it", "it"]
