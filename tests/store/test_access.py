"""The one read behind the gate, and what is remembered of it (TOK-3, TOK-9)."""

import base64
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, update

from coursewire.domain import contexts, tokens
from coursewire.domain.token_values import new_handle
from coursewire.store import access, keys
from coursewire.store.access import AccessCache
from coursewire.store.keys import Digest
from coursewire.store.schema import users
from coursewire.store.schema.services import tokens as table
from coursewire.store.session import Session
from tests.domain.gatehouse import FUNCTION, OTHER, holder
from tests.support import making
from tests.support.sites import TestSite
from tests.support.sizes import size
from tests.support.statements import noted


@pytest.fixture
def token(site: TestSite) -> str:
    user_id = holder(site)
    return making.token(site, user_id, making.service(site, "health", FUNCTION, users=[user_id]))


@pytest.fixture
def statements(site: TestSite, token: str) -> Iterator[list[str]]:
    """What the session runs once the token is there."""
    assert token
    with noted(site.session) as found:
        yield found


def test_the_users_own_context_is_read_with_the_token(site: TestSite, token: str) -> None:
    found = access.read(site.session, site.keys.digests(token), FUNCTION)
    assert found is not None
    own = contexts.user(site.session, found.user_id)
    assert own is not None
    assert found.own_context_id == own.id


def test_tok_3_one_indexed_read_tells_everything(
    site: TestSite, token: str, statements: list[str]
) -> None:
    digests = site.keys.digests(token)
    found = access.read(site.session, digests, FUNCTION)
    assert found is not None
    assert len(statements) == 1
    assert (found.username, found.auth, found.context_path) == ("ann", "manual", "/1")
    assert (found.service_shortname, found.in_service, found.listed) == ("health", 1, True)
    other = access.read(site.session, digests, OTHER)
    assert other == replace(found, in_service=0)
    handled = access.by_handle(site.session, found.handle, FUNCTION)
    assert handled == found
    assert access.by_handle(site.session, "nothing", FUNCTION) is None
    assert access.read(site.session, site.keys.digests("zzz"), FUNCTION) is None


def test_who_was_deleted_holds_nothing_any_more(site: TestSite, token: str) -> None:
    digests = site.keys.digests(token)
    found = access.read(site.session, digests, FUNCTION)
    assert found is not None
    assert found.held
    # Functions end the tokens of whom they delete; a row alone tells of one who slipped through.
    site.session.execute(
        update(users.users).where(users.users.c.username == "ann").values(deleted=1)
    )
    left = access.read(site.session, digests, FUNCTION)
    assert left is not None
    assert (left.deleted, left.held) == (1, None)


def test_a_user_who_is_not_listed_has_no_row_of_the_list(site: TestSite) -> None:
    user_id = holder(site)
    service_id = making.service(site, "health", FUNCTION)
    new = tokens.NewToken(user_id=user_id, service_id=service_id)
    tokens.place(site.call(), new, "ab" * 16)
    found = access.read(site.session, site.keys.digests("ab" * 16), FUNCTION)
    assert found is not None
    assert (found.listed, found.listed_ip, found.listed_until) == (False, None, None)


def test_tok_4_a_token_is_found_under_the_older_key_too(
    site: TestSite, token: str, tmp_path: Path, statements: list[str]
) -> None:
    path = tmp_path / "keys.json"
    content = json.loads(path.read_text())
    key = base64.b64encode(b"k" * 32).decode()
    content["keys"].append({"purpose": "digest", "number": 2, "key": key})
    path.write_text(json.dumps(content))
    both = keys.load(path)
    found = access.read(site.session, both.digests(token), FUNCTION)
    assert found is not None
    assert found.key_number == 1
    assert len(statements) == 1
    assert access.read(site.session, both.digests("zzz"), FUNCTION) is None


def test_tok_9_what_is_remembered_goes_with_the_version(
    site: TestSite, token: str, statements: list[str]
) -> None:
    cache, digests = AccessCache(), site.keys.digests(token)
    first = cache.read(site.session, digests, FUNCTION, 1)
    assert first is not None
    first.verdicts["x", 1] = True
    assert cache.read(site.session, digests, FUNCTION, 1) is first
    assert first.verdicts == {("x", 1): True}
    assert len(statements) == 1
    site.session.execute(update(table), {"revoked": 5})
    second = cache.read(site.session, digests, FUNCTION, 2)
    assert second is not None
    assert second.revoked == 5
    assert second.verdicts == {}


def test_tok_9_a_late_reader_cannot_bring_back_what_was_revoked(
    site: TestSite, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, digests = AccessCache(), site.keys.digests(token)
    real = access.read

    def overtaken(
        session: Session, digests: Sequence[Digest], function: str
    ) -> access.Access | None:
        """Read, then let somebody revoke the token and another thread see the new version."""
        found = real(session, digests, function)
        monkeypatch.setattr(access, "read", real)
        session.execute(update(table), {"revoked": 5})
        cache.read(session, site.keys.digests("zzz"), function, 2)
        return found

    monkeypatch.setattr(access, "read", overtaken)
    late = cache.read(site.session, digests, FUNCTION, 1)
    assert late is not None
    assert late.revoked == 0
    now = cache.read(site.session, digests, FUNCTION, 2)
    assert now is not None
    assert now.revoked == 5


def test_without_a_version_nothing_is_remembered(
    site: TestSite, token: str, statements: list[str]
) -> None:
    cache, digests = AccessCache(), site.keys.digests(token)
    for _ in range(3):
        assert cache.read(site.session, digests, FUNCTION, None)
    assert len(statements) == 3


def test_guesses_do_not_fill_the_cache_and_its_size_is_bounded(
    site: TestSite, token: str, statements: list[str]
) -> None:
    cache, digests = AccessCache(capacity=2), site.keys.digests(token)
    for guess in range(5):
        assert cache.read(site.session, site.keys.digests(str(guess)), FUNCTION, 1) is None
    for function in ("a", "b", "a"):
        cache.read(site.session, digests, function, 1)
    assert len(statements) == 7
    cache.read(site.session, digests, "c", 1)
    cache.read(site.session, digests, "a", 1)
    assert len(statements) == 9


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"])  # TOK-3 measures SQLite
def test_tok_3_a_check_adds_at_most_200_microseconds_among_many_tokens(site: TestSite) -> None:
    count = size(100_000, 1_000_000)
    user_id = holder(site)
    service_id = making.service(site, "health", FUNCTION, users=[user_id])
    values = [f"{number:032x}" for number in range(count)]
    with site.session.transaction():
        for start in range(0, count, 10_000):
            rows = [
                {
                    "handle": new_handle(),
                    "digest": site.keys.digest(value).value,
                    "user_id": user_id,
                    "service_id": service_id,
                    "context_id": 1,
                }
                for value in values[start : start + 10_000]
            ]
            site.session.execute(insert(table), rows)
    taken: list[float] = []
    for value in values[:: count // 1_000]:
        begin = time.perf_counter()
        found = access.read(site.session, site.keys.digests(value), FUNCTION)
        taken.append(time.perf_counter() - begin)
        assert found is not None
    assert statistics.median(taken) <= 200e-6
