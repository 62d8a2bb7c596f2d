"""A private PostgreSQL cluster from the system's binaries, for tests, benchmarks and scripts.

with cluster() as server:
    url = server.create("site")     # postgresql+psycopg://…/site
    ...
    server.drop("site")
"""

import fcntl
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import psycopg
from psycopg import sql

from coursewire.testkit.running import MEMORY
from tests.support.lending import Lent, NotAsBefore
from tests.support.postgres_keeper import FAILED, READY, alive

OLDEST = 15
START_WITHIN = 120.0
ENOUGH = 6 * 2**30
INSTALL = (
    "PostgreSQL 15 or later is needed and was not found. On Debian or Ubuntu: "
    "apt-get install postgresql (its `initdb` and `postgres` under /usr/lib/postgresql/*/bin, "
    "or on the PATH, or in the folder that COURSEWIRE_POSTGRES_BIN names)."
)


class PostgresMissing(Exception):
    """There is no usable PostgreSQL on this machine; the text says what to install."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL of this machine."""
    chosen = os.environ.get("COURSEWIRE_POSTGRES_BIN")
    if chosen:
        candidates = [Path(chosen)]
    else:
        packaged = Path("/usr/lib/postgresql").glob("*/bin")
        newest = sorted(packaged, key=lambda folder: int(folder.parent.name), reverse=True)
        on_path = shutil.which("initdb")
        candidates = newest + ([Path(on_path).resolve().parent] if on_path else [])
    for folder in candidates:
        if (folder / "initdb").exists() and version(folder) >= OLDEST:
            return folder
    raise PostgresMissing(INSTALL)


def version(folder: Path) -> int:
    command = [str(folder / "postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(answer.split()[2].split(".")[0])


@dataclass
class Cluster:
    """A running cluster: makes and drops databases; `state` is shared by all who use it."""

    url: str
    keeper: int
    state: Path
    _names: Iterator[int] = field(default_factory=itertools.count)
    _idle: dict[str, list[Lent]] = field(default_factory=dict)

    def database(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"{self.url}/{name}"

    def dsn(self, name: str) -> str:
        """The same address as the driver itself reads it."""
        return self.database(name).replace("+psycopg", "")

    def create(self, name: str | None = None, template: str | None = None) -> str:
        """Create a database, empty or as a copy of another, and return its address."""
        name = name or f"t{os.getpid()}_{next(self._names)}"
        source = sql.Identifier(template or "template0")
        # Copied file by file, half the time of writing all of it to the log.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._run(statement.format(sql.Identifier(name), source))
        return self.database(name)

    def drop(self, address: str) -> None:
        """Drop a database by its name or address, whoever is still connected."""
        name = sql.Identifier(address.rpartition("/")[2])
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def folder(self) -> Path:
        """Where all its files lie."""
        with psycopg.connect(self.dsn("postgres")) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        return Path(row[0])

    @contextmanager
    def fresh(self, template: str | None = None) -> Iterator[str]:
        """A database for the length of a with-block."""
        address = self.create(template=template)
        try:
            yield address
        finally:
            self.drop(address)

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """A copy of a template for the length of a with-block, which others used before.

        Each has what the template has; see `tests.support.lending`.
        """
        idle = self._idle.setdefault(template, [])
        lent = idle.pop() if idle else Lent(self.create(template=template))
        try:
            yield lent.address
        finally:
            try:
                lent.put_back()
                idle.append(lent)
            except NotAsBefore:
                lent.close()
                self.drop(lent.address)

    def forget_lent(self) -> None:
        """Let go of all databases that nobody borrows now."""
        for lent in chain.from_iterable(self._idle.values()):
            lent.close()
        self._idle.clear()

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """Make the database `name` once for all processes, by `prepare(address)`; return `name`.

        `prepare` must have closed its connections when it returns: a database in use cannot be
        copied.
        """
        with locked(self.state / f"{name}.lock"):
            made = self.state / f"{name}.made"
            if not made.exists():
                self.drop(name)
                prepare(self.create(name))
                made.touch()
        return name

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Stop the cluster and wait until it has removed its files."""
        with suppress(ProcessLookupError):
            os.kill(self.keeper, signal.SIGTERM)
        deadline = time.monotonic() + START_WITHIN
        while not ended(self.keeper) and time.monotonic() < deadline:
            time.sleep(0.02)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that excludes other processes."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start(state: Path, owner: int) -> Cluster:
    """Start the cluster of the folder `state`, or join it when another process has started it.

    It runs until the process `owner` ends or somebody stops it.
    """
    with locked(state / "cluster.lock"):
        if not (state / READY).exists():
            _start_keeper(state, owner)
    found = json.loads((state / READY).read_text())
    return Cluster(url=found["url"], keeper=found["keeper"], state=state)


def _start_keeper(state: Path, owner: int) -> None:
    if (state / FAILED).exists():
        raise PostgresMissing((state / FAILED).read_text())
    # A folder of its own, which will belong to the unprivileged user.
    folder = tempfile.mkdtemp(prefix="coursewire-postgres-", dir=_place())
    command = [sys.executable, "-m", "tests.support.postgres_keeper"]
    command += [str(binaries()), folder, str(state), str(owner)]
    root = Path(__file__).resolve().parents[2]
    log = str(state / "keeper.log")
    # Not a Popen: the keeper outlives the worker that starts it, and waits for nobody here.
    keeper = os.posix_spawn(
        sys.executable,
        command,
        {**os.environ, "PYTHONPATH": str(root)},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        # A session of its own: Ctrl-C in the terminal must not reach the server before us.
        setsid=True,
    )
    deadline = time.monotonic() + START_WITHIN
    while not (state / READY).exists():
        if (state / FAILED).exists():
            raise PostgresMissing((state / FAILED).read_text())
        if ended(keeper) or time.monotonic() > deadline:
            raise PostgresMissing((state / "keeper.log").read_text())
        time.sleep(0.02)


def _place() -> Path | None:
    """Memory where there is enough: each test has a database, some 300 files that come and go."""
    if not os.access(MEMORY, os.W_OK):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= ENOUGH else None


def ended(keeper: int) -> bool:
    """Whether the keeper is gone; collects it when it is our own child."""
    try:
        return os.waitpid(keeper, os.WNOHANG)[0] == keeper
    except ChildProcessError:
        return not alive(keeper)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster of one's own for the length of a with-block."""
    with tempfile.TemporaryDirectory(prefix="coursewire-cluster-") as state:
        server = start(Path(state), os.getpid())
        try:
            yield server
        finally:
            server.stop()
