"""`coursewire audit`: what a person reads, and what an altered record says."""

import pytest
from sqlalchemy import text

from coursewire.audit import sealing
from coursewire.audit.sealing import read_ids
from coursewire.domain.clock import Clock
from coursewire.store import audit, audit_segments
from coursewire.store.audit import Wanted
from coursewire.store.call_log import Look
from coursewire.store.migrations import append_only
from coursewire.store.session import AnyRow, Session
from tests.cli.conftest import Command
from tests.support.sites import TestSite


def changed(placed: Command) -> None:
    """Two changes with a record each."""
    placed("webservices", "on")
    placed("webservices", "off")


def test_changes_are_listed_the_newest_first_and_narrowed(placed: Command) -> None:
    changed(placed)
    lines = placed("audit", "list").out.splitlines()
    assert lines[0].split() == ["time", "who", "action", "target", "outcome", "from", "request"]
    assert "setting.change" in lines[1]
    only = placed("audit", "list", "--action", "setting.", "--json").json
    assert {row["action"] for row in only} == {"setting.change"}
    assert placed("audit", "list", "--target", "nowhere").out == "no record of that\n"
    assert placed("audit", "list", "--within", "1d", "--limit", "1", "--json").json[0]["id"] > 1


def test_a_rare_action_is_found_span_by_span(
    placed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        changed(placed)
    whole = placed("audit", "list", "--json").json
    spans: list[int] = []

    def look(session: Session, wanted: Wanted, *, limit: int, span: int) -> Look:
        spans.append(wanted.before_id)
        return in_one_span(session, wanted, limit=limit, span=min(span, 1))

    in_one_span = audit.look
    monkeypatch.setattr(audit, "look", look)
    assert placed("audit", "list", "--json").json == whole
    assert len(spans) == max(row["id"] for row in whole)
    spans.clear()
    assert placed("audit", "list", "--limit", "2", "--json").json == whole[:2]
    assert len(spans) == 2


def test_aud_3_a_sealed_record_verifies_until_somebody_alters_it(
    placed: Command, site: TestSite
) -> None:
    changed(placed)
    # In several segments while other tests have transactions open on the same PostgreSQL.
    sealed = placed("audit", "seal").out
    segments = audit_segments.all_of(site.session)
    assert sealed.startswith(f"Sealed up to {len(segments)}:")
    assert placed("audit", "seal").out == "Everything was sealed already.\n"
    assert "as it was written" in placed("audit", "verify").out
    assert placed("audit", "verify", "--json").json["wrong"] == ""
    with site.session.transaction():
        append_only.release(site.session.connection)
        site.session.execute(text("UPDATE audit_records SET target = 'user 1' WHERE id = 2"))
    found = placed("audit", "verify", code=1)
    altered = next(each.id for each in segments if 2 in read_ids(each.record_ids))
    assert f"Altered: segment {altered}" in found.out


SWITCHED_OFF = {
    "sqlite": ["DROP TRIGGER audit_records_no_delete"],
    "postgresql": ["ALTER TABLE audit_records DISABLE TRIGGER audit_records_no_delete"],
}
EMPTIED = {
    "sqlite": [
        "DROP TRIGGER audit_records_no_delete",
        "CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records BEGIN SELECT 1; END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_records_no_delete() RETURNS trigger"
        " LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
    ],
}

_AGAIN = (
    "CREATE TRIGGER audit_records_no_delete BEFORE {} EXECUTE FUNCTION audit_records_no_delete()"
)
NARROWED = {
    "sqlite": [
        "DROP TRIGGER audit_records_no_delete",
        "CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records WHEN OLD.id < 0"
        " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
    ],
    "postgresql": [
        "DROP TRIGGER audit_records_no_delete ON audit_records",
        _AGAIN.format("DELETE ON audit_records FOR EACH ROW WHEN (OLD.id < 0)"),
    ],
}
MOVED = {
    "sqlite": [
        "DROP TRIGGER audit_records_no_delete",
        "CREATE TRIGGER audit_records_no_delete BEFORE UPDATE ON audit_records"
        " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
    ],
    "postgresql": [
        "DROP TRIGGER audit_records_no_delete ON audit_records",
        _AGAIN.format("UPDATE ON audit_records FOR EACH ROW"),
    ],
}


@pytest.mark.parametrize("ways", [SWITCHED_OFF, EMPTIED, NARROWED, MOVED])
def test_aud_3_a_record_that_could_be_altered_is_told_and_guarded_again(
    placed: Command, site: TestSite, ways: dict[str, list[str]]
) -> None:
    changed(placed)
    placed("audit", "seal")
    for statement in ways[site.engine_name]:
        site.session.execute(text(statement))
    found = placed("audit", "verify", code=1).out
    assert "as it was written" in found
    assert "audit_records_no_delete is gone or changed" in " ".join(found.split())
    assert placed("audit", "verify", "--json", code=1).json["unguarded"] == [
        "audit_records_no_delete"
    ]
    assert "Put back what guards the audit record" in placed("migrate").out
    assert placed("audit", "verify", "--json").json["unguarded"] == []
    with pytest.raises(Exception, match="append-only"):
        site.session.execute(text("DELETE FROM audit_records"))
    [newest, *_] = placed("audit", "list", "--json").json
    assert (newest["action"], newest["details"]) == (
        "site.migrate",
        '{"put back":"audit_records_no_delete"}',
    )


def test_aud_4_the_head_kept_beside_the_keys_finds_an_older_database(
    placed: Command, site: TestSite
) -> None:
    changed(placed)
    placed("audit", "seal")
    changed(placed)
    placed("audit", "seal")
    head = placed("audit", "head").out.strip()
    # Others of this PostgreSQL may delay a seal, so that the records stand in more segments.
    last = {"last": int(head.partition(":")[0])}
    assert last["last"] >= 2
    with site.session.transaction():
        append_only.release(site.session.connection)
        site.session.execute(
            text(
                "DELETE FROM audit_records WHERE id >="
                " (SELECT first_id FROM audit_segments WHERE id = :last)"
            ),
            last,
        )
        site.session.execute(text("DELETE FROM audit_segments WHERE id = :last"), last)
    assert "ends before the anchor" in placed("audit", "verify", code=1).out
    assert "ends before the anchor" in placed("audit", "verify", "--anchor", head, code=1).out


def test_aud_7_old_records_are_purged_and_the_rest_verifies(
    placed: Command, site: TestSite
) -> None:
    old = site.call()  # the clock of a test site stands years ago
    with old.transaction():
        old.audit.record("test.note", "long ago")
    placed("audit", "seal")
    changed(placed)
    assert "--yes" in placed.refused("audit", "purge", "--older-than", "30d", code=2)
    done = placed("audit", "purge", "--older-than", "30d", "--yes").out
    assert "in 1 segment removed" in done
    assert placed("audit", "verify", "--json").json["wrong"] == ""
    left = [row["action"] for row in placed("audit", "list", "--json").json]
    assert left == ["audit.purge", "setting.change", "setting.change"]


@pytest.mark.parametrize("is_purged", [False, True])
def test_aud_3_what_a_server_seals_or_purges_meanwhile_is_not_taken_for_altered(
    placed: Command, site: TestSite, monkeypatch: pytest.MonkeyPatch, *, is_purged: bool
) -> None:
    changed(placed)
    placed("audit", "seal")
    end = placed("audit", "head").out
    changed(placed)
    read = audit_segments.records

    def others_come_before(session: Session, first_id: int, last_id: int) -> dict[int, AnyRow]:
        monkeypatch.setattr(audit_segments, "records", read)
        with site.database.session() as server:
            now = Clock().now_ms()
            assert sealing.seal_waiting(server, site.keys, now) is not None
            if is_purged:
                with server.transaction():
                    assert sealing.purge(server, site.keys, now + 1, now).segments
        return read(session, first_id, last_id)

    monkeypatch.setattr(audit_segments, "records", others_come_before)
    assert "as it was written" in placed("audit", "verify").out
    changed(placed)
    monkeypatch.setattr(audit_segments, "records", others_come_before)
    assert int(placed("audit", "head").out.split(":")[0]) > int(end.split(":")[0])
    assert "as it was written" in placed("audit", "verify").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "--anchor", "rubbish"), "not an anchor"),
        (("purge", "--older-than", "3h", "--yes"), "less than a day"),
        (("purge", "--older-than", "soon", "--yes"), "not a duration"),
    ],
)
def test_bad_words_are_refused(placed: Command, arguments: tuple[str, ...], said: str) -> None:
    assert said in placed.refused("audit", *arguments, code=2)
