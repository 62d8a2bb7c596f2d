"""A database opens with settings that keep acknowledged changes, or says why it does not."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from coursewire.store import session as sessions
from coursewire.store import settings, sqlite_settings
from coursewire.store.database import Database
from coursewire.store.problems import NeedsWriter, OutcomeUnknown, UnusableDatabase
from coursewire.store.schema.access import role_levels, roles
from coursewire.store.schema.site import settings as table
from coursewire.store.session import Session
from tests.support.postgres import Cluster
from tests.support.sites import TestSite

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
ROOT = Path(__file__).resolve().parents[2]
_MISSING = insert(role_levels).values(role_id=10**9, level=10)
WRITE = """
import sys
from coursewire.store import settings
from coursewire.store.database import Database
database = Database(sys.argv[1])
with database.session() as session:
    settings.put(session, "timezone", sys.argv[2])
database.close()
"""


def write_elsewhere(address: str, value: str) -> None:
    subprocess.run([sys.executable, "-c", WRITE, address, value], cwd=ROOT, check=True)


def pragma(session: Session, name: str) -> object:
    return session.connection.exec_driver_sql(f"PRAGMA {name}").scalar()


class TestAddresses:
    def test_what_is_no_address_is_refused(self) -> None:
        with pytest.raises(UnusableDatabase, match="not the address of a database; write sqlite:"):
            Database("site.db")

    def test_other_engines_are_refused_without_their_password(self) -> None:
        with pytest.raises(UnusableDatabase, match="cannot use the database") as refused:
            Database("mysql://me:secret@host/site")
        assert "secret" not in str(refused.value)

    def test_ops_4_a_refused_address_is_shown_without_its_secrets(self) -> None:
        with pytest.raises(UnusableDatabase, match="cannot use the database") as refused:
            Database("mysql://host/site?password=secret")
        assert "secret" not in str(refused.value)

    def test_the_extra_of_a_missing_driver_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(UnusableDatabase, match=r"install coursewire\[server,postgres\]"):
            Database("postgresql+psycopg://host/site")

    def test_a_port_that_is_no_number_is_no_address(self) -> None:
        with pytest.raises(UnusableDatabase, match="not the address of a database") as refused:
            Database("postgresql+psycopg://host:secret/site")
        assert "secret" not in str(refused.value)

    def test_a_database_in_memory_is_refused(self) -> None:
        with pytest.raises(UnusableDatabase, match="cannot use the database"):
            Database("sqlite://")


class TestSqlite:
    @ON_SQLITE
    def test_dur_1_settings_are_in_force(self, site_address: str) -> None:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
        with closing(Database(site_address)) as database:
            with database.session() as session:
                assert {name: pragma(session, name) for name in wanted} == wanted
                assert pragma(session, "busy_timeout") == 5000
            reader = database.reader()
            assert {name: pragma(reader, name) for name in wanted} == wanted
            assert pragma(reader, "busy_timeout") == 0

    def test_dur_1_a_setting_that_is_not_taken_stops_the_start(self, tmp_path: Path) -> None:
        memory = sqlite3.connect(":memory:")
        with pytest.raises(UnusableDatabase, match=r"does not take .* journal_mode = WAL"):
            sqlite_settings.apply(memory, tmp_path / "site.sqlite", sqlite_settings.SETTINGS[0])
        memory.close()

    @ON_SQLITE
    def test_writers_queue_at_the_begin(self, site: TestSite) -> None:
        with site.session.transaction(), site.database.session() as second:
            second.connection.exec_driver_sql("PRAGMA busy_timeout = 50")
            with pytest.raises(OperationalError, match="locked"), second.transaction():
                pass

    def test_a_missing_file_is_not_made_by_opening(self, tmp_path: Path) -> None:
        path = tmp_path / "site.sqlite"
        database = Database(f"sqlite:///{path}")
        with pytest.raises(UnusableDatabase, match=r"no database at .*site\.sqlite .*init"):
            database.check()
        with pytest.raises(UnusableDatabase, match="cannot open"), database.session():
            pass
        assert not path.exists()

    def test_a_file_of_another_kind_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "site.sqlite"
        path.write_bytes(b"this is a text, and a rather long one" * 100)
        path.chmod(0o600)
        with pytest.raises(UnusableDatabase, match="not a database"):
            Database(f"sqlite:///{path}").check()

    def test_a_file_that_others_can_read_is_refused(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path / 'site.sqlite'}")
        database.create()
        (tmp_path / "site.sqlite").chmod(0o644)
        with pytest.raises(UnusableDatabase, match=r"mode 0644\); run: chmod 600"):
            database.check()

    def test_a_file_that_cannot_be_made_is_told_in_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(UnusableDatabase, match=r"cannot create the database .*: Not a dir"):
            Database(f"sqlite:///{tmp_path}/file/data/site.sqlite").create()

    def test_files_and_folder_are_private(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path}/data/site.sqlite", serving=True)
        database.create()
        database.check(schema=False)
        with database.session() as session:
            session.execute(text("CREATE TABLE a (b integer)"))
            found = {
                path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()
            }
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        assert set(found.values()) == {0o600}
        assert len(found) == 4
        database.close()

    def test_a_path_may_hold_any_character(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path}/a #1 100%25/ü.sqlite")
        database.create()
        assert database.check(schema=False) == []
        database.close()

    def test_a_second_serving_process_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("coursewire.store.sqlite.LOCK_WAIT", 0.1)
        address = f"sqlite:///{tmp_path / 'site.sqlite'}"
        first = Database(address, serving=True)
        first.create()
        first.check(schema=False)
        with pytest.raises(UnusableDatabase, match=r"another process serves .*site\.sqlite;"):
            Database(address, serving=True).check(schema=False)
        beside = Database(address)
        assert beside.check(schema=False) == []
        assert beside.path == tmp_path / "site.sqlite"
        beside.close()
        first.close()
        second = Database(address, serving=True)
        second.check(schema=False)
        second.close()


class TestCheckpoints:
    """DUR-2: one connection of one process folds the log, whatever the library's version."""

    @pytest.mark.parametrize(
        ("version", "mode"),
        [
            ((3, 6, 23), "PASSIVE"),
            ((3, 7, 0), "RESTART"),
            ((3, 40, 1), "RESTART"),
            ((3, 51, 2), "RESTART"),
            ((3, 51, 3), "PASSIVE"),
            ((3, 52, 0), "PASSIVE"),
        ],
    )
    def test_dur_2_affected_libraries_hold_the_write_lock(
        self, version: tuple[int, int, int], mode: str
    ) -> None:
        assert sqlite_settings.checkpoint_mode(version) == mode
        assert sqlite_settings.may_corrupt(version) == (mode == "RESTART")

    @pytest.mark.parametrize("serving", [True, False])
    def test_dur_2_only_the_serving_process_folds_the_log(
        self, tmp_path: Path, serving: bool
    ) -> None:
        database = Database(f"sqlite:///{tmp_path / 'site.sqlite'}", serving=serving)
        database.create()
        database.check(schema=False)
        with database.session() as session:
            session.execute(text("CREATE TABLE a (b blob)"))
        for _ in range(12):
            with database.session() as session, session.transaction():
                session.execute(text("INSERT INTO a VALUES (zeroblob(1048576))"))
        log = (tmp_path / "site.sqlite-wal").stat().st_size
        main = (tmp_path / "site.sqlite").stat().st_size
        assert (main > 8_000_000, log < 8_000_000) == (serving, serving)
        database.close()

    def test_others_are_not_let(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path / 'site.sqlite'}")
        database.create()
        with pytest.raises(RuntimeError, match="only the serving process"):
            database.checkpoint()

    def test_a_long_read_holds_the_log_back_and_nothing_else(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path / 'site.sqlite'}", serving=True)
        database.create()
        database.check(schema=False)
        with database.session() as session:
            session.execute(text("CREATE TABLE a (b blob)"))
            session.execute(text("INSERT INTO a VALUES (1)"))
        with database.session() as reading:
            reading.connection.exec_driver_sql("BEGIN")
            reading.execute(text("SELECT * FROM a")).fetchall()
            for _ in range(12):
                with database.session() as session, session.transaction():
                    session.execute(text("INSERT INTO a VALUES (zeroblob(1048576))"))
            reading.connection.exec_driver_sql("COMMIT")
        for _ in range(6):
            with database.session() as session, session.transaction():
                session.execute(text("INSERT INTO a VALUES (zeroblob(1048576))"))
        assert (tmp_path / "site.sqlite").stat().st_size > 12_000_000
        database.close()


class TestSessions:
    def test_a_failing_transaction_leaves_nothing(self, site: TestSite) -> None:
        with pytest.raises(ZeroDivisionError):
            _fail_after_an_inner_transaction(site.session)
        assert "timezone" not in settings.everything(site.session)
        assert not site.session.in_transaction

    def test_a_savepoint_undoes_one_item(self, site: TestSite) -> None:
        with site.session.transaction():
            settings.put(site.session, "lang", '"de"')
            with pytest.raises(DBAPIError):
                _item_that_is_taken(site.session)
            settings.put(site.session, "country", '"GB"')
        found = settings.everything(site.session)
        assert (found["lang"], found["country"]) == ('"de"', '"GB"')
        assert "timezone" not in found

    def test_a_savepoint_outside_a_transaction_is_a_mistake(self, site: TestSite) -> None:
        with pytest.raises(RuntimeError, match="inside"), site.session.savepoint():
            pass

    def test_a_commit_that_fails_leaves_nothing_open(self, site: TestSite) -> None:
        """As on a full disk; a constraint that is checked at the end does the same."""
        session = site.session
        session.execute(text("CREATE TABLE one (id integer PRIMARY KEY)"))
        session.execute(
            text("CREATE TABLE two (id integer REFERENCES one (id) DEFERRABLE INITIALLY DEFERRED)")
        )
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
            _refer_to_nothing(session)
        assert not session.in_transaction
        with session.transaction():
            session.execute(text("INSERT INTO one VALUES (1)"))
        assert session.scalar(text("SELECT count(*) FROM two")) == 0

    def test_insert_is_for_tables_with_an_id(self, site: TestSite) -> None:
        values = [{"role_id": 5, "level": 10}, {"role_id": 5, "level": 40}]
        assert site.session.insert(insert(roles), {"shortname": "a"}) == 9
        with pytest.raises(TypeError, match="with an id"):
            site.session.insert(insert(role_levels).values(values))

    def test_the_reader_never_writes(self, site: TestSite) -> None:
        reader = site.database.reader()
        assert reader is site.database.reader()
        with pytest.raises(NeedsWriter), reader.transaction():
            pass
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            settings.put(reader, "timezone", '"UTC"')

    def test_each_thread_has_a_reader_of_its_own(self, site: TestSite) -> None:
        found: list[Session] = []
        thread = threading.Thread(target=lambda: found.append(site.database.reader()))
        thread.start()
        thread.join()
        assert found[0] is not site.database.reader()


class TestWriter:
    @ON_SQLITE
    def test_a_thread_keeps_its_own(self, site: TestSite) -> None:
        mine = site.database.writer()
        settings.put(mine, "timezone", '"UTC"')
        site.database.released()
        assert site.database.writer() is mine
        found: list[Session] = []
        thread = threading.Thread(target=lambda: found.append(site.database.writer()))
        thread.start()
        thread.join()
        assert found[0] is not mine

    @ON_SQLITE
    def test_one_that_was_left_in_a_transaction_is_replaced(self, site: TestSite) -> None:
        broken = site.database.writer()
        broken.driver.execute("BEGIN")
        assert site.database.writer() is not broken

    @ON_SQLITE
    def test_what_the_driver_refuses_has_a_name(self, site: TestSite) -> None:
        """A BEGIN inside a transaction, as a database that is busy: callers catch one error."""
        session = site.database.writer()
        session.driver.execute("BEGIN")
        with pytest.raises(OperationalError, match="within a transaction"):
            _begin(session)


def _begin(session: Session) -> None:
    with session.transaction():
        pass


class TestVersion:
    def test_it_stays_while_nobody_writes(self, site: TestSite) -> None:
        first = site.database.facts_version()
        settings.everything(site.session)
        assert site.database.facts_version() == first

    def test_it_changes_when_another_process_writes(
        self, site: TestSite, site_address: str
    ) -> None:
        """TOK-9: at the next look, not some time later."""
        for number in range(3):
            before = site.database.facts_version()
            write_elsewhere(site_address, f'"zone {number}"')
            assert site.database.facts_version(site.database.reader()) != before

    def test_it_changes_when_we_write(self, site: TestSite) -> None:
        before = site.database.facts_version()
        settings.put(site.session, "timezone", '"UTC"')
        assert site.database.facts_version() != before
        assert site.database.facts_version(site.session) == site.database.facts_version()

    @ON_SQLITE
    def test_what_may_be_undone_does_not_count(self, site: TestSite) -> None:
        """Else another change could be given a number that is in use already."""
        before = site.database.facts_version(site.session)
        with site.session.transaction():
            settings.put(site.session, "timezone", '"UTC"')
            assert site.database.facts_version(site.session) == before
        assert site.database.facts_version(site.session) != before

    def test_it_does_not_change_before_the_commit(self, site: TestSite) -> None:
        """What is read under it is then still the old state."""
        with site.session.transaction():
            settings.put(site.session, "timezone", '"UTC"')
            inside = site.database.facts_version()
            assert "timezone" not in settings.everything(site.database.reader())
        assert site.database.facts_version() != inside
        assert settings.everything(site.database.reader())["timezone"] == '"UTC"'


@pytest.mark.requirement("DUR-10")
class TestPostgres:
    """DUR-10, as far as the store goes."""

    @ON_POSTGRES
    def test_every_connection_has_its_limits(self, site: TestSite) -> None:
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            assert site.session.connection.exec_driver_sql(f"SHOW {name}").scalar() == "30s"

    def test_forgetful_servers_are_refused(self, postgres: Cluster) -> None:
        with postgres.fresh() as address:
            name = address.rpartition("/")[2]
            with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
                connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
            database = Database(address)
            with pytest.raises(UnusableDatabase, match="synchronous_commit = off"):
                database.check(schema=False)
            database.close()

    def test_other_encodings_are_refused(self, postgres: Cluster) -> None:
        with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        database = Database(postgres.database("latin"))
        with pytest.raises(UnusableDatabase, match="not in UTF-8"):
            database.check(schema=False)
        database.close()
        postgres.drop("latin")

    def test_a_server_that_is_not_there_is_told_in_one_sentence(self, postgres: Cluster) -> None:
        database = Database(postgres.database("nowhere"))
        with pytest.raises(UnusableDatabase, match='database "nowhere" does not exist'):
            database.check()

    @ON_POSTGRES
    def test_a_deadlock_is_tried_again(self, site: TestSite) -> None:
        for name in ("lang", "timezone"):
            settings.put(site.session, name, '""')
        meeting = threading.Barrier(2, timeout=10)
        problems: list[DBAPIError] = []

        def work(first: str, second: str) -> None:
            tries: list[int] = []

            def once() -> None:
                with site.database.session() as session, session.transaction():
                    _set(session, first, second)
                    if not tries:
                        tries.append(1)
                        meeting.wait()
                    _set(session, second, first)

            try:
                site.database.retrying(once)
            except DBAPIError as problem:
                problems.append(problem)

        threads = [
            threading.Thread(target=work, args=names)
            for names in (("lang", "timezone"), ("timezone", "lang"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        values = site.session.scalars(select(table.c.value).order_by(table.c.name))
        assert values.count("lang") + values.count("timezone") == 2

    @ON_POSTGRES
    def test_a_deadlock_that_stays_is_told(self, site: TestSite) -> None:
        tries: list[int] = []

        def work() -> None:
            tries.append(1)
            raise_it = "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$"
            site.session.execute(text(raise_it))

        with pytest.raises(OperationalError, match="again"):
            site.database.retrying(work)
        assert len(tries) == 4

    @ON_POSTGRES
    @pytest.mark.requirement("DUR-5")
    @pytest.mark.parametrize("broken", ["foreign", "unique"])
    def test_a_key_that_another_change_broke_is_looked_at_again(
        self, site: TestSite, broken: str
    ) -> None:
        """The second try sees what was committed meanwhile."""
        role = site.session.insert(insert(roles).values(shortname="gone"))
        free: list[bool] = []

        def work() -> None:
            with site.session.transaction():
                free.append(site.session.one(select(roles).where(roles.c.id == role)) is None)
                if free == [False]:
                    _meet(site.database, role, broken)
                    values = {"role_id": role, "level": 10}
                    site.session.execute(insert(role_levels).values(values))

        site.database.retrying(work)
        assert len(free) == 2

    def test_other_failures_are_not_tried_again(self, site: TestSite) -> None:
        tries: list[int] = []

        def work() -> None:
            tries.append(1)
            site.session.execute(text("SELECT * FROM no_such_table"))

        with pytest.raises(DBAPIError):
            site.database.retrying(work)
        assert tries == [1]

    @ON_POSTGRES
    @pytest.mark.requirement("DUR-3")
    def test_a_commit_that_keeps_nothing_is_no_success(self, site: TestSite) -> None:
        """PostgreSQL answers such a COMMIT as if all were well, and undoes the transaction."""
        with pytest.raises(RuntimeError, match="failed"):
            _go_on_after_a_failure(site.session)
        assert "timezone" not in settings.everything(site.session)

    @ON_POSTGRES
    def test_a_connection_lost_at_the_commit_is_neither_success_nor_failure(
        self, site: TestSite
    ) -> None:
        with site.database.session() as session, pytest.raises(OutcomeUnknown):
            _commit_after_the_server_left(session, site)
        with site.database.session() as session:
            assert "timezone" not in settings.everything(session)


def _fail_after_an_inner_transaction(session: Session) -> None:
    with session.transaction():
        with session.transaction():
            settings.put(session, "timezone", '"UTC"')
        raise ZeroDivisionError


def _refer_to_nothing(session: Session) -> None:
    with session.transaction():
        session.execute(text("INSERT INTO two VALUES (4711)"))


def _item_that_is_taken(session: Session) -> None:
    with session.savepoint():
        settings.put(session, "timezone", '"UTC"')
        session.execute(insert(table), {"name": "lang", "value": '"fr"'})


def _go_on_after_a_failure(session: Session) -> None:
    with session.transaction():
        settings.put(session, "timezone", '"UTC"')
        with suppress(DBAPIError):
            session.execute(text("SELECT * FROM no_such_table"))


def _set(session: Session, name: str, value: str) -> None:
    session.execute(update(table).where(table.c.name == name).values(value=value))


def _commit_after_the_server_left(session: Session, site: TestSite) -> None:
    with session.transaction():
        settings.put(session, "timezone", '"UTC"')
        server = session.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        site.session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": server})


def _meet(database: Database, role: int, broken: str) -> None:
    """Take a role away in another session, or give it the level first."""
    with database.session() as other:
        if broken == "foreign":
            other.execute(delete(roles).where(roles.c.id == role))
        else:
            other.execute(insert(role_levels).values(role_id=role, level=10))


class TestQueue:
    """Writers on SQLite: one after the other, within a process without SQLite's naps."""

    @ON_SQLITE
    def test_who_waits_begins_when_the_one_before_has_ended(self, site_address: str) -> None:
        said: list[str] = []
        with closing(Database(site_address)) as database, database.session() as mine:
            traced(mine, "mine", said)
            reached = threading.Event()
            with mine.transaction():
                other = threading.Thread(target=write_traced, args=(database, reached, said))
                other.start()
                assert reached.wait(30)
                # What waits for SQLite has said so by then.
                other.join(0.2)
            other.join(30)
        assert said == [
            *("mine BEGIN IMMEDIATE", "mine COMMIT"),
            *("theirs BEGIN IMMEDIATE", "theirs COMMIT"),
        ]

    @ON_SQLITE
    def test_who_is_first_leaves_however_the_transaction_ends(self, site_address: str) -> None:
        with closing(Database(site_address)) as database, database.session() as session:
            with pytest.raises(ZeroDivisionError), session.transaction():
                raise ZeroDivisionError
            with pytest.raises(DBAPIError), session.transaction():
                defer(session)
            with pytest.raises(ZeroDivisionError), session.together(lambda: None):
                fail_together(session)
            with session.together(lambda: None), session.transaction():
                pass
            session.connection.exec_driver_sql("PRAGMA query_only = ON")
            with pytest.raises(DBAPIError), session.transaction():
                session.execute(_MISSING)
            # One that is held still would be waited for.
            before = time.monotonic()
            with database.session() as other, other.transaction():
                assert time.monotonic() - before < 3

    @ON_SQLITE
    def test_who_waits_too_long_is_told_that_the_database_is_locked(
        self, site_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sessions, "_QUEUE_WAIT", 0.1)
        refused: list[Exception] = []

        def write(database: Database) -> None:
            with database.session() as session:
                session.connection.exec_driver_sql("PRAGMA busy_timeout = 0")
                try:
                    with session.transaction():
                        pass
                except OperationalError as problem:
                    refused.append(problem)

        with closing(Database(site_address)) as database, database.session() as session:
            with session.transaction():
                other = threading.Thread(target=write, args=(database,))
                other.start()
                other.join(30)
            # Whoever never came first has nobody to let in.
            with session.transaction():
                pass
        assert ["locked" in str(each) for each in refused] == [True]


def defer(session: Session) -> None:
    """Fail at the commit."""
    session.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    session.execute(_MISSING)


def fail_together(session: Session) -> None:
    with session.transaction():
        pass
    raise ZeroDivisionError


def traced(session: Session, name: str, said: list[str]) -> None:
    session.driver.set_trace_callback(lambda statement: said.append(f"{name} {statement}"))


def write_traced(database: Database, reached: threading.Event, said: list[str]) -> None:
    with database.session() as session:
        traced(session, "theirs", said)
        reached.set()
        with session.transaction():
            pass
