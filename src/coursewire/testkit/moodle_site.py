"""What a test gets from the fixture `moodle_site`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from coursewire.client import Moodle
from coursewire.testkit.calls import ReceivedCall, Wanted
from coursewire.testkit.clock import KitClock
from coursewire.testkit.faults import ALL, Fault, Kind, Standing
from coursewire.testkit.kit import AppliedFile
from coursewire.testkit.running import RunningSite, State


class MoodleSite:
    """A site of one test: `url`, tokens, what it received, its clock, its faults.

    `token` is the administrator's, for every function; `tokens` are those of the site file, by
    name. What cannot be done raises KitError, whose `remedy` says what to do.
    """

    def __init__(self, running: RunningSite, state: State) -> None:
        self._running = running
        self._state = state
        self._clients: list[Moodle] = []

    def __repr__(self) -> str:
        """Show the address."""
        return f"MoodleSite({self.url!r})"

    @property
    def url(self) -> str:
        """The root of the site."""
        return self._running.url

    @property
    def token(self) -> str:
        """A token of the administrator for every function."""
        return self._state.token

    @property
    def tokens(self) -> Mapping[str, str]:
        """The tokens of the site file, by name."""
        return self._state.tokens

    @property
    def clock(self) -> KitClock:
        """The site's clock: `set`, `advance`, `stop`, `go_on`."""
        return self._running.kit.clock

    def client(
        self,
        token: str | None = None,
        **options: Any,  # noqa: ANN401 - those of Moodle
    ) -> Moodle:
        """Return a client of the site; it is closed after the test.

        Without `token` it calls as the administrator; `options` are those of `Moodle`, such as
        `retries=0`.
        """
        made = Moodle(self.url, token or self.token, **options)
        self._clients.append(made)
        return made

    def token_for(self, user: str, service: str) -> str:
        """Issue a token and return it: of a user, by user name, for a service, by short name."""
        return self._running.kit.issue(user, service)

    def apply(self, site_file: str | Path | Mapping[str, Any]) -> AppliedFile:
        """Bring the site to a site file: a path, YAML as a text, or the sections as a dict.

        Returns the ids of what the file names, by section and name, the values of new tokens by
        name, and how many changes there were.
        """
        if isinstance(site_file, Path):
            content = site_file.read_bytes()
        elif isinstance(site_file, str):
            content = site_file.encode()
        else:
            # JSON is YAML.
            content = msgspec.json.encode(site_file)
        return self._running.kit.apply(content)

    def calls(self, function: str = "", *, outcome: str = "") -> list[ReceivedCall]:
        """Return the calls that the site has received in this test, the oldest first.

        Only those of a function, or with an outcome (`ok` or an errorcode), where one is named.
        """
        return self._running.kit.calls.find(Wanted(function=function, outcome=outcome))

    def wait_for_call(
        self, function: str = "", *, outcome: str = "", count: int = 1, timeout: float = 5.0
    ) -> ReceivedCall:
        """Wait until so many such calls have come, and return the last of them.

        Those that came before count. Raises TimeoutError after `timeout` seconds.
        """
        wanted = Wanted(function=function, outcome=outcome)
        found = self._running.kit.calls.wait(wanted, count, timeout)
        if len(found) < count:
            came = ", ".join(call.function for call in self.calls()) or "none at all"
            msg = (
                f"{len(found)} of {count} calls of {function or 'any function'} came in {timeout} s"
            )
            raise TimeoutError(f"{msg}; received: {came}")
        return found[count - 1]

    def fail(
        self,
        function: str = ALL,
        kind: Kind | None = None,
        **how: Any,  # noqa: ANN401 - the fields of a fault
    ) -> Standing:
        """Have calls fail; `how` are further fields of `coursewire.testkit.faults.Fault`.

        Without `kind` it follows from them: `errorcode` means error, `status` status, `seconds`
        latency. What is returned goes on counting: its `struck` tells how many calls it struck.
        """
        given: dict[str, Any] = {"kind": kind or _guessed(how), "function": function, **how}
        return self._running.kit.faults.add(Fault(**given))

    def mend(self) -> None:
        """Let no call fail any more."""
        self._running.kit.faults.clear()

    def reset(self) -> None:
        """Bring the site back to how the test found it."""
        self._running.kit.reset(self._state.snapshot)

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()


def _guessed(how: Mapping[str, Any]) -> Kind:
    if "errorcode" in how:
        return "error"
    if "status" in how:
        return "status"
    if "seconds" in how:
        return "latency"
    msg = "say which kind: error, status, latency, cut, truncated or html"
    raise TypeError(msg)
