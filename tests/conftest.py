"""Fixtures for all tests: databases on both engines."""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import structlog

from coursewire.domain import token_values
from coursewire.server.listen import COLLECT_AFTER
from tests.canaries import leftovers
from tests.support import postgres as private
from tests.support.postgres_keeper import READY
from tests.support.sites import TestSite, fresh_address, opened
from tests.support.web import Web
from tests.support.web import web as web_application

STATE = "COURSEWIRE_TEST_STATE"
OWNER = "COURSEWIRE_TEST_OWNER"


def pytest_configure(config: pytest.Config) -> None:
    """Let the main process own what its workers share: they find it by these variables."""
    if not hasattr(config, "workerinput"):
        os.environ[STATE] = tempfile.mkdtemp(prefix="coursewire-tests-")
        os.environ[OWNER] = str(os.getpid())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse names that hold an address: several processes could not agree on them."""
    bad = next((item.nodeid for item in items if " at 0x" in item.nodeid), None)
    if bad is not None:
        msg = f"give the parameters ids: {bad}"
        raise pytest.UsageError(msg)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the collector pass over all that is collected, which lasts as long as the run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(*COLLECT_AFTER)


@pytest.fixture(scope="session", autouse=True)
def marked_tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all tokens begin alike, and note where the tests of this process leave their files."""
    noted = Path(os.environ[STATE]) / f"{os.getpid()}{leftovers.NOTED}"
    noted.write_text(str(tmp_path_factory.getbasetemp()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_values, "secrets", leftovers.MarkedSecrets)
        yield


@pytest.fixture(scope="session", autouse=True)
def uncached_loggers() -> Iterator[None]:
    """Let loggers ask anew how to log: commands set it up in this process, tests capture it.

    One that was kept from the command before logs past whoever captures afterwards.
    """
    configure = structlog.configure

    def without_cache(**values: Any) -> None:
        configure(**{**values, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", without_cache)
        yield


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look for tokens in what all tests left; the run fails where there is one (AUD-6)."""
    if hasattr(session.config, "workerinput"):
        return
    state = Path(os.environ[STATE])
    folders = [Path(noted.read_text()) for noted in state.glob(f"*{leftovers.NOTED}")]
    places = leftovers.left(state, *folders)
    if (state / READY).exists():
        places = chain(places, leftovers.whole(private.start(state, os.getpid()).folder()))
    for hit in leftovers.found(places):
        sys.stderr.write(f"\na token of a test lies in {hit.place} ({hit.writing})\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    state = Path(os.environ[STATE])
    if (state / READY).exists():
        private.start(state, os.getpid()).stop()
    shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[private.Cluster]:
    """The one PostgreSQL cluster of this run, started by the first test that asks for it.

    Without PostgreSQL on the machine this raises, so the run fails and says what to install.
    """
    cluster = private.start(Path(os.environ[STATE]), int(os.environ[OWNER]))
    yield cluster
    cluster.forget_lent()


@pytest.fixture(params=["sqlite", "postgres"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Runs a test once per database engine."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    cluster: private.Cluster = request.getfixturevalue("postgres")
    with cluster.fresh() as address:
        yield address


@pytest.fixture
def site_address(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, fresh site, once on SQLite and once on PostgreSQL."""
    cluster = request.getfixturevalue("postgres") if engine_name == "postgres" else None
    with fresh_address(tmp_path, Path(os.environ[STATE]), cluster) as address:
        yield address


@pytest.fixture
def site(site_address: str, tmp_path: Path) -> Iterator[TestSite]:
    """A fresh site, once on SQLite and once on PostgreSQL; see `tests.support.sites`."""
    with opened(site_address, tmp_path) as found:
        yield found


@pytest.fixture
def web(site: TestSite) -> Iterator[Web]:
    """The web application of `site`, web services and REST on; see `tests.support.web`."""
    with web_application(site) as found:
        yield found
