"""The shell that waits: drives the protocol over a connection of HTTPX."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import httpx
from msgspec import Struct

from coursewire.client import connections
from coursewire.client._address import chosen
from coursewire.client._batch import Progress, Report, batch
from coursewire.client._connection import (
    certificates,
    client_options,
    form_request,
    quiet,
)
from coursewire.client._contracts import plan_of, plan_of_name
from coursewire.client._deadline import Deadline, Transport
from coursewire.client._exchange import ANSWER_WITHIN, LARGEST, Outcome, Send, Steps
from coursewire.client._files import UploadedFile
from coursewire.client._functions import Functions
from coursewire.client._protocol import GivenToken, Protocol
from coursewire.client._receiving import FAILURES, Receiver, Stopped, failure_of
from coursewire.contracts.function import Function

P = TypeVar("P", bound=Struct)
R = TypeVar("R")
T = TypeVar("T")

log = logging.getLogger("coursewire.client")


class Moodle(Functions):
    """A client of one site: Moodle 3.11 and later, or Coursewire.

    `url` is a bare host, the site's root or the address of its server.php; without it MOODLE_URL
    counts, without `token` MOODLE_TOKEN. `ca_file` holds the certificates of an authority of your
    own. A request that gets no answer is sent again up to `retries` times, where that does no
    harm; one may take `answer_within` seconds, at most 60. An address that is none raises
    ValueError.

    A call that fails raises a `MoodleError`, whose subclass says what that means. Threads may
    share a client; `close` it, or use it in a with-block.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        ca_file: str | PathLike[str] | None = None,
        retries: int = 2,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        site, token = chosen(url, token)
        self._protocol = Protocol(site, token, retries=retries)
        self._deadline = Deadline()
        self._within = min(answer_within, ANSWER_WITHIN)
        transport = Transport(certificates(ca_file), self._deadline)
        self._http = httpx.Client(transport=transport, **client_options())

    @classmethod
    def connect(cls, name: str, *, retries: int = 2, answer_within: float = ANSWER_WITHIN) -> Self:
        """Return a client of a site that `coursewire connection add` keeps under this name.

        Raises ConnectionsError where there is none of the name, or it cannot be used.
        """
        kept = connections.named(name)
        return cls(
            kept.url,
            kept.token,
            ca_file=kept.ca_file or None,
            retries=retries,
            answer_within=answer_within,
        )

    def __repr__(self) -> str:
        """Show the site."""
        return f"Moodle({self.url!r})"

    def __enter__(self) -> Self:
        """Begin a with-block that closes the connections at its end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    @property
    def url(self) -> str:
        """The root of the site."""
        return self._protocol.site.root

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, function: Function[P, R], params: P, *, idempotency_key: str = "") -> R:
        """Call a function by its contract, with a struct for a struct.

        With an idempotency key a writing call is sent again after a broken connection; give one
        only to sites that keep such keys, as Coursewire does and Moodle does not.
        """
        return self._drive(self._protocol.call(function, params, idempotency_key))

    def call_by_name(
        self, name: str, params: Mapping[str, object], *, idempotency_key: str = ""
    ) -> Any:  # noqa: ANN401 - JSON
        """Call one of Moodle's functions by its name; the answer is plain Python values.

        Raises LookupError for a name that Moodle does not have, and InvalidParameter, before
        anything is sent, for parameters that do not fit.
        """
        return self._drive(self._protocol.call_by_name(name, params, idempotency_key))

    def call_unchecked(
        self, name: str, params: Mapping[str, object], *, idempotency_key: str = ""
    ) -> Any:  # noqa: ANN401 - JSON
        """Call any function, one of a plugin for instance; what is given is sent unchecked."""
        return self._drive(self._protocol.call_unchecked(name, params, idempotency_key))

    def preview(
        self, name: str, params: Mapping[str, object], *, checked: bool = True
    ) -> list[tuple[str, str]]:
        """Return the fields, (name, text), that a call by name would send; nothing is sent.

        The token is hidden. `checked` refuses what `call_by_name` refuses.
        """
        return self._protocol.preview(name, params, checked=checked)

    @overload
    def batch(
        self,
        function: Function[Any, R],
        rows: Sequence[Any],
        *,
        size: int = 50,
        progress: Callable[[Progress], object] | None = None,
    ) -> Report[R]: ...

    @overload
    def batch(
        self,
        function: str,
        rows: Sequence[Any],
        *,
        size: int = 50,
        progress: Callable[[Progress], object] | None = None,
    ) -> Report[Any]: ...

    def batch(
        self,
        function: Function[Any, Any] | str,
        rows: Sequence[Any],
        *,
        size: int = 50,
        progress: Callable[[Progress], object] | None = None,
    ) -> Report[Any]:
        """Call a function with many rows, `size` at a time, and tell what became of each.

        `rows` are the items of the one list that the function takes: structs for a contract, dicts
        for a name. Refusals are not raised but told in the report; `progress` is called after each
        part. Raises ValueError where the function takes no such list, LookupError for a name that
        Moodle does not have.
        """
        plan = plan_of_name(function) if isinstance(function, str) else plan_of(function)
        return self._drive(batch(self._protocol, plan, rows, size, progress))

    def get_token(self, username: str, password: str, service: str) -> GivenToken:
        """Log in, and return the token that the site gives out for a service (by its short name).

        Raises AccessDenied where that is refused. This client goes on as it was: make another one
        with the token.
        """
        return self._drive(self._protocol.get_token(username, password, service))

    def upload(
        self,
        files: Mapping[str, bytes | Path] | Sequence[str | PathLike[str]],
        *,
        itemid: int = 0,
        filepath: str = "/",
    ) -> list[UploadedFile]:
        """Put files into the draft area of the token's user, a new one with item id 0.

        `files` are paths, or names with the bytes or the path of each; `filepath` is a folder of
        the area, with a slash at both ends. Returns an entry for each file; one that the site did
        not store has `error` set.
        """
        named = files if isinstance(files, Mapping) else tuple(Path(path) for path in files)
        return self._drive(self._protocol.upload(named, itemid, filepath))

    def download(self, url: str, into: str | PathLike[str], *, largest: int = LARGEST) -> Path:
        """Fetch a file by the address that the site gave for it, and return where it is now.

        `into` is a file, replaced if it is there, or a folder, in which the file keeps its name.
        More than `largest` bytes raise UnexpectedAnswer, an address that is not that of a stored
        file of this site ValueError.
        """
        return self._drive(self._protocol.download(url, into, largest))

    def _drive(self, steps: Steps[T]) -> T:
        try:
            send = next(steps)
            while True:
                if send.after:
                    time.sleep(send.after)
                send = steps.send(self._send(send))
        except StopIteration as end:
            result: T = end.value
            return result

    def _send(self, send: Send) -> Outcome:
        begun = time.monotonic()
        outcome = self._exchange(send)
        log.debug("%r took %.3f s: %r", send.request, time.monotonic() - begun, outcome)
        return outcome

    def _exchange(self, send: Send) -> Outcome:
        self._deadline.begin(self._within)
        try:
            with quiet(), ExitStack() as opened:
                request = form_request(self._http, send.request, opened)
                return self._answer(send, request)
        except (*FAILURES, Stopped) as error:
            return failure_of(error, self._protocol.site.host)

    def _answer(self, send: Send, request: httpx.Request) -> Outcome:
        response = self._http.send(request, stream=True)
        try:
            receiver = Receiver(send, response.status_code, response.headers)
            for part in response.iter_bytes():
                receiver.take(part)
            return receiver.finish()
        finally:
            response.close()
