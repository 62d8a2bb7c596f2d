"""AUD-3, AUD-7: whoever writes, seals, purges and verifies at once, each record is sealed once."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import sleep

import pytest

from coursewire.audit import sealing
from coursewire.domain import audit_retention
from coursewire.domain.call import Call
from coursewire.store import audit_segments, copying
from coursewire.store.session import Session
from tests.support.sites import TestSite
from tests.support.sizes import size

TRANSACTIONS = size(ci=100, night=1_000)
WRITERS = 3
# Returns how many records it has left.
Work = Callable[[TestSite, Session, random.Random], int]


class Undone(Exception):
    """A transaction that is not kept."""


def writing(site: TestSite, session: Session, dice: random.Random) -> int:
    kept = 0
    for _ in range(TRANSACTIONS):
        call = site.call(session=session)
        try:
            with call.transaction():
                several = _write_some(call, dice)
                if dice.random() < 0.25:
                    # As a command does that changes something and seals it.
                    sealing.seal(session, site.keys, site.clock.now_ms())
                    sleep(dice.choice((0, 0.005)))
                if dice.random() < 0.2:
                    raise Undone
            kept += several
        except Undone:
            pass
    return kept


def _write_some(call: Call, dice: random.Random) -> int:
    several = dice.randrange(1, 4)
    for number in range(several):
        call.audit.record("test.note", f"thing {number}")
        if dice.random() < 0.7:
            call.audit.write()
            sleep(dice.choice((0, 0.005)))
    call.audit.write()
    return several


def seal(site: TestSite, session: Session, dice: random.Random) -> int:
    sealing.seal(session, site.keys, site.clock.now_ms())
    sleep(dice.random() * 0.005)
    return 0


def purge(site: TestSite, session: Session, dice: random.Random) -> int:
    gone = audit_retention.purge_part(site.call(session=session), site.clock.now_ms() + 1, "old")
    sleep(dice.random() * 0.05)
    # Each that removed something has recorded that.
    return int(gone.segments > 0)


def verify(site: TestSite, _session: Session, _dice: random.Random) -> int:
    with copying.snapshot(site.database) as session:
        found = sealing.verify(session, site.keys)
    assert found.wrong == ""
    return 0


OTHERS: tuple[Work, ...] = (seal, purge, purge, verify)


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_aud_3_each_record_is_sealed_once_whoever_is_at_work(site: TestSite) -> None:
    seed = random.randrange(1_000_000)
    sealing.seal_waiting(site.session, site.keys, site.clock.now_ms())
    before = sealing.verify(site.session, site.keys).sealed
    is_over = threading.Event()

    def until_the_end(work: Work, number: int) -> int:
        dice = random.Random(f"{seed} {number}")
        with site.database.session() as session:
            kept = work(site, session, dice)
            while not is_over.is_set():
                kept += work(site, session, dice)
            return kept

    def once(number: int) -> int:
        with site.database.session() as session:
            return writing(site, session, random.Random(f"{seed} {number}"))

    with ThreadPoolExecutor(WRITERS + len(OTHERS)) as pool:
        others = [pool.submit(until_the_end, *each) for each in zip(OTHERS, count(), strict=False)]
        try:
            kept = sum(pool.map(once, range(len(OTHERS), len(OTHERS) + WRITERS)))
        finally:
            is_over.set()
        kept += sum(other.result(timeout=60) for other in others)
    sealing.seal_waiting(site.session, site.keys, site.clock.now_ms())
    found = sealing.verify(site.session, site.keys)
    assert (found.wrong, found.unsealed, found.sealed - before) == ("", 0, kept), f"seed {seed}"
    assert found.sealed - found.purged == audit_segments.count_records(site.session)
