"""`backup`, `verify`, `restore` and `migrate` as commands, on both engines (BAK-1…4, MIG-1)."""

import json
import re
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from coursewire.store import audit, revisions
from coursewire.store.database import Database
from coursewire.store.migrations import run
from coursewire.store.problems import UnusableDatabase
from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite


def actions(site: TestSite) -> list[str]:
    return [record.action for record in audit.records(site.session)]


def test_a_backup_goes_into_the_sites_folder(placed: Command, site: TestSite) -> None:
    making.user(site, "ann")
    done = placed("backup")
    (folder,) = Path("place/backups").iterdir()
    assert re.fullmatch(r"\d{8}T\d{6}Z", folder.name)
    assert done.out.startswith(f"Backed up to {folder.absolute()}: 3 users, 1 course, 0 tokens")
    assert "keys.json elsewhere" in done.out
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert actions(site)[0] == "site.backup"
    shown = placed("verify", str(folder))
    assert "checked" in shown.out
    assert shown.out.endswith("The backup is whole.\n")
    assert placed("verify", str(folder), "--json").json["rows"]["users"] == 3


def test_a_backup_can_be_told_where_to_go_and_overwrites_nothing(placed: Command) -> None:
    told = placed("backup", "elsewhere/one", "--json").json
    assert told["folder"] == "elsewhere/one"
    assert len(told["sha256"]) == 64
    assert "overwrites nothing" in placed.refused("backup", "elsewhere/one")


def test_bak_1_a_table_of_somebody_else_does_not_hinder_a_backup(
    placed: Command, site: TestSite
) -> None:
    """A copy row by row has no place for it, and tells so; a copy of the file holds it as well."""
    with site.session.transaction():
        site.session.connection.exec_driver_sql("CREATE TABLE weekly_report (id INTEGER)")
        site.session.connection.exec_driver_sql("INSERT INTO weekly_report VALUES (1)")
    done = placed("backup", "one")
    is_told = "not in the backup, since Coursewire did not make them: tables weekly_report"
    assert (is_told in " ".join(done.err.split())) == (site.engine_name == "postgresql")
    rows = placed("verify", "one", "--json").json["rows"]
    assert ("weekly_report" in rows) == (site.engine_name == "sqlite")


def test_bak_3_tables_of_somebody_else_that_are_not_restored_are_told(
    placed: Command, site_address: str
) -> None:
    """What somebody keeps of the same name in the new place stays as it is there."""
    in_server = site_address.startswith("postgresql")
    placed("init", "--data", "small", "--database", "sqlite:///small.sqlite3")
    with closing(sqlite3.connect("small.sqlite3")) as database, database:
        database.execute("CREATE TABLE monthly_report (id INTEGER)")
        database.execute("CREATE TABLE weekly_report (id INTEGER)")
        database.execute("INSERT INTO weekly_report VALUES (2)")
    placed("backup", "one", "--data", "small", "--database", "sqlite:///small.sqlite3")
    shutil.copy("small/keys.json", "place/keys.json")

    with closing(Database(site_address)) as base, base.session() as session, session.transaction():
        session.connection.exec_driver_sql("CREATE TABLE weekly_report (id INTEGER)")
        session.connection.exec_driver_sql("INSERT INTO weekly_report VALUES (1)")
    done = placed("restore", "one", "--force", "--keep")
    is_told = "not restored, since Coursewire did not make them: tables monthly_report, weekly_rep"
    assert (is_told in " ".join(done.err.split())) == in_server
    with closing(Database(site_address)) as base, base.session() as session:
        assert session.scalar(text("SELECT id FROM weekly_report")) == (1 if in_server else 2)
        assert session.scalar(text("SELECT count(*) FROM weekly_report")) == 1


def test_a_damaged_backup_is_told(placed: Command) -> None:
    placed("backup", "one")
    path = Path("one/site.sqlite3")
    path.write_bytes(path.read_bytes().replace(b"Learning", b"Leaning!", 1))
    for command in (("verify", "one"), ("restore", "one", "--force")):
        assert "is damaged" in placed.refused(*command)
    assert "is no backup" in placed.refused("verify", "nothing")


def test_a_site_is_restored_by_force_only(placed: Command) -> None:
    placed("backup", "one")
    placed("service", "create", "Late")
    told = placed.refused("restore", "one")
    assert "--force" in told
    done = placed("restore", "one", "--force")
    assert done.out.startswith("Restored the site as it was on ")
    assert "Late" not in placed("service", "list").out


def back_up_with_a_token(placed: Command, site: TestSite) -> None:
    user = making.user(site, "bot")
    making.token(site, user, making.service(site, "s", users=[user]), validuntil=0)
    placed("backup", "one")
    site.session.connection.close()
    site.database.close()


def test_tokens_that_end_by_restoring_are_counted(placed: Command, site: TestSite) -> None:
    back_up_with_a_token(placed, site)
    done = placed("restore", "one", "--force", "--revoke-all")
    assert "1 token ended or disabled that worked in the backup." in done.out
    told = placed("restore", "one", "--force", "--keep", "--json").json
    assert told["tokens_ended"] == 0
    assert placed("token", "list", "--json").json[0]["state"] == "live"
    both = ("restore", "one", "--revoke-all", "--keep")
    assert "not both" in placed.refused(*both, code=2)


@pytest.mark.requirement("BAK-3", "TOK-4")
def test_tokens_of_a_key_that_was_removed_since_are_told(placed: Command, site: TestSite) -> None:
    back_up_with_a_token(placed, site)
    placed("keys", "rotate")
    assert placed("restore", "one", "--force").err == ""
    placed("keys", "rotate", "--finish", "--yes")
    done = placed("restore", "one", "--force", "--keep")
    assert "1 token of the backup will not work" in done.err
    assert "the key file of the day of the backup" in done.err
    told = placed("restore", "one", "--force", "--keep", "--json").json
    assert told["tokens_without_key"] == 1
    assert placed("restore", "one", "--force", "--revoke-all").err == ""


def test_a_file_is_no_folder_for_a_site(placed: Command, tmp_path: Path) -> None:
    placed("backup", "one")
    (tmp_path / "file").touch()
    told = placed.refused("restore", "one", "--keep", "--data", "file", code=3)
    assert "file is a file; the data of a site needs a folder" in told


def test_a_folder_that_others_may_enter_gets_no_site(placed: Command, tmp_path: Path) -> None:
    placed("backup", "copy")
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    there.chmod(0o755)
    told = placed.refused("restore", "copy", "--data", str(there), "--keep", code=3)
    assert f"chmod 700 {there}" in told
    assert not list(there.iterdir())


def test_a_new_place_wants_the_key_file(command: Command, tmp_path: Path) -> None:
    command("init", "--data", "data")
    command("backup", "one", "--data", "data")
    new = ("restore", "one", "--data", "new")
    assert "there is no key file new/keys.json" in command.refused(*new)
    (tmp_path / "new").mkdir(mode=0o700)
    shutil.copy2("data/keys.json", "new/keys.json")
    assert "--revoke-all" in command.refused(*new)
    command(*new, "--keep")
    command("user", "show", "admin", "--data", "new")
    command("restore", "one", "--data", "lost", "--without-keys")
    command("user", "show", "admin", "--data", "lost")


KNOWN = revisions.REVISIONS
NEWEST, NEXT = KNOWN[-1], "9999"
REVISION = f"""
from alembic import op
import sqlalchemy as sa
revision = "{NEXT}"
down_revision = "{NEWEST}"
branch_labels = None
depends_on = None
def upgrade():
    op.add_column("courses", sa.Column("motto", sa.Text(), nullable=False, server_default=""))
def downgrade():
    op.drop_column("courses", "motto")
"""


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that knows one step more than the one that made the site."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(run.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"{NEXT}_motto.py").write_text(REVISION)
    monkeypatch.setattr(run, "_FOLDER", folder)
    monkeypatch.setattr(revisions, "REVISIONS", (*KNOWN, NEXT))


def test_a_site_at_the_newest_revision_needs_nothing(placed: Command) -> None:
    newest = revisions.REVISIONS[-1]
    assert placed("migrate").out == f"The database is at revision {newest} already.\n"
    assert not Path("place/backups").exists()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_site_at_the_newest_revision_is_not_written(
    placed: Command, site_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the command wait for a server that writes."""
    monkeypatch.setattr(
        "coursewire.store.sqlite_settings.connect.__kwdefaults__", {"busy_timeout": 0.1}
    )
    path = site_address.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as server:
        server.execute("BEGIN IMMEDIATE")
        assert placed("migrate").out.endswith(" already.\n")


@pytest.mark.usefixtures("newer")
def test_an_older_site_is_backed_up_and_migrated(placed: Command, site_address: str) -> None:
    told = placed.refused("user", "list", code=3)
    assert "run `coursewire migrate`, which makes a backup first" in told
    # So it would be no use to ask for one before.
    assert placed.refused("backup", code=3) == told
    done = placed("migrate")
    (folder,) = Path("place/backups").iterdir()
    assert folder.name.endswith(f"-revision-{NEWEST}")
    assert f"Made a backup in {folder.absolute()}." in done.out
    assert done.out.endswith(f"The database went from revision {NEWEST} to {NEXT}.\n")
    placed("verify", str(folder))
    placed("user", "list")
    database = Database(site_address)
    with database.session() as session:
        assert audit.records(session, limit=1)[0].action == "site.migrate"
    database.close()


def begin_older(server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin to serve as a program that knows one step less."""
    with monkeypatch.context() as older:
        older.setattr(revisions, "REVISIONS", KNOWN)
        server.check()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants a database alone waits hardly for others."""
    monkeypatch.setattr("coursewire.store.sqlite.LOCK_WAIT", 0.1)
    monkeypatch.setattr("coursewire.store.alone.WAIT", 0.1)


@pytest.mark.usefixtures("newer", "impatient")
def test_mig_1_a_site_that_is_served_is_not_migrated(
    placed: Command, site_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Database(site_address, serving=True)
    begin_older(server, monkeypatch)
    try:
        assert "another process serves" in placed.refused("migrate", code=3)
    finally:
        server.close()
    assert not Path("place/backups").exists()
    assert f"to {NEXT}." in placed("migrate").out


@pytest.mark.usefixtures("newer", "impatient")
def test_mig_1_a_server_that_was_started_during_the_backup_keeps_its_tables(
    placed: Command, site_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Database(site_address, serving=True)
    refused: list[str] = []

    def start(*_: object) -> None:
        try:
            begin_older(server, monkeypatch)
        except UnusableDatabase as problem:
            refused.append(str(problem))

    monkeypatch.setattr("coursewire.cli.migrate.write", start)
    try:
        done = placed("migrate", code=None)
    finally:
        server.close()
    if site_address.startswith("sqlite"):
        assert (done.code, len(refused)) == (0, 1)
    else:
        assert done.code == 3
        assert "another process serves" in done.err
        assert steps_recorded(site_address) == []


def steps_recorded(address: str) -> list[Any]:
    """What the records say of the steps, the oldest first."""
    database = Database(address)
    with database.session() as session:
        found = audit.records(session, action="site.migrate")
    database.close()
    return [json.loads(record.details) for record in reversed(found)]


@pytest.mark.usefixtures("newer")
def test_aud_1_each_step_is_recorded_there_and_back(placed: Command, site_address: str) -> None:
    older = KNOWN[-2]
    placed("migrate", "--no-backup")
    placed("migrate", "--no-backup", "--to", older)
    placed("migrate", "--no-backup")
    up = [{"before": older, "after": NEWEST}, {"before": NEWEST, "after": NEXT}]
    down = [{"before": NEXT, "after": NEWEST}, {"before": NEWEST, "after": older}]
    assert steps_recorded(site_address) == [up[1], *down, *up]


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize("back", [False, True])
def test_aud_2_a_step_whose_record_cannot_be_written_is_not_taken(
    placed: Command, site_address: str, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    if back:
        placed("migrate", "--no-backup")
    goal = ("migrate", "--no-backup", *(("--to", NEWEST) if back else ()))
    before = steps_recorded(site_address)
    with monkeypatch.context() as broken:
        broken.setattr(audit, "append", failing)
        with pytest.raises(RuntimeError, match="no room"):
            placed(*goal)
    assert steps_recorded(site_address) == before
    assert "The database went from" in placed(*goal).out
    assert len(steps_recorded(site_address)) == len(before) + 1


@pytest.mark.usefixtures("newer")
def test_aud_2_a_step_that_fails_leaves_no_record(
    placed: Command, site_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(run, "_run", failing)
        with pytest.raises(RuntimeError, match="no room"):
            placed("migrate", "--no-backup")
    assert steps_recorded(site_address) == []
    placed("migrate", "--no-backup")
    monkeypatch.setattr(run, "_run", failing)
    with pytest.raises(RuntimeError, match="no room"):
        placed("migrate", "--no-backup", "--to", NEWEST)
    assert len(steps_recorded(site_address)) == 1


def failing(*_: object) -> None:
    msg = "no room"
    raise RuntimeError(msg)


@pytest.mark.usefixtures("newer")
def test_there_is_a_way_back(placed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    placed("migrate", "--no-backup")
    assert not Path("place/backups").exists()
    placed("service", "create", "Kept")
    placed("migrate", "--to", NEWEST)
    assert "coursewire migrate" in placed.refused("user", "list", code=3)
    monkeypatch.setattr(revisions, "REVISIONS", KNOWN)
    assert "Kept" in placed("service", "list").out


@pytest.mark.usefixtures("newer")
def test_a_revision_without_a_name_is_not_the_newest(placed: Command) -> None:
    """What a script says where its variable is not set."""
    assert "there is no revision ''" in placed.refused("migrate", "--to", "", code=2)
    assert "coursewire migrate" in placed.refused("user", "list", code=3)


@pytest.mark.usefixtures("newer")
def test_a_backup_of_an_older_program_is_restored_and_migrated(
    placed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "REVISIONS", KNOWN)
    placed("backup", "one")
    monkeypatch.setattr(revisions, "REVISIONS", (*KNOWN, NEXT))
    placed("restore", "one", "--force", "--keep")
    placed("user", "list")
    placed("backup", "two")
    monkeypatch.setattr(revisions, "REVISIONS", KNOWN)
    assert "newer than this program" in placed.refused("restore", "two", "--force", code=3)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_empty_database_is_not_migrated(placed: Command, site_address: str) -> None:
    path = Path(site_address.removeprefix("sqlite:///"))
    path.write_bytes(b"")
    assert "the database is empty" in placed.refused("migrate", code=3)
    assert "the database is empty" in placed.refused("backup", code=3)


def test_an_unknown_revision_is_refused(placed: Command) -> None:
    assert "'7777'" in placed.refused("migrate", "--to", "7777", code=2)
