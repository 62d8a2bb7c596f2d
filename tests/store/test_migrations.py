"""Every step of the schema leads back, agrees with the tables, is whole or not at all (MIG-1)."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, inspect, select, text, update

from coursewire.domain import login_limits
from coursewire.store import audit, migrations, revisions
from coursewire.store import users as user_rows
from coursewire.store.database import Database
from coursewire.store.migrations import run
from coursewire.store.problems import UnusableDatabase
from coursewire.store.schema import metadata
from coursewire.store.schema.audit import audit_records, call_counts
from coursewire.store.session import Session
from coursewire.text.tags import has_no_tags
from coursewire.text.types.letters import username as is_username
from tests.store.test_call_counts import made
from tests.support import making, seeds
from tests.support.sites import MADE, TestSite
from tests.support.sizes import size

ROOT = Path(__file__).resolve().parents[2]
# The tables that are there after each step.
AFTER = {
    None: set[str](),
    "0001": set(metadata.tables) - {"call_counts", "token_levels"},
    "0002": set(metadata.tables) - {"token_levels"},
    "0003": set(metadata.tables),
    "0004": set(metadata.tables),
    "0005": set(metadata.tables),
    "0006": set(metadata.tables),
}
MIGRATE = """
import sys
from coursewire.store.database import Database
from coursewire.store.migrations import run
database = Database(sys.argv[1])
print("ready", flush=True)
run.upgrade(database)
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    found.create()
    yield found
    found.close()


def tables(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_steps_lead_there_and_back_and_there(database: Database) -> None:
    assert run.upgrade(database) == list(revisions.REVISIONS)
    there = tables(database)
    assert there == {*metadata.tables, "alembic_version"}
    assert run.downgrade(database) == [*reversed(revisions.REVISIONS[:-1]), "base"]
    assert tables(database) == {"alembic_version"}
    assert run.upgrade(database) == list(revisions.REVISIONS)
    assert tables(database) == there
    assert run.upgrade(database) == []
    database.check()


def test_tables_and_steps_agree(site: TestSite) -> None:
    """Alembic's own comparison: a change of the tables is a revision of its own."""
    context = MigrationContext.configure(
        site.session.connection,
        opts={
            "compare_type": True,
            "compare_server_default": False,
            # PostgreSQL's own, made by hand (migrations/search_indexes.py).
            "include_object": lambda _, name, *__: not str(name).endswith("_pieces"),
        },
    )
    assert compare_metadata(context, metadata) == []


def test_calls_that_were_logged_before_are_counted(site: TestSite) -> None:
    calls = list(made(random.Random(seeds.chosen("calls")), 100))
    with site.session.transaction():
        audit.append_calls(site.session, calls)
    query = select(call_counts).order_by(call_counts.c.token_handle, call_counts.c.period)
    before = site.session.rows(query)
    run.downgrade_on(site.session, "0001")
    assert "call_counts" not in tables(site.database)
    assert run.upgrade_on(site.session, "0002") == ["0002"]
    assert site.session.rows(query) == before


def test_mig_1_a_step_may_take_longer_than_a_call_but_waits_no_longer(site: TestSite) -> None:
    """A large log is counted for minutes; whoever holds a table must not be waited for as long."""
    found: list[tuple[object, ...]] = []

    def told(session: Session, _before: str, _after: str) -> None:
        shown = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
        found.append(tuple(session.connection.exec_driver_sql(shown).one()))

    if site.engine_name == "postgresql":
        run.downgrade_on(site.session, "0005")
        run.downgrade_on(site.session, "0004", told=told)
        run.upgrade_on(site.session, "0005", told=told)
        assert found == [("0", "30s"), ("0", "30s")]
        after = site.session.connection.exec_driver_sql("SHOW statement_timeout").scalar_one()
        assert after == "30s"


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_indexes_of_pieces_are_made_wherever_they_can_be(site: TestSite) -> None:
    found = text("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_pieces'")
    whole = set(site.session.rows(found))
    assert len(whole) == 5
    run.downgrade_on(site.session, "0005")
    assert len(site.session.rows(found)) == 4
    # The extension came after the first step, with an index that somebody made by hand.
    for statement in (
        "DROP EXTENSION pg_trgm CASCADE",
        "CREATE EXTENSION pg_trgm",
        "CREATE INDEX ix_users_email_pieces ON users USING gin (email_folded gin_trgm_ops)",
    ):
        site.session.execute(text(statement))
    run.upgrade_on(site.session, "0006")
    assert set(site.session.rows(found)) == whole
    run.downgrade_on(site.session, "0005")
    # Where names are not looked for it is no use, and no hindrance.
    site.session.execute(text("CREATE SCHEMA elsewhere"))
    site.session.execute(text("ALTER EXTENSION pg_trgm SET SCHEMA elsewhere"))
    assert run.upgrade_on(site.session, "0006") == ["0006"]
    assert len(site.session.rows(found)) == 4


# Of who was deleted: the name as it was stored, and as it is now.
NAMES = {
    "plain@ex.com.1700000000": "plain@ex.com.1700000000",
    # Somebody has the name without those signs already.
    "oneil@ex.com.1700000000": "oneil@ex.com.1700000000",
    "o'neil@ex.com.1700000000": "oneil@ex.com.1700000001",
    "o'neil+@ex.com.1700000000": "oneil@ex.com.1700000002",
    "anna+é@ex.com.1700000007": "anna@ex.com.1700000007",
    "not+named": f"notnamed.{MADE}",
}
ROME = '<span lang="it" class="multilang">Roma</span>'
CITIES = {
    "Bern": "Bern",
    "a < b > c": "a < b > c",
    f'{ROME} <span class="multilang" lang="en">Rome > all</span>, IT': "Rome > all, IT",
    ROME: "Roma",
    f"{ROME} / {ROME}": "Roma / Roma",
    '<lang lang="de">Rom</lang><lang lang="en">Rome</lang>': "Rome",
    # Admitted as well, without any language.
    '<span class="multilang" class="multilang">Rom</span>': "Rom",
}


@pytest.mark.parametrize("extended", [False, True])
def test_what_no_answer_could_show_of_people_becomes_what_is_stored_now(
    site: TestSite, *, extended: bool
) -> None:
    making.setting(site, "extendedusernamechars", extended)
    alive = making.user(site, "alive")
    gone = [making.user(site, f"gone{number}") for number in range(len(NAMES))]
    settled = [making.user(site, f"settled{number}") for number in range(len(CITIES))]
    run.downgrade_on(site.session, "0003")
    stored: dict[int, dict[str, Any]] = {alive: {"username": "a+b@ex.com.1700000000"}}
    stored |= {
        each: {"deleted": 1, "username": name} for each, name in zip(gone, NAMES, strict=True)
    }
    stored |= {each: {"city": city} for each, city in zip(settled, CITIES, strict=True)}
    with site.session.transaction():
        for user_id, values in stored.items():
            user_rows.change(site.session, user_id, values)
    before = user_rows.of_ids(site.session, stored)
    assert run.upgrade_on(site.session, "0004") == ["0004"]
    after = user_rows.of_ids(site.session, stored)
    names = [after[each].username for each in gone]
    assert names == list(NAMES if extended else NAMES.values())
    assert [after[each].city for each in settled] == list(CITIES.values())
    assert all(has_no_tags(each.city) for each in after.values())
    assert extended or all(is_username(name) for name in names)
    changed = {**{each: {"username"} for each in gone}, **{each: {"city"} for each in settled}}
    for user_id, old in before.items():
        new = msgspec.structs.asdict(after[user_id])
        same = new.keys() - changed.get(user_id, set())
        assert {name: new[name] for name in same} == {name: getattr(old, name) for name in same}


def test_failed_log_ins_count_from_one_version_to_the_next_and_back(site: TestSite) -> None:
    limits, address, now = login_limits.Limits(), "192.0.2.1", site.now
    for seconds in (0, 0, 10, 20):
        login_limits.take(site.session, limits, "ann", address, now + seconds)
    run.downgrade_on(site.session, "0004")
    counted = text("SELECT DISTINCT failures, window_start, refused_until FROM login_failures")
    assert site.session.rows(counted) == [(4, now, 0)]
    assert run.upgrade_on(site.session, "0005") == ["0005"]
    assert login_limits.take(site.session, limits, "ann", address, now + 899).reached
    assert login_limits.take(site.session, limits, "ann", address, now + 899).refused
    assert not login_limits.take(site.session, limits, "bob", address, now + 899).reached


def clauses(sql: str) -> list[str]:
    """The parts of a statement between commas, those inside inner brackets left whole."""
    return re.split(r",\s*(?![^()]*\))", " ".join(sql.split()).removesuffix(" )"))


def described(session: Session) -> set[tuple[object, ...]]:
    """Everything about tables that Alembic's comparison leaves out, as the engine tells it."""
    if session.engine_name == "sqlite":
        found = session.rows(text("SELECT name, sql FROM sqlite_master WHERE type <> 'trigger'"))
        # The order of a table's constraints does not count; commas inside brackets do not divide.
        return {(row[0], *sorted(clauses(str(row[1])))) for row in found}
    questions = (
        "SELECT table_name, column_name, column_default, is_nullable, data_type, collation_name"
        " FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
    )
    return {tuple(row) for question in questions for row in session.rows(text(question))}


def of_tables(rows: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """All but what on PostgreSQL only the migration can write: a default, indexes of pieces."""
    return {
        row
        for row in rows
        if row[:2] != ("audit_records", "writer") and not str(row[1]).endswith("_pieces")
    }


def test_tables_and_steps_agree_to_the_letter(site: TestSite, database: Database) -> None:
    """Defaults, collations, conditions of indexes, what happens to rows that refer to others."""
    metadata.create_all(database.engine)
    with database.session() as session:
        made = described(session)
    migrated = {row for row in described(site.session) if "alembic_version" not in str(row)}
    assert of_tables(migrated) == of_tables(made)


def test_every_file_is_listed_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == revisions.REVISIONS


def test_an_empty_database_is_named_as_such(database: Database) -> None:
    with pytest.raises(UnusableDatabase, match="is empty; set it up with `coursewire init`"):
        database.check()


def test_a_newer_database_is_refused(site: TestSite) -> None:
    site.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnusableDatabase, match="newer than this program: it is at revision 9999"):
        site.database.check()
    with pytest.raises(UnusableDatabase, match="newer than this program"):
        run.upgrade(site.database)


def test_an_older_database_says_how_to_bring_it_up(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))
    with pytest.raises(UnusableDatabase, match="this program needs 9999; run `coursewire"):
        site.database.check()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_step_that_would_leave_orphans_is_undone(site: TestSite) -> None:
    site.session.execute(text("PRAGMA foreign_keys = OFF"))
    site.session.execute(text("INSERT INTO sections (course_id, section) VALUES (4711, 0)"))
    site.session.execute(text("PRAGMA foreign_keys = ON"))
    with site.session.transaction(), pytest.raises(UnusableDatabase, match="nothing in: sections"):
        run.check_references(site.session, "0001")


def test_tables_of_another_program_are_left_alone(database: Database) -> None:
    with database.session() as session:
        session.execute(text("CREATE TABLE wp_posts (id integer)"))
    attempts: tuple[Callable[[], object], ...] = (database.check, lambda: run.upgrade(database))
    for attempt in attempts:
        with pytest.raises(UnusableDatabase, match="belongs to another program"):
            attempt()
    assert tables(database) == {"wp_posts"}


def test_audit_records_can_be_neither_changed_nor_removed(site: TestSite) -> None:
    call = site.call()
    with call.transaction():
        call.audit.record("test.change", "nothing")
    for statement in (update(audit_records).values(actor="nobody"), delete(audit_records)):
        with pytest.raises(Exception, match="append-only"):
            site.session.execute(statement)
    if site.engine_name == "postgresql":
        with pytest.raises(Exception, match="append-only"):
            site.session.execute(text("TRUNCATE audit_records"))


@pytest.mark.requirement("MIG-1")
@pytest.mark.slow
def test_a_killed_migration_leaves_all_or_nothing(database_url: str) -> None:
    database = Database(database_url)
    database.create()
    for attempt in range(size(8, 50)):
        command = [sys.executable, "-c", MIGRATE, database_url]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(attempt * 0.01)
            os.kill(process.pid, signal.SIGKILL)
        found = tables(database) - {"alembic_version"}
        with database.session() as session:
            assert found == AFTER[revisions.current(session)]
        if found:
            run.downgrade(database)
    database.close()
