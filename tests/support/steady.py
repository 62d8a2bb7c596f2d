"""A client that calls a server so many times a second, and remembers what went wrong."""

import json
import threading
import time
from http.client import HTTPConnection
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

CALL = "core_webservice_get_site_info"
PATH = "/webservice/rest/server.php"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CONNECTIONS = 4


def ask(connection: HTTPConnection, token: str) -> str:
    """What a server says to a call with this token: 'ok' or the errorcode."""
    fields = {"wstoken": token, "wsfunction": CALL, "moodlewsrestformat": "json"}
    connection.request("POST", PATH, urlencode(fields), FORM)
    document = json.loads(connection.getresponse().read())
    return str(document.get("errorcode", "ok"))


def ask_at(port: int, token: str) -> str:
    """The same on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        return ask(connection, token)
    finally:
        connection.close()


class Steady:
    """Calls for the length of a with-block; what is late is made up for, so the rate holds."""

    def __init__(self, port: int, token: str, *, rate: float = 50.0) -> None:
        self.calls = 0
        self.failures: list[str] = []
        self._port = port
        self._token = token
        self._every = CONNECTIONS / rate
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._call_often) for _ in range(CONNECTIONS)]
        self._began = 0.0
        self._took = 0.0

    @property
    def rate(self) -> float:
        """Calls a second, as they were answered."""
        return self.calls / self._took

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._took = time.monotonic() - self._began
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _call_often(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        due = self._began
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            due += self._every
            try:
                said = ask(connection, self._token)
            except Exception as error:  # noqa: BLE001 - each is a call that failed
                said = repr(error)
                connection.close()
            with self._lock:
                self.calls += 1
                if said != "ok":
                    self.failures.append(said)
        connection.close()
