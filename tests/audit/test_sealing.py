"""Sealed audit records: tampering is found, with an anchor a shortened chain too (AUD-3, AUD-4)."""

import asyncio
import hmac
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from coursewire import app
from coursewire.audit import sealing
from coursewire.audit.sealing import Anchor, Purged
from coursewire.domain import audit_retention
from coursewire.domain.call import Call
from coursewire.settings import Settings
from coursewire.store import audit, audit_segments
from coursewire.store import keys as key_files
from coursewire.store.migrations import append_only
from coursewire.store.session import Session
from tests.support import making
from tests.support.meanwhile import meanwhile
from tests.support.sites import MADE, TestSite
from tests.support.sizes import size
from tests.support.web import web

TAMPERINGS = size(ci=100, night=1_000)


def recorded(site: TestSite, count: int, start: int = 0) -> None:
    """Write `count` records, in transactions of up to seven."""
    for first in range(start, start + count, 7):
        call = site.call()
        with call.transaction():
            for number in range(first, min(first + 7, start + count)):
                call.audit.record("test.note", f"thing {number}", number=number)


def sealed(site: TestSite) -> Anchor:
    """Seal what is there: one segment, or several while other tests use the same PostgreSQL."""
    head = sealing.seal_waiting(site.session, site.keys, site.clock.now_ms())
    assert head is not None
    return head


def verdict(site: TestSite, *anchors: Anchor) -> sealing.Verdict:
    return sealing.verify(site.session, site.keys, anchors)


def test_aud_3_sealed_records_verify_and_the_numbers_have_no_gaps(site: TestSite) -> None:
    recorded(site, 30)
    first = sealed(site)
    recorded(site, 5)
    assert verdict(site).unsealed == 5
    second = sealed(site)
    found = verdict(site, first, second)
    assert found.wrong == ""
    assert (found.segments, found.unsealed) == (second.segment, 0)
    assert second.segment > first.segment
    assert second.sequence == found.sealed == first.sequence + 5
    assert found.head == second


def test_aud_3_other_keys_than_those_of_the_site_are_noticed(
    site: TestSite, tmp_path: Path
) -> None:
    others = key_files.create(tmp_path / "others.json")
    assert sealing.is_sealed_with(site.session, others)
    recorded(site, 3)
    sealed(site)
    recorded(site, 3, start=3)
    sealed(site)
    assert sealing.is_sealed_with(site.session, site.keys)
    assert not sealing.is_sealed_with(site.session, others)
    with site.session.transaction():
        now = site.clock.now_ms()
        sealing.purge(site.session, site.keys, before_ms=now + 1, now_ms=now)
    assert sealing.is_sealed_with(site.session, site.keys)
    assert not sealing.is_sealed_with(site.session, others)


def test_aud_3_a_server_with_the_keys_of_another_site_says_so(tmp_path: Path) -> None:
    """A node that was set up with keys of its own."""
    settings = Settings(data=str(tmp_path / "data"))
    app.create_site(settings)
    with app.open_site(settings) as opened, opened.database.session() as session:
        call = app.administrator_call(opened, session)
        with call.transaction():
            call.audit.record("test.note", "a thing")
        assert sealing.seal_waiting(session, opened.keys, opened.clock.now_ms())
    with capture_logs() as told, app.open_site(settings, serving=True):
        pass
    assert told == []
    app.key_path(settings).unlink()
    key_files.create(app.key_path(settings))
    with capture_logs() as told, app.open_site(settings, serving=True):
        pass
    (line,) = told
    assert "was not sealed with this key file" in line["warning"]


def test_aud_3_nothing_new_makes_no_segment(site: TestSite) -> None:
    recorded(site, 3)
    sealed(site)
    assert sealing.seal(site.session, site.keys, site.clock.now_ms()) is None


def test_aud_3_a_segment_holds_at_most_a_thousand_records(site: TestSite) -> None:
    recorded(site, 2_100)
    sealed(site)
    lengths = [row.record_count for row in audit_segments.all_of(site.session)]
    assert max(lengths) == 1_000
    assert sum(lengths) >= 2_100
    assert verdict(site).wrong == ""
    recorded(site, 1)
    sealed(site)
    assert (verdict(site).wrong, verdict(site).unsealed) == ("", 0)


def test_aud_3_after_exactly_a_thousand_records_the_next_are_sealed_once(site: TestSite) -> None:
    recorded(site, 3)
    before = sealed(site)
    recorded(site, 1_000)
    assert sealed(site).sequence == before.sequence + 1_000
    recorded(site, 2)
    assert sealed(site).sequence == before.sequence + 1_002
    assert verdict(site).wrong == ""


def test_aud_3_all_that_no_segment_holds_is_sealed_when_nobody_else_writes(site: TestSite) -> None:
    recorded(site, 3)
    before = sealed(site)
    recorded(site, 2)
    with site.session.transaction():
        head = sealing.seal_all(site.session, site.keys, site.clock.now_ms())
    found = verdict(site, before)
    assert (found.wrong, found.unsealed, found.head) == ("", 0, head)
    assert found.sealed == before.sequence + 2


def test_aud_4_the_end_of_the_record_waits_for_what_is_being_written(site: TestSite) -> None:
    if site.engine_name == "sqlite":
        pytest.skip("SQLite has one writer at a time, so none commits late")
    recorded(site, 1)
    written, may_end = threading.Event(), threading.Event()

    def write_late() -> None:
        with site.database.session() as other:
            late = site.call(session=other)
            with late.transaction():
                late.audit.record("test.note", "late")
                late.audit.write()
                written.set()
                may_end.wait(5)

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(write_late)
        assert written.wait(5)
        recorded(site, 2)
        threading.Timer(0.3, may_end.set).start()
        head = pool.submit(sealing_of, site).result(15)
        writing.result(5)
    assert head is not None
    assert (verdict(site, head).wrong, verdict(site).unsealed) == ("", 0)


def sealing_of(site: TestSite) -> Anchor | None:
    """Seal as another process does."""
    with site.database.session() as session:
        return sealing.seal_waiting(session, site.keys, site.clock.now_ms())


def test_aud_3_a_record_that_commits_late_comes_into_a_later_segment(site: TestSite) -> None:
    if site.engine_name == "sqlite":
        pytest.skip("SQLite has one writer at a time, so none commits late")
    recorded(site, 1)
    with site.database.session() as other:
        late = site.call(session=other)
        with late.transaction():
            late.audit.record("test.note", "late")
            late.audit.write()
            recorded(site, 3)
            sealing.seal(site.session, site.keys, site.clock.now_ms())
            assert verdict(site).wrong == ""
    sealed(site)
    found = verdict(site)
    assert (found.wrong, found.unsealed) == ("", 0)


def test_aud_3_two_sealers_do_not_seal_twice(site: TestSite) -> None:
    if site.engine_name == "sqlite":
        pytest.skip("on SQLite the second waits for the first")
    recorded(site, 5)
    with site.database.session() as other, other.transaction():
        assert audit_segments.lock(other)
        assert sealing.seal(site.session, site.keys, 1) is None
    assert sealing.seal_waiting(site.session, site.keys, 1) is not None
    assert verdict(site).wrong == ""


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize("by", [40, 1_000_000])
def test_aud_3_a_site_that_was_moved_to_another_cluster_is_sealed_and_verified_there(
    site: TestSite, by: int
) -> None:
    """As `pg_dump` does it: the numbers of transactions are those of the cluster before."""
    recorded(site, 5)
    sealed(site)
    recorded(site, 3, start=5)
    with site.session.transaction():
        append_only.release(site.session.connection)
        for change in (
            "UPDATE audit_records SET writer = writer + :by",
            "UPDATE audit_segments SET horizon = horizon + :by WHERE horizon > 0",
        ):
            site.session.execute(text(change), {"by": by})
        append_only.protect(site.session.connection)
    assert verdict(site).wrong == ""
    recorded(site, 4, start=8)
    assert (verdict(site).wrong, verdict(site).unsealed) == ("", 7)
    sealed(site)
    assert (verdict(site).wrong, verdict(site).unsealed) == ("", 0)
    # Here the numbers come to those of before, whose records are sealed.
    for number in range(60):
        recorded(site, 1, start=12 + number)
    sealed(site)
    assert (verdict(site).wrong, verdict(site).unsealed) == ("", 0)
    assert verdict(site).sealed == audit_segments.count_records(site.session)


def test_aud_3_another_key_does_not_verify(site: TestSite) -> None:
    recorded(site, 3)
    sealed(site)
    site.keys.audit = bytes(32)
    assert verdict(site).bad_segment == 1


# --- tampering: what somebody can do who writes the database without the key (N6) ---


def _somewhere(session: Session, dice: random.Random) -> int:
    ids = session.scalars(text("SELECT id FROM audit_records ORDER BY id"))
    return int(dice.choice(ids))


def _change(session: Session, dice: random.Random) -> None:
    column = dice.choice(["action", "target", "actor", "outcome", "details", "reason", "address"])
    session.execute(
        text(f"UPDATE audit_records SET {column} = {column} || 'x' WHERE id = :id"),  # noqa: S608 - fixed names
        {"id": _somewhere(session, dice)},
    )


def _shift_time(session: Session, dice: random.Random) -> None:
    session.execute(
        text("UPDATE audit_records SET time_ms = time_ms + 1 WHERE id = :id"),
        {"id": _somewhere(session, dice)},
    )


def _delete(session: Session, dice: random.Random) -> None:
    session.execute(
        text("DELETE FROM audit_records WHERE id = :id"), {"id": _somewhere(session, dice)}
    )


def _insert(session: Session, dice: random.Random) -> None:
    """Put a record between the sealed ones, where an earlier deletion of it made room."""
    chosen = {"id": _somewhere(session, dice)}
    session.execute(text("DELETE FROM audit_records WHERE id = :id"), chosen)
    session.execute(
        text("INSERT INTO audit_records (id, writer, action) VALUES (:id, 0, 'forged')"), chosen
    )


def _insert_before(session: Session, _dice: random.Random) -> None:
    session.execute(text("INSERT INTO audit_records (id, writer, action) VALUES (-1, 0, 'forged')"))


def _swap(session: Session, dice: random.Random) -> None:
    one, other = dice.sample(session.scalars(text("SELECT id FROM audit_records")), 2)
    for step in (
        "UPDATE audit_records SET id = -:one WHERE id = :one",
        "UPDATE audit_records SET id = :one WHERE id = :other",
        "UPDATE audit_records SET id = :other WHERE id = -:one",
    ):
        session.execute(text(step), {"one": one, "other": other})


def _drop_segment(session: Session, dice: random.Random) -> None:
    numbers = session.scalars(text("SELECT id FROM audit_segments ORDER BY id"))
    session.execute(
        text("DELETE FROM audit_segments WHERE id = :id"), {"id": dice.choice(numbers[:-1])}
    )


def _forge_digest(session: Session, dice: random.Random) -> None:
    numbers = session.scalars(text("SELECT id FROM audit_segments ORDER BY id"))
    session.execute(
        text("UPDATE audit_segments SET digest = :digest WHERE id = :id"),
        {"id": dice.choice(numbers), "digest": dice.randbytes(32)},
    )


def _pretend_purge(session: Session, dice: random.Random) -> None:
    numbers = session.scalars(text("SELECT id FROM audit_segments ORDER BY id"))
    chosen = {"id": dice.choice(numbers), "mark": dice.randbytes(32)}
    session.execute(
        text(
            "DELETE FROM audit_records WHERE id BETWEEN"
            " (SELECT first_id FROM audit_segments WHERE id = :id)"
            " AND (SELECT last_id FROM audit_segments WHERE id = :id)"
        ),
        {"id": chosen["id"]},
    )
    session.execute(
        text("UPDATE audit_segments SET purged_ms = 1, purge_mark = :mark WHERE id = :id"), chosen
    )


TAMPERING: tuple[Callable[[Session, random.Random], None], ...] = (
    _change,
    _shift_time,
    _delete,
    _insert,
    _insert_before,
    _swap,
    _drop_segment,
    _forge_digest,
    _pretend_purge,
)


class _Undone(Exception):
    """Ends a transaction so that nothing of it stays."""


def test_aud_3_every_tampering_with_sealed_records_is_found(site: TestSite) -> None:
    for part in range(4):
        recorded(site, 25, start=25 * part)
        sealed(site)
    assert verdict(site).wrong == ""
    seed = random.randrange(1_000_000)
    dice = random.Random(seed)
    missed: list[str] = []
    for turn in range(TAMPERINGS):
        tamper = TAMPERING[turn % len(TAMPERING)]
        try:
            with site.session.transaction():
                append_only.release(site.session.connection)
                tamper(site.session, dice)
                if not verdict(site).wrong:
                    missed.append(tamper.__name__)
                raise _Undone
        except _Undone:
            pass
    assert missed == [], f"seed {seed}"
    assert verdict(site).wrong == ""


def test_aud_3_a_segment_that_is_missing_is_named(site: TestSite) -> None:
    for part in range(3):
        recorded(site, 2, start=2 * part)
        sealed(site)
    with site.session.transaction():
        append_only.release(site.session.connection)
        site.session.execute(text("DELETE FROM audit_segments WHERE id = 2"))
    found = verdict(site)
    assert (found.wrong, found.bad_segment, found.segments) == ("segment 2 is missing", 2, 1)


def test_aud_3_digests_are_what_the_documentation_says(site: TestSite) -> None:
    """A later version must verify what this one has sealed."""
    recorded(site, 2)
    now = site.clock.now_ms()
    sealed(site)
    [first, *_] = audit_segments.all_of(site.session)
    rows = audit_segments.records(site.session, first.first_id, first.last_id)
    lines = bytes(32)
    for number, row in enumerate(rows.values(), start=1):
        lines += msgspec.json.encode([number, *row]) + b"\n"
    assert first.digest == hmac.digest(site.keys.audit, lines, "sha256")
    with site.session.transaction():
        sealing.purge(site.session, site.keys, now + 1, now)
    [purged, *_] = audit_segments.all_of(site.session)
    marked = b"purged" + bytes(7) + b"\x01" + first.digest
    assert purged.purge_mark == hmac.digest(site.keys.audit, marked, "sha256")


def test_aud_4_an_anchor_shows_that_the_end_was_cut_off(site: TestSite) -> None:
    recorded(site, 10)
    sealed(site)
    recorded(site, 10, start=10)
    head = sealed(site)
    with site.session.transaction():
        append_only.release(site.session.connection)
        last = audit_segments.newest(site.session)
        assert last is not None
        site.session.execute(
            text("DELETE FROM audit_records WHERE id >= :first"), {"first": last.first_id}
        )
        site.session.execute(text("DELETE FROM audit_segments WHERE id = :id"), {"id": last.id})
    assert verdict(site).wrong == ""  # as the documentation says: not without an anchor
    assert "ends before the anchor" in verdict(site, head).wrong


def test_aud_4_an_anchor_shows_an_old_file_that_went_on(site: TestSite) -> None:
    recorded(site, 10)
    head = sealed(site)
    other = Anchor(head.segment, head.sequence, "00" * 32)
    assert "not the one" in verdict(site, other).wrong
    assert verdict(site, sealing.read_anchor(str(head))).wrong == ""


@pytest.mark.parametrize("written", ["", "1:2", "1:2:zz", "a:b:" + "00" * 32, "1:2:00"])
def test_what_is_no_anchor_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        sealing.read_anchor(written)


# --- purging ---


def test_aud_7_a_purge_removes_whole_sealed_segments_and_leaves_their_digests(
    site: TestSite,
) -> None:
    recorded(site, 10)
    first = sealed(site)
    site.clock.pass_seconds(86_400)
    recorded(site, 4, start=10)
    head = sealed(site)
    before = verdict(site)
    with site.session.transaction():
        gone = sealing.purge(
            site.session, site.keys, site.clock.now_ms() - 3_600_000, site.clock.now_ms()
        )
    assert gone.segments == first.segment
    assert gone.records == before.sealed - 4
    after = verdict(site, head)
    assert (after.wrong, after.purged, after.sealed) == ("", gone.records, before.sealed)
    assert audit_segments.count_records(site.session) == 4
    recorded(site, 2, start=20)
    assert verdict(site).unsealed == 2
    sealed(site)
    assert verdict(site, head).wrong == ""


def test_aud_7_what_is_exactly_as_old_as_asked_stays(site: TestSite) -> None:
    recorded(site, 3)
    sealed(site)
    newest = max(row.newest_ms for row in audit_segments.all_of(site.session))
    with site.session.transaction():
        assert sealing.purge(site.session, site.keys, newest, newest) == (0, 0)
        assert sealing.purge(site.session, site.keys, newest + 1, newest).segments > 0


def test_aud_7_a_purge_ends_with_the_segment_that_fills_its_part(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for start in range(0, 12, 4):
        recorded(site, 4, start=start)
        sealed(site)
    counts = [row.record_count for row in audit_segments.all_of(site.session)]
    monkeypatch.setattr(sealing, "PURGED_AT_ONCE", sum(counts[:2]))
    now = site.clock.now_ms()
    with site.session.transaction():
        gone = sealing.purge(site.session, site.keys, now + 1, now)
    assert gone == (2, sum(counts[:2]))


def test_aud_7_records_of_a_clock_that_was_wrong_keep_no_others(site: TestSite) -> None:
    """Of a time that is still to come, they would be the last ones to go."""
    now = site.clock.now_ms()
    recorded(site, 3)
    first = sealed(site)
    site.clock.set(MADE + 10 * 365 * 86_400)
    recorded(site, 2)
    wrong = sealed(site)
    site.clock.set(MADE)

    def purged() -> int:
        later = site.clock.now_ms()
        with site.session.transaction():
            return sealing.purge(site.session, site.keys, now + 60_000, later).segments

    assert purged() == first.segment
    for _ in range(2):
        recorded(site, 4)
        head = sealed(site)
    site.clock.pass_seconds(86_400)
    assert purged() == head.segment - first.segment
    assert verdict(site, wrong, head).wrong == ""


def test_aud_3_a_record_that_comes_back_where_it_was_purged_is_found(site: TestSite) -> None:
    recorded(site, 5)
    head = sealed(site)
    now = site.clock.now_ms()
    with site.session.transaction():
        assert sealing.purge(site.session, site.keys, now + 1, now).segments == head.segment
    assert verdict(site).wrong == ""
    with site.session.transaction():
        forged = "INSERT INTO audit_records (id, writer, action) VALUES (2, 0, 'forged')"
        site.session.execute(text(forged))
    assert "was purged, but records of it are there" in verdict(site).wrong


def test_aud_7_a_purge_removes_a_part_so_that_writers_wait_for_none_of_it(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PURGED_AT_ONCE", 5)
    for start in range(0, 12, 4):
        recorded(site, 4, start=start)
        sealed(site)
    site.clock.pass_seconds(2 * 86_400)
    making.setting(site, "auditkeptdays", 1)
    done: list[int] = []
    with web(site) as served:
        site.clock.pass_seconds(86_400)
        for _ in range(4):
            asyncio.run(served.server.keep_up())
            done.append(len(audit.records(site.session, action="audit.purge")))
            assert verdict(site).wrong == ""
    assert done == [1, 2, 2, 2]
    sealing.seal_waiting(site.session, site.keys, site.clock.now_ms())
    assert audit_segments.unpurged(site.session, 1)[0].newest_ms > MADE * 1000


def test_aud_7_of_two_that_purge_at_once_one_says_what_it_removed(site: TestSite) -> None:
    recorded(site, 5)
    sealed(site)
    later = site.clock.now_ms() + 1

    def purge(call: Call) -> Purged:
        return audit_retention.purge_part(call, later, "old")

    assert meanwhile(site, purge, purge) == (0, 0)
    (only,) = audit.records(site.session, limit=5)
    assert (only.action, '"records":5' in only.details) == ("audit.purge", True)


def test_aud_7_records_that_are_not_purged_cannot_be_removed(site: TestSite) -> None:
    recorded(site, 3)
    sealed(site)
    for statement in (
        "DELETE FROM audit_records",
        "UPDATE audit_records SET action = 'other'",
    ):
        with pytest.raises(DBAPIError, match="append-only"), site.session.transaction():
            site.session.execute(text(statement))


@given(st.sets(st.integers(1, 5_000), min_size=1, max_size=300))
def test_ids_are_written_as_ranges_and_read_again(ids: set[int]) -> None:
    rising = sorted(ids)
    assert sealing.read_ids(sealing.written_ids(rising)) == rising


def test_ids_in_a_row_are_written_as_a_range_and_others_alone() -> None:
    assert sealing.written_ids([1, 2, 3, 5, 7, 8]) == "1-3,5,7-8"


def test_a_forged_range_does_not_fill_the_memory() -> None:
    assert len(sealing.read_ids("1-99999999999")) <= sealing.LONGEST + 1
    assert sealing.read_ids("1-x") == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (
            "first_sequence = first_sequence + 1",
            "segment 1 does not begin at sequence number 1",
        ),
        ("record_count = record_count + 1", "does not name its records"),
    ],
)
def test_aud_3_a_segment_that_contradicts_itself_is_named(
    site: TestSite, change: str, wrong: str
) -> None:
    recorded(site, 6)
    sealed(site)
    append_only.release(site.session.connection)
    site.session.execute(text(f"UPDATE audit_segments SET {change}"))  # noqa: S608 - fixed
    assert wrong in verdict(site).wrong
