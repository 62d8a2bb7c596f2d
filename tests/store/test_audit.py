"""The record of changes is read back in spans, and nothing of it is left out."""

import itertools

from sqlalchemy import delete

from coursewire.store import audit
from coursewire.store.audit import Wanted
from coursewire.store.migrations import append_only
from coursewire.store.schema.audit import audit_records
from tests.support.sites import TestSite
from tests.support.statements import noted


def written(site: TestSite, count: int = 12) -> None:
    """Records of which every fourth is of another action."""
    call = site.call()
    for number in range(count):
        with call.transaction():
            call.audit.record("rare.thing" if number % 4 == 0 else "group.note", f"row {number}")


def ids(site: TestSite, wanted: Wanted, limit: int, span: int) -> list[int]:
    return [row.id for row in audit.walk(site.session, wanted, limit=limit, span=span)]


def test_a_walk_finds_what_one_look_at_everything_finds(site: TestSite) -> None:
    written(site)
    filters = (Wanted(), Wanted(action="rare.thing"), Wanted(target="row 1"), Wanted(actor="x"))
    for wanted, limit in itertools.product(filters, (1, 2, 3, 50)):
        whole = [row.id for row in audit.search(site.session, wanted, limit=limit)]
        for span in (1, 2, 5, 100):
            assert ids(site, wanted, limit, span) == whole, (wanted, limit, span)


def test_a_walk_passes_over_what_was_purged(site: TestSite) -> None:
    written(site)
    newest = ids(site, Wanted(), 1, 100)[0]
    with site.session.transaction():
        append_only.release(site.session.connection)
        gone = (audit_records.c.id < newest - 2) | (audit_records.c.id == newest - 1)
        site.session.execute(delete(audit_records).where(gone))
    assert ids(site, Wanted(), 50, 1) == [newest, newest - 2]


def test_a_walk_ends_once_it_has_enough(site: TestSite) -> None:
    written(site)
    with noted(site.session) as statements:
        assert len(ids(site, Wanted(), 2, 1)) == 2
    reads = [each for each in statements if "audit_records.action" in each]
    assert len(reads) == 2
    # No read goes over more than its span.
    assert all("audit_records.id >= " in each for each in reads)
