"""A site for tests, served by a thread of the test process; states of it by site file."""

import os
import socket
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

import uvicorn

from coursewire.server.guard import Guard
from coursewire.testkit import founding
from coursewire.testkit.control import Control
from coursewire.testkit.cutting import cuttable
from coursewire.testkit.front import Front
from coursewire.testkit.kit import Kit
from coursewire.testkit.problems import KitError

START_WITHIN = 20.0
STOP_WITHIN = 10.0
EMPTY = "empty"
HOST = "127.0.0.1"
# A site that nobody keeps need not wait for a disk.
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private


class State(NamedTuple):
    """A filled site that was kept: its snapshot, and the tokens that work on it."""

    snapshot: str
    token: str
    tokens: dict[str, str]


class RunningSite:
    """One site, one server, for a whole test run; `state` brings it to what a file says."""

    def __init__(self, control_key: str) -> None:
        memory = str(MEMORY) if os.access(MEMORY, os.W_OK) else None
        self._folder = tempfile.TemporaryDirectory(prefix="coursewire-testkit-", dir=memory)
        self._listener = socket.socket()
        self._listener.bind((HOST, 0))
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"
        self._founded = founding.found(Path(self._folder.name), self.url)
        self.kit: Kit = self._founded.kit
        self.kit.snapshots.keep(EMPTY)
        self._states: dict[Path | None, State] = {}
        control = Control(self.kit, control_key, loopback=True)
        front = Front(self._founded.server, self.kit, control)
        config = uvicorn.Config(
            front,
            http=cuttable(Guard()),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._listener],), name="moodle_site", daemon=True
        )
        self._thread.start()
        self._wait()

    def state(self, file: Path | None) -> State:
        """Bring the site to the state of a file, which is worked out at its first use only."""
        found = self._states.get(file)
        if found is not None:
            self.kit.reset(found.snapshot)
            return found
        self.kit.reset(EMPTY)
        applied = founding.fill(self.kit, file)
        token = self.kit.issue_for_everything()
        made = State(f"state-{len(self._states)}", token, applied.tokens)
        self.kit.snapshots.keep(made.snapshot)
        self._states[file] = made
        self.kit.calls.clear()
        return made

    def close(self) -> None:
        """Stop the server and remove what there was."""
        self._server.should_exit = True
        self._thread.join(STOP_WITHIN)
        self._listener.close()
        self.kit.snapshots.close()
        self._founded.database.close()
        self._folder.cleanup()

    def _wait(self) -> None:
        ready = threading.Event()
        for _ in range(int(START_WITHIN / 0.005)):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            ready.wait(0.005)
        msg = "the site of the test kit did not start; its log says why"
        raise KitError("nostart", msg)
