"""PostgreSQL restarted, its back-ends killed, its network stalled, under load (DUR-10)."""

import random
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from coursewire.settings import Settings
from tests.faults.conftest import SITE
from tests.faults.soundness import require_sound
from tests.faults.victims import READY_WITHIN, settings_of, victim
from tests.faults.writers import Crowd, ask, names_in
from tests.support import seeds
from tests.support.postgres import binaries
from tests.support.postgres_keeper import Keeper
from tests.support.served import run
from tests.support.sizes import size

RESTARTS = size(6, 20)
KILLED = size(20, 200)
WRITERS = 4
# The server gives up connecting after 3 s.
ANSWERED_WITHIN = 10.0
pytestmark = [pytest.mark.slow, pytest.mark.requirement("DUR-10")]


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    """A cluster that nobody else uses: it is going to be treated badly."""
    # A folder of its own, which will belong to the unprivileged user.
    found = Keeper(binaries(), Path(tempfile.mkdtemp(prefix="coursewire-postgres-")))
    found.create()
    try:
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def address(keeper: Keeper) -> str:
    return keeper.run()


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    name = f"site_{time.monotonic_ns()}"
    with psycopg.connect(_dsn(f"{address}/postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    found = settings_of(tmp_path / "data", f"{address}/{name}")
    environ = {"COURSEWIRE_DATABASE": found.database}
    run("apply", str(SITE), "--data", found.data, "--yes", environ=environ)
    return found


def _dsn(address: str) -> str:
    return address.replace("+psycopg", "")


def restart_at_once(keeper: Keeper) -> None:
    """Crash the server, as `pg_ctl -m immediate` does, and start it again."""
    assert keeper.server is not None
    keeper.server.send_signal(signal.SIGQUIT)
    keeper.server.wait(30)
    keeper.server = keeper.start("postgres", "-D", str(keeper.data))
    assert keeper.accepts()


def until_written(crowd: Crowd) -> float:
    """Wait until a write is acknowledged that was not before; gives the seconds."""
    began, before = time.monotonic(), len(crowd.acknowledged)
    while len(crowd.acknowledged) <= before:
        assert time.monotonic() - began < 6 * READY_WITHIN
        time.sleep(0.01)
    return time.monotonic() - began


@pytest.mark.alone
def test_dur_10_restarts_under_load_lose_nothing(settings: Settings, keeper: Keeper) -> None:
    chance = random.Random(seeds.chosen("restarts"))
    waits: list[float] = []
    with victim(settings) as server:
        crowd = Crowd(server.port, WRITERS)
        crowd.begin()
        for _ in range(RESTARTS):
            time.sleep(chance.uniform(0.1, 0.6))
            restart_at_once(keeper)
            waits.append(until_written(crowd))
        crowd.end()
        crowd.settle()
        crowd.require(names_in(server.port))
        require_sound(settings)
    seeds.told(f"{RESTARTS} restarts, {len(crowd.acknowledged)} groups, wait {max(waits):.2f} s")
    assert max(waits) <= READY_WITHIN


def test_dur_10_killed_back_ends_lose_nothing(settings: Settings) -> None:
    chance = random.Random(seeds.chosen("back-ends"))
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    killed = 0
    with (
        psycopg.connect(_dsn(settings.database), autocommit=True) as connection,
        victim(settings) as server,
    ):
        crowd = Crowd(server.port, WRITERS)
        crowd.begin()
        for _ in range(KILLED):
            time.sleep(chance.uniform(0.01, 0.1))
            killed += len(connection.execute(kill).fetchall())
        until_written(crowd)
        crowd.end()
        crowd.settle()
        crowd.require(names_in(server.port))
    assert killed >= KILLED
    require_sound(settings)
    seeds.told(f"{killed} back-ends killed, {len(crowd.acknowledged)} groups")


class Stalling:
    """A proxy before PostgreSQL that can stop passing bytes on, or cut all connections."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._flowing = threading.Event()
        self._flowing.set()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def cut(self) -> None:
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        self.flow()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.close()


@contextmanager
def stalling(settings: Settings) -> Iterator[tuple[Stalling, Settings]]:
    port = urlsplit(settings.database).port
    assert port is not None
    proxy = Stalling(port)
    try:
        through = settings.database.replace(f":{port}/", f":{proxy.port}/")
        yield proxy, settings_of(Path(settings.data), through)
    finally:
        proxy.close()


def test_dur_10_a_network_that_stalls_and_drops_loses_nothing(settings: Settings) -> None:
    with stalling(settings) as (proxy, through), victim(through) as server:
        crowd = Crowd(server.port, WRITERS)
        for pause in (1.0, size(4, 30)):
            crowd.begin()
            until_written(crowd)
            proxy.stall()
            time.sleep(pause)
            proxy.cut()
            proxy.flow()
            until_written(crowd)
            crowd.end()
            crowd.settle()
        crowd.require(names_in(server.port))
    require_sound(settings)


@pytest.mark.alone
def test_dur_10_a_server_that_is_away_is_told_and_comes_back(
    settings: Settings, keeper: Keeper
) -> None:
    with victim(settings) as server:
        assert ask(server.port, "core_webservice_get_site_info", {})[0] == 200
        assert keeper.server is not None
        keeper.server.send_signal(signal.SIGQUIT)
        keeper.server.wait(30)
        began = time.monotonic()
        status, answer = ask(server.port, "core_webservice_get_site_info", {})
        assert time.monotonic() - began < ANSWERED_WITHIN
        assert (status, answer["errorcode"]) == (503, "databaseunavailable")
        keeper.server = keeper.start("postgres", "-D", str(keeper.data))
        assert keeper.accepts()
        assert ask(server.port, "core_webservice_get_site_info", {})[0] == 200
