"""The calls that a site under test has received, for assertions and for waiting."""

import threading
import time
from collections import deque
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import asdict

from coursewire.audit.calls import CallLog, CallRow

CAPACITY = 10_000
OK = "ok"


class ReceivedCall(Struct, frozen=True, kw_only=True):
    """One call: what was asked, less secrets, and what became of it.

    `function` is a script's path for calls that name no function, such as `login/token.php`.
    `outcome` is `ok` or the errorcode, `fault` the number of the fault that stood in its way, 0 for
    none. `time` is Unix seconds by the clock of the site, `milliseconds` how long the answer took
    by that of the machine. `token` is a handle, never the value; `failed_check` and `reason` tell
    which check of the gate refused the call, and why.
    """

    number: int
    time: int
    method: str
    function: str
    params: dict[str, object]
    token: str = ""
    user_id: int = 0
    outcome: str = OK
    failed_check: str = ""
    reason: str = ""
    status: int = 200
    milliseconds: float = 0.0
    fault: int = 0
    request_id: str = ""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which calls are meant; what is left empty does not matter. `since` is a call's number."""

    function: str = ""
    outcome: str = ""
    since: int = 0

    def fits(self, call: ReceivedCall) -> bool:
        """Tell whether a call is meant."""
        return (
            call.number > self.since
            and self.function in ("", call.function)
            and self.outcome in ("", call.outcome)
        )


class CallsReceived:
    """The newest calls, in the order in which they were answered; any thread may ask."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._calls: deque[ReceivedCall] = deque(maxlen=capacity)
        self._numbers = 0
        self._changed = threading.Condition()

    def next_number(self) -> int:
        """Return the number of the next call."""
        with self._changed:
            self._numbers += 1
            return self._numbers

    def add(self, call: ReceivedCall) -> None:
        """Take a call in, and wake those who wait for it.

        A client may send bytes that are no letters; they are written out here, as `\\udcff`, for
        the list to be readable as JSON.
        """
        whole = ReceivedCall(**{name: _legible(value) for name, value in asdict(call).items()})
        with self._changed:
            self._calls.append(whole)
            self._changed.notify_all()

    def find(self, wanted: Wanted) -> list[ReceivedCall]:
        """Return the calls that are meant."""
        with self._changed:
            return [call for call in self._calls if wanted.fits(call)]

    def wait(self, wanted: Wanted, count: int, timeout: float) -> list[ReceivedCall]:
        """Return the calls that are meant as soon as there are so many, or when time is up."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [call for call in self._calls if wanted.fits(call)]
                left = deadline - time.monotonic()
                if len(found) >= count or left <= 0:
                    return found
                self._changed.wait(left)

    def clear(self) -> None:
        """Forget all calls; numbers go on."""
        with self._changed:
            self._calls.clear()


def _legible(value: Any) -> Any:  # noqa: ANN401 - a field of any type keeps it
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        fields = cast("dict[object, object]", value)
        return {_legible(key): _legible(item) for key, item in fields.items()}
    if isinstance(value, list):
        return [_legible(item) for item in cast("list[object]", value)]
    return value


class WatchedLog(CallLog):
    """The server's own log, which also hands each row to the test kit."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, CallRow] = {}

    def add(self, row: CallRow) -> None:
        """Remember a call, and keep its row until it is taken."""
        super().add(row)
        self._rows[row.request_id] = row

    def take(self, request_id: str) -> CallRow | None:
        """Return the row of a request, once."""
        return self._rows.pop(request_id, None)
