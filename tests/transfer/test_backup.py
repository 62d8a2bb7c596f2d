"""BAK-1, BAK-2: backups are whole, consistent and private, and any damage to one is found."""

import errno
import os
import secrets
import shutil
import stat
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, text

from coursewire.audit import sealing
from coursewire.store import copying, keys, postgres, sqlite_copy
from coursewire.store.database import Database
from coursewire.store.migrations import append_only
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.groups import groups as group_table
from coursewire.transfer import backup, manifest, verify
from coursewire.transfer.problems import BadBackup
from tests.support import making
from tests.support.sites import MADE, TestSite
from tests.support.sizes import size

IDLE = "idle_in_transaction_session_timeout"


def backed_up(site: TestSite, folder: Path) -> manifest.Manifest:
    return backup.create(site.database, site.keys, folder, now=MADE, program="0")


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, for comparing two databases."""
    with copying.snapshot(database) as session:
        return {
            table.name: sorted(
                (
                    tuple(value for name, value in row.items() if name != "writer")
                    for part in copying.read(session, table)
                    for row in part
                ),
                key=repr,
            )
            for table in copying.tables(session)
        }


def test_a_backup_holds_every_row(site: TestSite, tmp_path: Path) -> None:
    user = making.user(site, "ann", description="NUL-free \u2028 text, é and 日本")
    making.enrol(site, user, making.course(site, "ALG"))
    making.token(site, user, making.service(site, "s", "core_group_get_groups", users=[user]))
    made = backed_up(site, tmp_path / "backup")
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes((tmp_path / "backup" / manifest.DATABASE).read_bytes())
    copy.chmod(0o600)
    restored = Database(f"sqlite:///{copy}")
    try:
        assert rows_of(restored) == rows_of(site.database)
    finally:
        restored.close()
    assert made.rows["users"] == 3
    assert made.engine == site.engine_name
    assert made.audit.records == made.rows["audit_records"] == made.audit.last
    assert verify.verify(tmp_path / "backup") == made


def test_a_backup_is_for_its_owner_only_and_holds_no_key(site: TestSite, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    backed_up(site, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} == {manifest.DATABASE, manifest.MANIFEST}
    key_file = (tmp_path / "keys.json").read_bytes()
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for word in key_file.split(b'"'):
            assert len(word) < 40 or word not in path.read_bytes()


def test_a_backup_overwrites_nothing_and_leaves_nothing_half(
    site: TestSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    with pytest.raises(BadBackup, match="overwrites nothing"):
        backed_up(site, folder)
    folder.rmdir()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "write", fail)
    with pytest.raises(OSError, match="No space left"):
        backed_up(site, folder)
    assert not [path for path in tmp_path.iterdir() if "backup" in path.name]


@pytest.mark.requirement("BAK-1")
def test_of_two_backups_into_one_folder_the_first_to_be_whole_stays(
    site: TestSite, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    others: list[manifest.Manifest] = []

    def meet_another(*_: object) -> None:
        if not others:
            others.append(backup.create(site.database, site.keys, folder, now=MADE, program="1"))

    with pytest.raises(BadBackup, match="overwrites nothing"):
        backup.create(
            site.database, site.keys, folder, now=MADE, program="0", progress=meet_another
        )
    assert verify.verify(folder, site.keys) == others[0]
    assert [path for path in tmp_path.iterdir() if "backup" in path.name] == [folder]


def test_what_a_killed_backup_left_behind_goes_with_the_next(
    site: TestSite, tmp_path: Path
) -> None:
    """That of one that still runs stays."""
    during: list[set[Path]] = []

    def unfinished() -> set[Path]:
        return set(tmp_path.glob(".unfinished-backup-*/*"))

    def meet_another(*_: object) -> None:
        if not during:
            during.append(unfinished())
            backed_up(site, tmp_path / "other")
            during.append(unfinished())

    left = tmp_path / ".unfinished-backup-killed" / "backup"
    left.mkdir(parents=True)
    folder = tmp_path / "mine"
    backup.create(site.database, site.keys, folder, now=MADE, program="0", progress=meet_another)
    assert left not in during[0]
    assert during[1] == during[0] != set()
    assert unfinished() == set()
    verify.verify(folder)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_others_left_in_a_folder_that_is_shared_stays(
    site: TestSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / ".unfinished-backup-theirs" / "backup"
    left.mkdir(parents=True)
    ours = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: ours + 1)
    backed_up(site, tmp_path / "mine")
    assert left.exists()


@pytest.mark.requirement("BAK-1")
@pytest.mark.slow
def test_backups_under_load_are_consistent(site: TestSite, tmp_path: Path) -> None:
    """A writer adds a group together with its two members; no backup may show one without them."""
    course = making.course(site, "ALG")
    people = [making.user(site, name) for name in ("ann", "ben")]
    stop, written = threading.Event(), [0]

    def write() -> None:
        with site.database.session() as session:
            while not stop.is_set():
                with session.transaction():
                    values = {"course_id": course, "name": secrets.token_hex(8)}
                    group = session.insert(group_table.insert(), values)
                    for person in people:
                        values = {"group_id": group, "user_id": person}
                        session.insert(group_members.insert(), values)
                written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(size(10, 100)):
            before = written[0]
            made = backed_up(site, tmp_path / f"backup{number}")
            assert made.rows["group_members"] == 2 * made.rows["groups"] >= 2 * before
            verify.verify(tmp_path / f"backup{number}")
    finally:
        stop.set()
        writer.join()
    assert written[0] > 20, "the writer was held up"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_flipped_bit_anywhere_is_found(site: TestSite, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    backed_up(site, folder)
    files = [folder / manifest.DATABASE, folder / manifest.MANIFEST]
    for attempt in range(size(200, 2000)):
        path = files[attempt % 2]
        content = bytearray(path.read_bytes())
        bit = secrets.randbelow(len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
        original = path.read_bytes()
        path.write_bytes(content)
        with pytest.raises(BadBackup):
            verify.verify(folder)
        path.write_bytes(original)
    verify.verify(folder)


def test_bak_2_an_audit_record_that_was_altered_before_the_backup_is_found(
    site: TestSite, tmp_path: Path
) -> None:
    call = site.call()
    with call.transaction():
        call.audit.record("test.note", "thing")
    sealing.seal_waiting(site.session, site.keys, MADE * 1000)
    backed_up(site, tmp_path / "good")
    verify.verify(tmp_path / "good", site.keys)
    with site.session.transaction():
        append_only.release(site.session.connection)
        site.session.execute(text("UPDATE audit_records SET target = 'other'"))
    backed_up(site, tmp_path / "bad")
    verify.verify(tmp_path / "bad")
    with pytest.raises(BadBackup, match="was altered"):
        verify.verify(tmp_path / "bad", site.keys)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_is_missing_or_odd_is_named(site: TestSite, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    backed_up(site, folder)
    (folder / "more").touch()
    with pytest.raises(BadBackup, match="more does not belong to"):
        verify.verify(folder)
    (folder / "more").unlink()
    (folder / manifest.DATABASE).unlink()
    with pytest.raises(BadBackup, match=r"site\.sqlite3 is missing from"):
        verify.verify(folder)
    (folder / manifest.MANIFEST).unlink()
    with pytest.raises(BadBackup, match="is no backup"):
        verify.verify(folder)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_manifest_that_lies_is_found(site: TestSite, tmp_path: Path) -> None:
    """The checksum of a manifest can be made again by anybody; its counts must still be true."""
    truth = backed_up(site, tmp_path / "backup")
    lies: list[dict[str, Any]] = [
        {"rows": {**truth.rows, "users": 1}},
        {"audit": manifest.AuditHead(records=1, last=1)},
        {"revision": "0000"},
    ]
    path = tmp_path / "backup" / manifest.MANIFEST
    for lie in lies:
        path.unlink()
        manifest.write(tmp_path / "backup", msgspec.structs.replace(truth, **lie))
        with pytest.raises(BadBackup, match="does not"):
            verify.verify(tmp_path / "backup")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_backup_of_another_form_is_told(site: TestSite, tmp_path: Path) -> None:
    truth = backed_up(site, tmp_path / "backup")
    (tmp_path / "backup" / manifest.MANIFEST).unlink()
    manifest.write(tmp_path / "backup", msgspec.structs.replace(truth, format=2))
    with pytest.raises(BadBackup, match="has format 2, this program knows 1"):
        verify.verify(tmp_path / "backup")


def test_an_empty_database_is_not_backed_up(database_url: str, tmp_path: Path) -> None:
    """Its backup would look like one, and hold nothing."""
    database = Database(database_url)
    database.create()
    made = keys.create(tmp_path / "keys.json")
    with pytest.raises(BadBackup, match="there is nothing to back up"):
        backup.create(database, made, tmp_path / "backup", now=MADE, program="0")
    assert not (tmp_path / "backup").exists()
    database.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_rows_without_what_they_refer_to_are_found(site: TestSite, tmp_path: Path) -> None:
    connection = site.session.connection
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("INSERT INTO sections (course_id, section) VALUES (4711, 0)")
    connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    backed_up(site, tmp_path / "backup")
    with pytest.raises(BadBackup, match="rows of sections refer to nothing"):
        verify.verify(tmp_path / "backup")
    assert sqlite_copy.problems(tmp_path / "nothing.sqlite")


def test_the_copy_is_as_of_one_moment(site: TestSite, tmp_path: Path) -> None:
    """Writes that come while the copy is made are not in it, and do not begin it anew."""
    course = making.course(site, "ALG")
    told: list[int] = []

    def write_meanwhile(_what: str, done: int, _of: int) -> None:
        told.append(done)
        if len(told) < 5:
            with site.session.transaction():
                values = {"course_id": course, "name": f"late {len(told)}"}
                site.session.insert(group_table.insert(), values)

    folder = tmp_path / "backup"
    made = backup.create(
        site.database, site.keys, folder, now=MADE, program="0", progress=write_meanwhile
    )
    assert made.rows["groups"] == 0
    assert site.session.scalar(select(func.count()).select_from(group_table)) >= 1


@pytest.mark.requirement("BAK-1")
def test_a_disk_without_room_for_a_backup_is_named(
    site: TestSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one would look at the disk of the database, which is only read."""

    def no_room(_source: object, target: Path, *_: object) -> None:
        database = Database(f"sqlite:///{target.with_name('small')}")
        database.create()
        with database.session() as session:
            session.connection.exec_driver_sql("PRAGMA max_page_count = 1")
            session.connection.exec_driver_sql("CREATE TABLE large (id integer)")

    monkeypatch.setattr(sqlite_copy, "copy", no_room)
    monkeypatch.setattr(backup, "_copy_rows", no_room)
    with pytest.raises(BadBackup, match="no room for a backup in") as told:
        backed_up(site, tmp_path / "mnt" / "backup")
    assert str(told.value).endswith(str(tmp_path / "mnt"))
    assert not list((tmp_path / "mnt").iterdir())


@pytest.mark.requirement("BAK-2")
def test_a_disk_without_room_to_look_at_a_backup_is_not_taken_for_a_damaged_one(
    site: TestSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backup"
    backed_up(site, folder)

    def no_room(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(source), None, str(target))

    monkeypatch.setattr(shutil, "copyfile", no_room)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with pytest.raises(BadBackup, match="no room for a copy of it in") as told:
        verify.verify(folder)
    assert str(tmp_path / "coursewire-verify-") in str(told.value)


@pytest.mark.requirement("BAK-1")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_a_disk_that_stalls_does_not_break_a_copy_off(
    site: TestSite, site_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends who does nothing in a transaction: here after 100 ms, not 30 s."""
    limits = postgres._LIMITS.replace(f"{IDLE}', '30s'", f"{IDLE}', '100ms'")
    assert limits != postgres._LIMITS
    monkeypatch.setattr(postgres, "_LIMITS", limits)
    database = Database(site_address)
    stalls = iter([0.5])

    def stall(_what: str, _done: int, _of: int) -> None:
        time.sleep(next(stalls, 0))

    try:
        made = backup.create(
            database, site.keys, tmp_path / "backup", now=MADE, program="0", progress=stall
        )
    finally:
        database.close()
    assert made.rows["users"]
