"""SQLite's log is folded when it has grown, and its file is written in place."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from sqlalchemy import text

from coursewire.store.database import Database
from coursewire.store.sqlite_log import Log
from coursewire.store.sqlite_settings import CHECKPOINT_BYTES, LOG_BYTES

MEGABYTE = 1024 * 1024


@pytest.fixture
def database(tmp_path: Path) -> Generator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'site.sqlite'}", serving=True)
    database.create()
    database.check(schema=False)
    with database.session() as session:
        session.execute(text("CREATE TABLE a (b blob)"))
    yield database
    database.close()


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What came of each time that the log was folded."""
    answers: list[bool] = []
    fold = Log.fold

    def counted(log: Log) -> bool:
        answers.append(fold(log))
        return answers[-1]

    monkeypatch.setattr(Log, "fold", counted)
    return answers


@pytest.fixture
def put(database: Database) -> Callable[[int], None]:
    """Write so many bytes in one transaction."""

    def put(size: int) -> None:
        with database.session() as session, session.transaction():
            session.execute(text("INSERT INTO a VALUES (zeroblob(:size))"), {"size": size})

    return put


def log_bytes(database: Database) -> int:
    assert database.path is not None
    return database.path.with_name("site.sqlite-wal").stat().st_size


def test_the_log_is_folded_once_for_each_of_its_lengths(
    put: Callable[[int], None], folded: list[bool]
) -> None:
    for size in [MEGABYTE] * 6 + [1_000] * 6:
        put(size)
    assert folded == [True]
    for _ in range(3):
        put(MEGABYTE)
    assert folded == [True, True]


def test_the_log_is_written_in_place(database: Database, put: Callable[[int], None]) -> None:
    for _ in range(5):
        put(MEGABYTE)
    before = log_bytes(database)
    assert before >= CHECKPOINT_BYTES
    for _ in range(3):
        put(MEGABYTE)
        assert log_bytes(database) == before


def test_what_a_long_transaction_took_beyond_that_is_given_back(
    database: Database, put: Callable[[int], None]
) -> None:
    put(3 * LOG_BYTES)
    assert log_bytes(database) > 3 * LOG_BYTES
    put(1_000)
    assert log_bytes(database) == LOG_BYTES


def test_a_log_that_is_held_back_is_folded_only_after_as_much_again(
    database: Database, put: Callable[[int], None], folded: list[bool]
) -> None:
    put(1_000)
    with database.session() as reading:
        reading.connection.exec_driver_sql("BEGIN")
        reading.execute(text("SELECT count(*) FROM a")).fetchall()
        for _ in range(10):
            put(MEGABYTE)
        assert folded == [False, False]
        reading.connection.exec_driver_sql("ROLLBACK")
    put(5 * MEGABYTE)
    assert folded == [False, False, True]


def test_the_log_is_found_again_after_its_files_were_doubted(
    database: Database, put: Callable[[int], None], folded: list[bool]
) -> None:
    put(MEGABYTE)
    database.doubt()
    for _ in range(5):
        put(MEGABYTE)
    assert folded == [True]
