"""Runs one PostgreSQL cluster for as long as another process lives, then removes it.

Started by `tests.support.postgres` as a program: a test run that is killed cannot stop its
cluster itself, so the cluster has a keeper that looks after its owner.
"""

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

READY = "ready.json"
FAILED = "failed.txt"
LOOK_EVERY = 0.2
START_WITHIN = 60.0
# The port is chosen free, then taken by the server: somebody else may be faster.
TRIES = 3

CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = off
max_wal_size = 256MB
max_connections = 1000
shared_buffers = 64MB
logging_collector = off
log_min_messages = warning
"""


class NotStarted(Exception):
    """The cluster could not be made or started; the text says why."""


def unprivileged() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as: it refuses to run as root. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NotStarted("running as root, and there is neither a user 'postgres' nor 'nobody'")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Keeper:
    """One cluster in one folder."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries = binaries
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.user = unprivileged()
        self.password = secrets.token_hex(16)
        self.server: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one of PostgreSQL's programs as the unprivileged user, its output in the log."""
        command = [str(self.binaries / program), *arguments]
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        with self.log.open("ab") as log:
            if self.user is None:
                return subprocess.Popen(
                    command, stdout=log, stderr=log, cwd=self.folder, env=environment
                )
            return subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=environment,
                user=self.user.pw_uid,
                group=self.user.pw_gid,
                extra_groups=[],
            )

    def create(self) -> None:
        password = self.folder / "password"
        password.write_text(self.password)
        if self.user is not None:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
            os.chown(password, self.user.pw_uid, self.user.pw_gid)
        arguments = ["-D", str(self.data), "-U", "coursewire", "-A", "scram-sha-256"]
        arguments += ["--locale=C", "--encoding=UTF8", f"--pwfile={password}"]
        if self.start("initdb", *arguments).wait() != 0:
            raise NotStarted(f"initdb failed:\n{self.log.read_text()}")
        password.unlink()

    def run(self) -> str:
        """Start the server on a free port; return its address."""
        for _ in range(TRIES):
            port = free_port()
            configuration = self.data / "postgresql.auto.conf"
            configuration.write_text(CONFIGURATION.format(port=port))
            self.server = self.start("postgres", "-D", str(self.data))
            if self.accepts():
                return f"postgresql+psycopg://coursewire:{self.password}@127.0.0.1:{port}"
        raise NotStarted(f"the server did not start:\n{self.log.read_text()}")

    def accepts(self) -> bool:
        """Wait until the server has written that it accepts connections; False when it ended."""
        assert self.server is not None
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self.server.poll() is None:
            try:
                status = (self.data / "postmaster.pid").read_text().splitlines()
            except FileNotFoundError:
                status = []
            # The eighth line is the server's state, with its own process in the first.
            if len(status) > 7 and status[0] == str(self.server.pid) and "ready" in status[7]:
                return True
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(20)
            except subprocess.TimeoutExpired:
                self.server.send_signal(signal.SIGQUIT)
                self.server.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def watch(self, owner: int) -> None:
        """Return when the owner is gone, when asked to stop, or when the server has ended."""
        assert self.server is not None
        while not self.stopping and self.server.poll() is None and alive(owner):
            time.sleep(LOOK_EVERY)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def publish(folder: Path, name: str, text: str) -> None:
    """Write a file whole, so that a reader never sees half of it."""
    draft = folder / f".{name}"
    draft.write_text(text)
    draft.rename(folder / name)


def main(arguments: list[str]) -> int:
    binaries, folder, state, owner = (*map(Path, arguments[:3]), int(arguments[3]))
    keeper: Keeper | None = None
    try:
        keeper = Keeper(binaries, folder)
        signal.signal(signal.SIGTERM, keeper.ask_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        keeper.create()
        address = keeper.run()
        publish(state, READY, json.dumps({"url": address, "keeper": os.getpid()}))
        keeper.watch(owner)
    except (NotStarted, OSError) as problem:
        publish(state, FAILED, str(problem))
        return 1
    finally:
        if keeper is not None:
            keeper.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
