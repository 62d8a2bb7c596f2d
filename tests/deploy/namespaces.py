"""Nodes in network namespaces of their own, and links to one PostgreSQL that can be cut."""

import itertools
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx

from tests.support.served import COMMAND, START_WITHIN, NotServed, stop

PORT = 8080
DATABASE_PORT = 5432
_numbers = itertools.count()


def why_not() -> str:
    """Why this machine cannot make network namespaces; '' if it can."""
    name = f"cw{os.getpid()}probe"
    try:
        _ip("netns", "add", name)
    except (OSError, subprocess.CalledProcessError) as problem:
        return f"network namespaces need root and iproute2: {problem}"
    _ip("netns", "del", name)
    return ""


class Node:
    """A server in a namespace; its only way out is a link to this machine."""

    def __init__(self, data: Path, database: str, log: Path) -> None:
        self._number = next(_numbers)
        self.name = f"cw{os.getpid()}n{self._number}"
        base = f"198.18.{os.getpid() % 250}"
        self.outside = f"{base}.{self._number * 4 + 1}"
        self.address = f"{base}.{self._number * 4 + 2}"
        self._link = f"cw{os.getpid() % 100000}v{self._number}"
        self._data, self._log = data, log
        self._database = f"postgresql+psycopg://{database}@{self.outside}:{DATABASE_PORT}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.address}:{PORT}"

    def connect(self) -> None:
        """Make the namespace and the link."""
        _ip("netns", "add", self.name)
        _ip("link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        _ip("address", "add", f"{self.outside}/30", "dev", self._link)
        _ip("link", "set", self._link, "up")
        _ip("-n", self.name, "address", "add", f"{self.address}/30", "dev", "eth0")
        _ip("-n", self.name, "link", "set", "eth0", "up")
        _ip("-n", self.name, "link", "set", "lo", "up")

    def start(self, name: str) -> None:
        """Serve the database of a name."""
        command = ["ip", "netns", "exec", self.name, str(COMMAND), "serve"]
        command += ["--data", str(self._data), "--host", self.address, "--port", str(PORT)]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "--insecure-http"],
                env={**os.environ, "COURSEWIRE_DATABASE": f"{self._database}/{name}"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Wait until it is ready."""
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until and self._process and self._process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        raise NotServed(self._log.read_text())

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def cut(self) -> None:
        """Take the link down: what is under way is answered by nobody."""
        _ip("link", "set", self._link, "down")

    def mend(self) -> None:
        """Bring the link up again."""
        _ip("link", "set", self._link, "up")

    def remove(self) -> None:
        """Stop the server and take the namespace away."""
        if self._process is not None:
            stop(self._process)
        with suppress(subprocess.CalledProcessError):
            _ip("netns", "del", self.name)
            _ip("link", "del", self._link)


@contextmanager
def relay(node: Node, target: int) -> Iterator[None]:
    """Pass connections of a node on to a port of this machine, where PostgreSQL listens."""
    carried: list[socket.socket] = []
    with socket.create_server((node.outside, DATABASE_PORT)) as listener, ExitStack() as threads:
        accepting = threading.Thread(target=_accept, args=(listener, target, carried, threads))
        accepting.start()
        try:
            yield
        finally:
            _end(listener)
            accepting.join()
            for end in carried:
                _end(end)


def _accept(
    listener: socket.socket, target: int, carried: list[socket.socket], threads: ExitStack
) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            carried.append(near)
            thread = threading.Thread(target=_carry, args=(near, target, carried))
            thread.start()
            threads.callback(thread.join)


def _carry(near: socket.socket, target: int, carried: list[socket.socket]) -> None:
    """Carry one connection, both ways, until one of its ends has closed it."""
    with near, socket.create_connection(("127.0.0.1", target)) as far:
        carried.append(far)
        back = threading.Thread(target=_pass_on, args=(far, near))
        back.start()
        _pass_on(near, far)
        back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        _end(end)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _ip(*arguments: str) -> None:
    command = ["ip", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True)
