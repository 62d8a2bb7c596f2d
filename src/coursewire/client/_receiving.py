"""Takes an answer in as it arrives, and stops at what it may not be (CLI-1)."""

import re
import ssl
from collections.abc import Mapping

import httpcore
import httpx

from coursewire.client._exchange import Answer, Failure, Kind, Send

_ENCODINGS = ("", "identity", "gzip")
_OK = 200
# Errors of the file scripts carry none of these; a file carries at least one.
_MARKS_OF_A_FILE = ("content-disposition", "etag", "last-modified")

# What says that nothing was sent, that the connection broke, and that it was no HTTP.
_UNREACHED = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout,
    httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout,
)  # fmt: skip
_SLOW = (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError)
_BROKEN = (httpx.NetworkError, httpcore.NetworkError)
_PROTOCOL = (httpx.RemoteProtocolError, httpcore.RemoteProtocolError)
_CUT = ("disconnected", "closed connection")
# What Python writes before the words of the system, or of its library for TLS, for an error.
_NUMBER = re.compile(r"^(?:\[Errno -?\d+\] |_ssl\.c:\d+: )")

FAILURES = (
    httpx.HTTPError, httpx.InvalidURL, httpcore.TimeoutException, httpcore.NetworkError,
    httpcore.ProtocolError, TimeoutError,
)  # fmt: skip
"""Everything that the transports raise where no answer comes."""


class Stopped(Exception):
    """The rest of an answer is not wanted."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.failure = Failure(kind=Kind.UNFIT, text=text)


class Receiver:
    """Gathers the body of one answer, or writes it into the sink if it is the file asked for."""

    def __init__(self, send: Send, status: int, headers: Mapping[str, str]) -> None:
        self._status = status
        self._headers = {name.lower(): value for name, value in headers.items()}
        self._largest = send.request.largest
        self._size = 0
        self._parts: list[bytes] = []
        encoding = self._headers.get("content-encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            msg = "the answer is compressed in a way that was not asked for"
            raise Stopped(msg)
        is_file = status == _OK and any(it in self._headers for it in _MARKS_OF_A_FILE)
        self._sink = send.sink if is_file else None
        if self._sink is not None:
            self._sink.open()

    def take(self, part: bytes) -> None:
        """Take a piece of the decompressed body."""
        self._size += len(part)
        if self._size > self._largest:
            msg = f"the answer is longer than {self._largest} bytes"
            raise Stopped(msg)
        if self._sink is not None:
            self._sink.write(part)
        else:
            self._parts.append(part)

    def finish(self) -> Answer:
        """Return the whole answer."""
        if self._sink is not None:
            self._sink.keep()
        return Answer(
            status=self._status,
            headers=self._headers,
            body=b"".join(self._parts),
            is_file=self._sink is not None,
        )


def failure_of(error: Exception, host: str) -> Failure:
    """Tell what an error of the transport means; of its text only what this machine wrote."""
    if isinstance(error, Stopped):
        return error.failure
    if isinstance(error, _UNREACHED):
        return Failure(kind=Kind.UNREACHED, text=f"{host} cannot be reached: {_why(error)}")
    if isinstance(error, _SLOW):
        return Failure(kind=Kind.SLOW, text=f"{host} did not answer in time")
    if isinstance(error, _BROKEN) or (
        isinstance(error, _PROTOCOL) and any(word in str(error) for word in _CUT)
    ):
        return Failure(kind=Kind.BROKEN, text=f"{host} broke the connection before a whole answer")
    return Failure(kind=Kind.UNFIT, text=f"{host} does not answer in proper HTTP")


def _why(error: BaseException) -> str:
    """Find the certificate's fault below an error that only says that there was no connection."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted ({below.verify_message})"
        if isinstance(below, ssl.SSLError):
            return "it does not speak TLS as it should"
        below = below.__cause__ or below.__context__
    return _NUMBER.sub("", str(error)) or "no connection within the time allowed"
