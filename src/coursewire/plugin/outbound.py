"""The one client by which plugins call programs outside, and only those in their settings (NET-8).

The host is looked up once, every address that it has must be public, and the connection goes to
the address that was checked, with the certificate checked for the host's name. Redirects are not
followed; size and time are bounded.
"""

from collections.abc import Iterable, Mapping
from os import PathLike
from types import TracebackType
from typing import Any

import httpcore
import httpx
import msgspec
from msgspec import Struct

from coursewire import __version__
from coursewire.client._connection import certificates, quiet
from coursewire.client._deadline import Deadline, Transport
from coursewire.domain.call import Call
from coursewire.plugin import destinations
from coursewire.plugin.destinations import (
    Place,
    Resolve,
    Unreachable,
    unfit_address,
    unfit_hosts,
)

__all__ = [
    "Answer",
    "Failed",
    "Outbound",
    "Unreachable",
    "for_call",
    "unfit_address",
    "unfit_hosts",
]

LARGEST = 5 * 1024 * 1024
WITHIN = 5.0


class Failed(Exception):
    """A program outside could not be asked, or its answer not be used; the text holds no secret."""


class Answer(Struct, frozen=True):
    """What came back, whole; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:  # noqa: ANN401 - a decoded tree
        """Return the decoded body, or raise Failed."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            msg = "the answer is no JSON"
            raise Failed(msg) from None


class Outbound:
    """Calls of a plugin to the places in its settings.

    A call raises Unreachable, before anything is sent, for a place that the settings do not name
    or that may not be called, and Failed where no answer came, or none that may be used.
    """

    def __init__(
        self,
        addresses: Iterable[str],
        *,
        loopback: bool = False,
        ca_file: str | PathLike[str] | None = None,
        resolve: Resolve = destinations.resolve,
    ) -> None:
        """Take the addresses in the settings; `loopback` lets programs of this machine be called.

        `ca_file` names the certificates to trust in place of the well-known ones.
        """
        self._allowed = destinations.configured(addresses)
        self._loopback = loopback
        self._resolve = resolve
        self._deadline = Deadline()
        self._transport = Transport(certificates(ca_file), self._deadline)

    def __enter__(self) -> "Outbound":
        """Use it in a with-block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        self._transport.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, **limits: Any) -> Answer:  # noqa: ANN401 - passed on
        """Fetch an address; `limits` are those of `request`."""
        return self.request("GET", url, headers=headers, **limits)

    def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        **limits: Any,  # noqa: ANN401 - passed on
    ) -> Answer:
        """Send a form; `limits` are those of `request`."""
        return self.request("POST", url, headers=headers, fields=fields, **limits)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        largest: int = LARGEST,
        within: float = WITHIN,
    ) -> Answer:
        """Make one request and read its answer, whatever its status; no redirect is followed.

        An answer may have `largest` bytes, and all of it may take `within` seconds.
        """
        place = destinations.check(url, self._allowed, loopback=self._loopback)
        address = destinations.address_of(place, self._resolve, loopback=self._loopback)
        request = _request(method, url, place, address, headers, fields)
        self._deadline.begin(within)
        with quiet():
            try:
                response = self._transport.handle_request(request)
                try:
                    return _read(response, largest)
                finally:
                    response.close()
            except (httpcore.TimeoutException, TimeoutError):
                raise Failed(f"{place.name} did not answer within {within:.0f} s") from None
            except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, OSError) as why:
                raise Failed(f"{place.name}: {type(why).__name__}: {_cause(why)}") from None


def for_call(call: Call, addresses: Iterable[str]) -> Outbound:
    """Return the client for a call: programs of this machine only where the operator allows it."""
    return Outbound(addresses, loopback=call.site.outbound_loopback)


def _request(
    method: str,
    url: str,
    place: Place,
    address: str,
    headers: Mapping[str, str] | None,
    fields: Mapping[str, str] | None,
) -> httpx.Request:
    """Return a request to the checked address that names the host, in HTTP and in TLS."""
    sent = {
        "accept-encoding": "identity",
        "connection": "close",
        "user-agent": f"coursewire/{__version__}",
        **(headers or {}),
        "host": place.name,
    }
    there = httpx.URL(url).copy_with(host=address, fragment=None)
    extensions = {"sni_hostname": place.host}
    return httpx.Request(method, there, headers=sent, data=fields, extensions=extensions)


def _read(response: httpx.Response, largest: int) -> Answer:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > largest:
            msg = f"the answer has more than {largest} bytes"
            raise Failed(msg)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, bytes(body))


def _cause(error: Exception) -> str:
    """Return what the network said, without what was sent: that is not in these errors."""
    return str(error)[:200]
