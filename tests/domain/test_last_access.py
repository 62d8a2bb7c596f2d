"""Times of last use: written behind, at most once a minute for each token."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select

from coursewire.domain import last_access, tokens
from coursewire.domain.last_access import LastAccess
from coursewire.store import audit, user_accesses, users
from coursewire.store import tokens as token_rows
from coursewire.store.access import Access
from coursewire.store.schema.services import tokens as table
from tests.domain.gatehouse import FUNCTION, holder, read
from tests.support import making
from tests.support.sites import TestSite


@pytest.fixture
def token(site: TestSite) -> str:
    user_id = holder(site)
    return making.token(site, user_id, making.service(site, "health", FUNCTION, users=[user_id]))


def found(site: TestSite, token: str) -> Access:
    access = read(site, token)
    assert access is not None
    return access


def test_uses_are_written_once_a_minute(site: TestSite, token: str) -> None:
    uses = LastAccess()
    begun = site.now
    written: list[int] = []
    for _ in range(130):
        uses.note(found(site, token), site.now)
        uses.flush(site.session, site.clock)
        written.append(found(site, token).lastaccess)
        site.clock.pass_seconds(1)
    assert sorted(set(written)) == [begun, begun + 60, begun + 120]


def test_an_access_that_is_remembered_is_not_written_each_second(
    site: TestSite, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_access, "CAPACITY", 1)
    uses, remembered = LastAccess(), found(site, token)
    written: list[int] = []
    for _ in range(130):
        uses.note(remembered, site.now)
        written.append(uses.flush(site.session, site.clock))
        site.clock.pass_seconds(1)
    assert [second for second, count in enumerate(written) if count] == [0, 60, 120]


def test_the_user_was_seen_as_well(site: TestSite, token: str) -> None:
    uses = LastAccess()
    user_id = found(site, token).user_id
    begun = site.now
    for _ in range(2):
        uses.note(found(site, token), site.now)
        assert uses.flush(site.session, site.clock) == 1
        site.clock.pass_seconds(100)
    seen = users.get(site.session, user_id)
    assert seen is not None
    assert (seen.firstaccess, seen.lastaccess) == (begun, begun + 100)
    assert uses.flush(site.session, site.clock) == 0


def test_aud_1_the_first_use_is_recorded_once(site: TestSite, token: str) -> None:
    stale = found(site, token)
    for _ in range(2):  # two processes that both read the token before its first use
        uses = LastAccess()
        uses.note(stale, site.now)
        uses.flush(site.session, site.clock)
    [row] = audit.records(site.session, action="token.first_use")
    assert (row.actor, row.token_handle) == ("ann", stale.handle)


def test_aud_1_first_uses_at_different_times_are_recorded_with_them(site: TestSite) -> None:
    people = {name: making.user(site, name) for name in ("ann", "ben", "cat")}
    service = making.service(site, "health", FUNCTION, users=[*people.values()])
    accesses = [found(site, making.token(site, person, service)) for person in people.values()]
    earlier, uses, begun = LastAccess(), LastAccess(), site.now
    earlier.note(accesses[0], begun)
    earlier.flush(site.session, site.clock)
    for seconds, access in enumerate(accesses):
        uses.note(access, begun + 2 * seconds)
    assert uses.flush(site.session, site.clock) == 3
    rows = audit.records(site.session, action="token.first_use")
    assert sorted((row.actor, row.time_ms // 1000 - begun) for row in rows) == [
        ("ann", 0),
        ("ben", 2),
        ("cat", 4),
    ]
    last = {token.username: token.lastaccess - begun for token in token_rows.listed(site.session)}
    assert last == {"ann": 0, "ben": 2, "cat": 4}


def test_a_time_never_goes_back(site: TestSite, token: str) -> None:
    stale, late, early = found(site, token), LastAccess(), LastAccess()
    late.note(stale, site.now + 100)
    early.note(stale, site.now)
    late.flush(site.session, site.clock)
    early.flush(site.session, site.clock)
    assert found(site, token).lastaccess == site.now + 100


def test_what_could_not_be_written_waits(
    site: TestSite, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses = LastAccess()
    uses.note(found(site, token), site.now)

    def broken(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(user_accesses, "touch", broken)
        with pytest.raises(OSError, match="no space"):
            uses.flush(site.session, site.clock)
    assert found(site, token).lastaccess == 0
    assert uses.flush(site.session, site.clock) == 1
    assert found(site, token).lastaccess == site.now


def test_the_number_that_waits_is_bounded(
    site: TestSite, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_access, "CAPACITY", 1)
    first = found(site, token)
    issued = tokens.rotate(site.call(), first.id, 3600)
    uses = LastAccess()
    uses.note(first, site.now)
    uses.note(found(site, issued.token), site.now)
    uses.flush(site.session, site.clock)
    times = site.session.scalars(select(table.c.lastaccess).order_by(table.c.id))
    assert times == [site.now, 0]


@pytest.mark.requirement("DUR-6")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize("held", ["users", "tokens"])
def test_what_somebody_is_changing_is_noted_later(site: TestSite, token: str, held: str) -> None:
    """Else a deletion, which takes the user first, and this could wait for each other."""
    uses, access = LastAccess(), found(site, token)
    uses.note(access, site.now)

    def flush() -> int:
        with site.database.session() as session:
            return uses.flush(session, site.clock)

    with ThreadPoolExecutor(1) as pool:
        with site.session.transaction():
            if held == "users":
                users.hold_for_deletion(site.session, [access.user_id])
            else:
                token_rows.revoke(site.session, token_rows.of_id(access.id), site.now, "a test")
            assert pool.submit(flush).result(5) == 0
        assert pool.submit(flush).result(5) == 1
        assert pool.submit(flush).result(5) == 0
    assert read(site, token) is None or found(site, token).lastaccess == site.now


def test_the_use_of_a_token_that_is_gone_is_forgotten(site: TestSite, token: str) -> None:
    uses, access = LastAccess(), found(site, token)
    uses.note(access, site.now)
    site.session.execute(delete(table).where(table.c.id == access.id))
    assert uses.flush(site.session, site.clock) == 0
    assert uses.flush(site.session, site.clock) == 0
    assert uses.waiting == 0
