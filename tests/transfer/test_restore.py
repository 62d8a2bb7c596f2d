"""BAK-3, BAK-4: restoring replaces all or nothing, and revives no token."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import ColumnElement, create_engine, func, make_url, select
from sqlalchemy.exc import OperationalError

from coursewire.audit import head, records, sealing
from coursewire.audit.records import Record
from coursewire.domain import tokens
from coursewire.store import audit, copying, keys, revisions, sqlite_copy, token_history
from coursewire.store import tokens as token_rows
from coursewire.store.database import Database
from coursewire.store.problems import UnusableDatabase
from coursewire.store.schema.console import console_sessions, one_time_links
from coursewire.store.schema.users import users
from coursewire.transfer import backup, manifest, verify
from coursewire.transfer.problems import RestoreRefused
from coursewire.transfer.restore import Place, Restored, Wishes, restore
from tests.support import making
from tests.support.meanwhile import MEANWHILE
from tests.support.postgres import Cluster
from tests.support.sites import MADE, TestSite, opened
from tests.support.sizes import size
from tests.transfer.test_backup import backed_up, rows_of

LATER = MADE + 86_400
ROOT = Path(__file__).resolve().parents[2]
FORCE = Wishes(force=True)
KEEP = Wishes(force=True, tokens="keep")
NOTE = Record(
    time_ms=LATER * 1000, monotonic_ms=0, actor_id=0, actor="", action="test.note", target=""
)


class Old:
    """A site with a backup of it, made when it had one user and three tokens."""

    def __init__(self, address: str, folder: Path) -> None:
        self.place = Place(address, folder / "keys.json")
        self.backup = folder / "backup"
        self.handles: list[str] = []
        with opened(address, folder) as site:
            user = making.user(site, "ann")
            service = making.service(site, "s", "core_group_get_groups", users=[user])
            for _ in range(3):
                making.token(site, user, service)
            rows = token_rows.listed(site.session)
            self.handles = [row.handle for row in rows]
            site.session.insert(console_sessions.insert(), _session(user))
            site.session.insert(one_time_links.insert(), _link(user))
            backed_up(site, self.backup)
            self.rows = rows_of(site.database)

    @contextmanager
    def changing(self) -> Generator[TestSite]:
        """The site, open, for what happens to it after the backup."""
        with opened(self.place.database_url, self.place.key_path.parent) as site:
            yield site

    def restore(self, wishes: Wishes = FORCE) -> Restored:
        return restore(self.backup, self.place, wishes, now=LATER)

    def live(self) -> set[str]:
        """The tokens that work after restoring."""
        database = Database(self.place.database_url)
        try:
            with database.session() as session:
                found = token_history.standings(session)
                return {
                    handle
                    for handle, it in found.items()
                    if not it.revoked and not 0 < it.validuntil < LATER
                }
        finally:
            database.close()


def _session(user: int) -> dict[str, object]:
    return {"digest": b"d", "user_id": user, "csrf": b"c"}


def _link(user: int) -> dict[str, object]:
    return {"digest": b"d", "user_id": user, "validuntil": LATER + 60, "used": 0}


@pytest.fixture
def old(site_address: str, tmp_path: Path) -> Old:
    return Old(site_address, tmp_path)


def test_the_site_is_again_as_it_was(old: Old, site_address: str) -> None:
    with old.changing() as site:
        making.user(site, "late")
        making.course(site, "LATE")
    done = old.restore()
    assert done.ended == 0
    database = Database(site_address)
    try:
        database.check()
        found = rows_of(database)
        with database.session() as session:
            (newest,) = audit.records(session, limit=1)
            sealed = sealing.verify(session, keys.load(old.place.key_path))
            next_user = session.insert(users.insert(), {"username": "next"})
    finally:
        database.close()
    assert (newest.action, newest.actor) == ("site.restore", "command line")
    assert (sealed.wrong, sealed.unsealed) == ("", 0)
    changed = {name for name in found if found[name] != old.rows[name]}
    gone = {"console_sessions", "one_time_links"}
    assert changed == {"audit_records", "audit_segments", *gone}
    # A link that was used since must not open the console again.
    assert all(old.rows[name] and not found[name] for name in gone)
    assert next_user == max(int(str(row[0])) for row in old.rows["users"]) + 1


def test_a_site_is_replaced_only_by_force(old: Old) -> None:
    with pytest.raises(RestoreRefused, match="replaces all of it") as refused:
        old.restore(Wishes())
    assert "--force" in refused.value.remedy
    assert old.live() == set(old.handles)


def test_later_revocations_are_applied_again(old: Old) -> None:
    revoked, shortened, removed = old.handles
    with old.changing() as site:
        now = token_history.standings(site.session)
        stolen = replace(now[revoked], revoked=MADE + 5, revoked_reason="stolen")
        ending = replace(now[shortened], validuntil=MADE + 9)
        token_history.set_standings(site.session, {revoked: stolen, shortened: ending})
        token_rows.revoke(site.session, _of(site, removed), MADE + 1, "x")
        token_rows.purge(site.session, MADE + 2)
        assert token_rows.by_handle(site.session, removed) is None
    assert old.restore().ended == 3
    assert old.live() == set()


def test_bak_3_what_is_revoked_while_the_backup_is_checked_stays_so(old: Old) -> None:
    revoked, *left = old.handles

    def told(what: str, done: int, of: int) -> None:
        if what == "looking into the database" and done == of:
            with old.changing() as site:
                stolen = replace(
                    token_history.standings(site.session)[revoked],
                    revoked=MADE + 5,
                    revoked_reason="stolen",
                )
                token_history.set_standings(site.session, {revoked: stolen})

    done = restore(old.backup, old.place, FORCE, now=LATER, progress=told)
    assert done.ended == 1
    assert old.live() == set(left)
    with old.changing() as site:
        (newest,) = audit.records(site.session, limit=1)
    assert '"ended":1' in newest.details


def test_bak_3_nobody_revokes_behind_the_last_look_at_the_site(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = sealing.seal_all

    def late(*given: Any) -> Any:
        url = make_url(old.place.database_url)
        on_sqlite = url.drivername == "sqlite"
        patience = {"timeout": 0.1} if on_sqlite else {"options": "-c lock_timeout=100"}
        engine = create_engine(url, connect_args=patience)
        with pytest.raises(OperationalError), engine.begin() as connection:
            connection.exec_driver_sql("UPDATE tokens SET revoked = 5")
        engine.dispose()
        return seal(*given)

    monkeypatch.setattr(sealing, "seal_all", late)
    old.restore()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_bak_3_nobody_revokes_in_a_file_that_another_takes_the_name_of(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither before it does, nor who has waited for that: it would be told done, and lost."""
    stolen, *left = old.handles
    put = sqlite_copy.replace
    coming: list[Future[None]] = []

    def revoke() -> None:
        with old.changing() as site:
            now = token_history.standings(site.session)[stolen]
            token_history.set_standings(site.session, {stolen: replace(now, revoked=MADE + 5)})

    with ThreadPoolExecutor() as pool:

        def late(new: Path, target: Path) -> None:
            coming.append(pool.submit(revoke))
            time.sleep(MEANWHILE)
            put(new, target)

        monkeypatch.setattr(sqlite_copy, "replace", late)
        old.restore()
        (revoked,) = coming
        problem = revoked.exception(timeout=30)
    assert isinstance(problem, UnusableDatabase | OperationalError)
    assert old.live() == {stolen, *left}


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_bak_3_a_restoration_does_not_wait_for_ever_for_who_holds_the_tokens(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_history, "LOCK_WAIT", "100ms")
    with old.changing() as site, site.session.transaction():
        token_history.standings(site.session)
        with pytest.raises(OperationalError, match="lock timeout"):
            old.restore()
    assert old.live() == set(old.handles)


def test_bak_3_a_token_that_was_disabled_since_stays_so(old: Old) -> None:
    leaked, *others = old.handles
    with old.changing() as site:
        token = token_rows.by_handle(site.session, leaked)
        assert token is not None
        tokens.disable(site.call(), token.id)
    assert old.restore().ended == 1
    with old.changing() as site:
        found = {handle: token_rows.by_handle(site.session, handle) for handle in old.handles}
    assert {handle for handle, token in found.items() if token and token.disabled} == {leaked}
    assert old.live() == {leaked, *others}


def _of(site: TestSite, handle: str) -> ColumnElement[bool]:
    found = token_rows.by_handle(site.session, handle)
    assert found is not None
    return token_rows.of_id(found.id)


def test_tokens_issued_later_do_not_work(old: Old) -> None:
    with old.changing() as site:
        user = making.user(site, "late")
        token = making.token(site, user, making.service(site, "open", users=[user]))
    old.restore()
    database = Database(old.place.database_url)
    with database.session() as session:
        digests = keys.load(old.place.key_path).digests(token)
        assert token_rows.id_by_digests(session, digests) is None
    database.close()


@pytest.mark.parametrize(("wishes", "left"), [(Wishes(force=True, tokens="revoke"), 0), (KEEP, 3)])
def test_the_operator_may_choose(old: Old, wishes: Wishes, left: int) -> None:
    with old.changing() as site:
        token_rows.revoke(site.session, _of(site, old.handles[0]), MADE, "stolen")
    old.restore(wishes)
    assert len(old.live()) == left


def test_a_new_place_needs_the_key_file_and_a_choice(old: Old, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'new' / 'site.sqlite3'}"
    place = Place(address, tmp_path / "new" / "keys.json")
    with pytest.raises(RestoreRefused, match="there is no key file"):
        restore(old.backup, place, Wishes(tokens="keep"), now=LATER)
    (tmp_path / "new").mkdir(mode=0o700)
    keys.create(place.key_path)
    with pytest.raises(RestoreRefused, match="is not the one that this backup was made with"):
        restore(old.backup, place, Wishes(tokens="keep"), now=LATER)
    place.key_path.write_bytes(old.place.key_path.read_bytes())
    with pytest.raises(RestoreRefused, match="would work again") as refused:
        restore(old.backup, place, Wishes(), now=LATER)
    assert "--revoke-all" in refused.value.remedy
    restore(old.backup, place, Wishes(tokens="keep"), now=LATER)
    old.place = place
    assert old.live() == set(old.handles)


@pytest.mark.requirement("BAK-4")
def test_without_the_key_file_every_token_ends(old: Old, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'new' / 'site.sqlite3'}"
    old.place = Place(address, tmp_path / "new" / "keys.json")
    assert old.restore(Wishes(without_keys=True)).ended == 3
    assert old.live() == set()
    keys.load(old.place.key_path)


def test_a_backup_moves_between_engines(
    old: Old, engine_name: str, postgres: Cluster, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir(mode=0o700)
    key_path = tmp_path / "other" / "keys.json"
    key_path.write_bytes(old.place.key_path.read_bytes())
    key_path.chmod(0o600)
    if engine_name == "postgres":
        _moved(old, f"sqlite:///{tmp_path / 'other' / 'site.sqlite3'}", key_path)
    else:
        with postgres.fresh() as address:
            _moved(old, address, key_path)


def _moved(old: Old, address: str, key_path: Path) -> None:
    restore(old.backup, Place(address, key_path), KEEP, now=LATER)
    database = Database(address)
    site_keys = keys.load(key_path)
    try:
        database.check()
        found = rows_of(database)
        with database.session() as session:
            sealed = sealing.verify(session, site_keys)
            with session.transaction():
                records.append(session, [NOTE])
            sealing.seal_waiting(session, site_keys, LATER * 1000)
            longer = sealing.verify(session, site_keys)
    finally:
        database.close()
    assert (sealed.wrong, sealed.unsealed) == ("", 0)
    assert (longer.wrong, longer.unsealed, longer.sealed) == ("", 0, sealed.sealed + 1)
    ended = {"console_sessions", "one_time_links"}
    assert not any(found[name] for name in ended)
    untouched = old.rows.keys() - {"audit_records", "audit_segments"} - ended
    assert {name: found[name] for name in untouched} == {n: old.rows[n] for n in untouched}


def test_bak_3_triggers_that_are_gone_do_not_keep_a_site_from_being_replaced(old: Old) -> None:
    with old.changing() as site, site.session.transaction():
        sqlite = site.engine_name == "sqlite"
        for name, table in (("facts_tokens_insert", "tokens"), ("facts_users_update", "users")):
            of = "" if sqlite else f" ON {table}"
            site.session.connection.exec_driver_sql(f"DROP TRIGGER {name}{of}")
    old.restore()
    assert old.live() == set(old.handles)
    with old.changing() as site:
        before = site.database.facts_version()
        making.user(site, "seen")
        assert site.database.facts_version() != before


def test_bak_3_a_table_of_somebody_else_does_not_keep_a_backup_from_a_new_place(
    old: Old, postgres: Cluster, tmp_path: Path
) -> None:
    """A copy of a SQLite file holds it; another engine gets what is the site's."""
    with old.changing() as site:
        with site.session.transaction():
            site.session.connection.exec_driver_sql("CREATE TABLE weekly_report (id INTEGER)")
            site.session.connection.exec_driver_sql("INSERT INTO weekly_report VALUES (1)")
        backed_up(site, tmp_path / "second")
    with postgres.fresh() as address:
        place = Place(address, old.place.key_path)
        done = restore(tmp_path / "second", place, KEEP, now=LATER)
        assert done.manifest.rows["users"] == 3
        database = Database(address)
        try:
            assert rows_of(database)["users"] == old.rows["users"]
        finally:
            database.close()


def test_bak_3_no_site_is_restored_among_the_tables_of_another_program(
    old: Old, postgres: Cluster
) -> None:
    with postgres.fresh() as address:
        database = Database(address)
        try:
            with database.session() as session, session.transaction():
                session.connection.exec_driver_sql("CREATE TABLE accounts (id INTEGER)")
            with pytest.raises(UnusableDatabase, match=r"another program \(table accounts\)"):
                restore(old.backup, Place(address, old.place.key_path), KEEP, now=LATER)
            assert list(rows_of(database)) == ["accounts"]
        finally:
            database.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_unreadable_site_can_be_replaced(old: Old, site_address: str) -> None:
    path = Path(site_address.removeprefix("sqlite:///"))
    path.write_bytes(b"not a database" * 1000)
    path.with_name(path.name + "-wal").write_bytes(b"rubbish" * 1000)
    with pytest.raises(RestoreRefused, match="no site can be read"):
        old.restore()
    old.restore(Wishes(force=True, tokens="revoke"))
    assert old.live() == set()


@contextmanager
def served(address: str) -> Generator[Database]:
    """A database as a server opens it."""
    database = Database(address, serving=True)
    try:
        database.check()
        yield database
    finally:
        database.close()


def test_a_site_that_is_served_is_not_replaced(
    old: Old, site_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursewire.store.sqlite.LOCK_WAIT", 0.1)
    monkeypatch.setattr("coursewire.store.alone.WAIT", 0.1)
    with (
        served(site_address),
        pytest.raises(UnusableDatabase, match=r"another process serves .*stop it first"),
    ):
        old.restore(KEEP)
    assert old.live() == set(old.handles)
    old.restore(KEEP)


def test_a_server_that_is_being_stopped_is_waited_for(old: Old, site_address: str) -> None:
    server = Database(site_address, serving=True)
    server.check()
    stopping = threading.Timer(0.5, server.close)
    stopping.start()
    old.restore(KEEP)
    stopping.join()


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_a_server_that_was_started_meanwhile_keeps_its_site(old: Old, site_address: str) -> None:
    server = Database(site_address, serving=True)

    def start(*_told: object) -> None:
        server.check()

    with pytest.raises(UnusableDatabase, match="pg_terminate_backend"):
        restore(old.backup, old.place, KEEP, now=LATER, progress=start)
    server.close()
    database = Database(site_address)
    found = rows_of(database)
    database.close()
    assert found["audit_records"] == old.rows["audit_records"]


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_servers_of_sites_beside_are_let_be(old: Old, site_address: str) -> None:
    beside = make_url(site_address).update_query_dict({"options": "-csearch_path=beside"})
    server = Database(beside.render_as_string(hide_password=False), serving=True)
    with server.session() as session:
        session.connection.exec_driver_sql("CREATE SCHEMA beside")
    server.doubt()
    with server.session():
        old.restore(KEEP)
    server.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_site_that_a_command_uses_is_not_replaced(old: Old) -> None:
    with old.changing() as site:
        site.session.scalar(select(func.count()).select_from(users))
        with pytest.raises(UnusableDatabase, match="another process uses"):
            old.restore(KEEP)


@pytest.mark.requirement("BAK-3", "AUD-4")
def test_aud_4_a_site_that_was_not_replaced_keeps_the_end_of_its_record(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the record that stays would be taken for one that was altered."""
    beside = head.path_beside(old.place.key_path)
    with old.changing() as site, site.session.transaction():
        records.append(site.session, [NOTE])
    with old.changing() as site:
        sealed = sealing.seal(site.session, keys.load(old.place.key_path), LATER * 1000)
    assert sealed is not None
    head.write(beside, sealed)
    for name in ("sqlite_copy.replace", "audit_segments.start_anew_after_copy"):
        monkeypatch.setattr(f"coursewire.transfer.restore.{name}", _no_room)
    with pytest.raises(OSError, match="No space"):
        old.restore()
    assert head.read(beside) == sealed
    monkeypatch.undo()
    old.restore()
    with old.changing() as site:
        found = sealing.verify(site.session, keys.load(old.place.key_path))
    assert head.read(beside) == found.head


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_what_a_killed_restore_left_behind_goes_with_the_next(old: Old) -> None:
    left = old.place.key_path.parent / ".restoring-killed"
    left.mkdir()
    (left / "site.sqlite3").touch()
    old.restore(KEEP)
    assert not list(left.parent.glob(".restoring-*"))


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_two_restorations_at_once_let_the_copy_of_the_other_be(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old.place.key_path.parent
    during: list[set[Path]] = []
    unpack = verify.unpack

    def meeting_another(*given: Any, **named: Any) -> None:
        """Unpack; the first one meets another one that goes from its beginning to its end."""
        unpack(*given, **named)
        during.append(set(folder.glob(".restoring-*/*.sqlite3")))
        if len(during) == 1:
            old.restore(KEEP)
            assert set(folder.glob(".restoring-*/*.sqlite3")) == during[0]

    monkeypatch.setattr(verify, "unpack", meeting_another)
    old.restore(KEEP)
    assert list(map(len, during)) == [1, 2]
    assert not list(folder.glob(".restoring-*"))


def test_a_backup_of_a_newer_program_is_refused(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "REVISIONS", ("0000",))
    with pytest.raises(UnusableDatabase, match="newer than this program"):
        old.restore()


RESTORE = """
import sys
from pathlib import Path
from coursewire.transfer.restore import Place, Wishes, restore
print("go", flush=True)
place = Place(sys.argv[2], Path(sys.argv[3]))
restore(Path(sys.argv[1]), place, Wishes(force=True, tokens="keep"), now=1)
"""


@pytest.mark.requirement("BAK-3")
@pytest.mark.slow
def test_a_killed_restore_leaves_the_old_site_or_the_new(old: Old, site_address: str) -> None:
    seen: set[int] = set()
    began = time.monotonic()
    old.restore(KEEP)
    whole = time.monotonic() - began
    attempts = size(8, 50)
    for attempt in range(attempts + 1):
        with old.changing() as site:
            late = making.user(site, f"late{attempt}")
        command = [sys.executable, "-c", RESTORE, str(old.backup), site_address]
        with subprocess.Popen(
            [*command, str(old.place.key_path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            if attempt < attempts:
                time.sleep(whole * attempt / attempts)
                os.kill(process.pid, signal.SIGKILL)
            else:
                assert process.wait() == 0
        database = Database(site_address)
        database.check()
        with copying.snapshot(database) as session:
            count = session.scalar(select(func.count()).select_from(users))
            names = session.scalars(select(users.c.username).where(users.c.id == late))
        database.close()
        before = len(old.rows["users"])
        assert count == before or names == [f"late{attempt}"]
        seen.add(count)
    assert len(seen) > 1


def test_the_manifest_names_its_key_file_without_telling_of_it(old: Old) -> None:
    found = manifest.read(old.backup)
    mine = keys.load(old.place.key_path)
    assert found.keys == manifest.mark(mine)
    assert len(found.keys) == 16
    assert mine.audit.hex()[:16] != found.keys
    assert backup.checksum(old.backup / manifest.DATABASE) == found.sha256
