"""Clients that write, remember what was acknowledged, and send again what got no answer."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from coursewire.server.asgi import REST_PATH
from tests.support.web import FORM

# As the site of tests/clients gives them.
TOKEN = "0123456789abcdef0123456789abcdef"
COURSE = 2
BATCH = 3


def ask(
    port: int, function: str, fields: Mapping[str, str], *, key: str = "", timeout: float = 60.0
) -> tuple[int, Any]:
    """One call on a connection of its own; gives the status and the decoded answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    control = {"wstoken": TOKEN, "wsfunction": function, "moodlewsrestformat": "json"}
    headers = {"Content-Type": FORM} | ({"Idempotency-Key": key} if key else {})
    try:
        connection.request("POST", REST_PATH, urlencode({**control, **fields}), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def names_in(port: int) -> list[str]:
    """The names of all groups of the course."""
    _, groups = ask(port, "core_group_get_course_groups", {"courseid": str(COURSE)})
    return [group["name"] for group in groups]


@dataclass
class Writer:
    """Makes groups, `BATCH` in each call, until it is told to stop.

    Each request has a key. What got no answer, or an answer that tells nothing certain, is sent
    again with its key by `settle`.
    """

    name: str
    port: int
    acknowledged: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    strange: list[Any] = field(default_factory=list)
    open: dict[str, list[str]] = field(default_factory=dict)
    number: int = 0

    def write(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.number += 1
            key = f"{self.name}-{self.number}"
            self._send(key, [f"{key}/{item}" for item in range(BATCH)])

    def settle(self, within: float = 10.0) -> None:
        """Send what is open until each has its answer."""
        end = time.monotonic() + within
        while self.open and time.monotonic() < end:
            for key, names in list(self.open.items()):
                self._send(key, names)

    def _send(self, key: str, names: list[str]) -> None:
        fields: dict[str, str] = {}
        for item, name in enumerate(names):
            group = {"courseid": str(COURSE), "name": name, "description": ""}
            fields |= {f"groups[{item}][{member}]": value for member, value in group.items()}
        self.open[key] = names
        try:
            status, answer = ask(self.port, "core_group_create_groups", fields, key=key)
        except (OSError, HTTPException, ValueError):
            time.sleep(0.002)
            return
        if status == 200 and isinstance(answer, list):
            if [made["name"] for made in answer] == names:
                self.acknowledged |= set(names)
                del self.open[key]
                return
        elif status == 503 and answer["errorcode"] in {
            "databaseunavailable",
            "outcomeunknown",
            "serverbusy",
            "calltoolong",
        }:
            time.sleep(0.01)
            return
        elif status == 503 and answer["errorcode"] == "storagefailed":
            self.refused |= set(names)
            del self.open[key]
            time.sleep(0.01)
            return
        del self.open[key]
        self.strange.append((status, answer))


class Crowd:
    """Writers at work, each in a thread."""

    def __init__(self, port: int, size: int, name: str = "w") -> None:
        self.writers = [Writer(f"{name}{number}", port) for number in range(size)]
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=writer.write, args=(self._stop,)) for writer in self.writers
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def settle(self, within: float = 10.0) -> None:
        for writer in self.writers:
            writer.settle(within)

    @property
    def acknowledged(self) -> set[str]:
        return {name for writer in self.writers for name in writer.acknowledged}

    def require(self, present: list[str]) -> None:
        """Demand that all is there that was acknowledged, once, and nothing else."""
        strange = [answer for writer in self.writers for answer in writer.strange]
        assert strange == [], strange[:3]
        assert [writer.open for writer in self.writers if writer.open] == []
        assert len(present) == len(set(present)), "something was done twice"
        lost = self.acknowledged - set(present)
        assert lost == set(), f"{len(lost)} acknowledged writes are lost"
        assert set(present) == self.acknowledged, "something unacknowledged is there"
