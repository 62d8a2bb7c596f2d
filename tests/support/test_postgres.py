"""The private cluster: one for all workers, fresh databases, gone with its owner."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support import postgres as private
from tests.support.postgres_keeper import alive

ROOT = Path(__file__).resolve().parents[2]
ORPHAN = """
import os, sys
from pathlib import Path
from tests.support.postgres import start
server = start(Path(sys.argv[1]), os.getpid())
server.create("orphan")
print(server.keeper, flush=True)
os._exit(1)
"""


def test_every_engine_answers(database_url: str, engine_name: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert engine.dialect.name.startswith(engine_name)
    engine.dispose()


def test_the_cluster_sorts_by_byte_and_speaks_utf8(postgres: private.Cluster) -> None:
    with postgres.fresh() as address, psycopg.connect(address.replace("+psycopg", "")) as db:
        shown = db.execute(
            "SELECT datcollate, pg_encoding_to_char(encoding),"
            " current_setting('listen_addresses') FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
    assert shown == ("C", "UTF8", "127.0.0.1")


def test_the_server_is_not_run_by_root(postgres: private.Cluster) -> None:
    with psycopg.connect(postgres.dsn("postgres")) as db:
        row = db.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        owner = Path(f"/proc/{row[0]}").stat().st_uid  # while connected: it ends with us
    assert owner != 0


def test_a_wrong_password_is_refused(postgres: private.Cluster) -> None:
    user, _, rest = postgres.dsn("postgres").rpartition("@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{user}x@{rest}")


def test_a_template_is_made_once_and_copied(postgres: private.Cluster) -> None:
    made: list[str] = []
    name = f"example_{os.getpid()}"

    def prepare(address: str) -> None:
        made.append(address)
        with psycopg.connect(address.replace("+psycopg", "")) as db:
            db.execute("CREATE TABLE example (id integer)")

    for _ in range(2):
        with (
            postgres.fresh(template=postgres.template(name, prepare)) as copy,
            psycopg.connect(copy.replace("+psycopg", "")) as db,
        ):
            assert db.execute("SELECT count(*) FROM example").fetchone() == (0,)
    assert len(made) == 1
    postgres.drop(name)


def test_a_killed_owner_leaves_no_cluster_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    keeper = int(ended.stdout)
    deadline = time.monotonic() + 30
    while alive(keeper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(keeper)


def test_without_postgresql_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COURSEWIRE_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(private.PostgresMissing, match="apt-get install postgresql"):
        private.binaries()
