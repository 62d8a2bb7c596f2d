"""One call over HTTP: the token only in the body, no redirects, bounded times and sizes (CLI-1)."""

from collections.abc import Mapping

import httpx
import msgspec
from msgspec import Struct

from coursewire.cli.common import Failure
from coursewire.wire.hosts import is_loopback

ENDPOINT = "/webservice/rest/server.php"
LARGEST = 64 * 1024 * 1024
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_FORBIDDEN = 403
_HEADERS = ("Coursewire-Refusal", "Coursewire-Request")


class _Fault(Struct):
    """An error document; `errorcode` is left out of some."""

    exception: str
    errorcode: str = ""
    message: str = ""


def check_address(url: str) -> None:
    """Refuse an address that would carry the token in clear text, or that is none."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        msg = f"{url!r} is not an address: {error}"
        raise Failure(msg, 2) from error
    if parts.scheme not in ("http", "https") or not parts.host:
        msg = f"{url!r} is not an address that begins with http:// or https://"
        raise Failure(msg, 2)
    if parts.query or parts.userinfo:
        msg = "the address holds a query or a password; give only the site's address"
        raise Failure(msg, 2)
    if parts.scheme == "http" and not is_loopback(parts.host):
        msg = f"http://{parts.host} would carry the token in clear text"
        raise Failure(msg, 2, remedy="use https://, or call from the machine itself")


def call(url: str, token: str, function: str, fields: Mapping[str, str], answer: str) -> bytes:
    """Return the body of an answer, or say why there is none."""
    form = {**fields, "wstoken": token, "wsfunction": function, "moodlewsrestformat": answer}
    address = url if url.endswith(".php") else url.rstrip("/") + ENDPOINT
    try:
        # Nothing of the environment (proxies, .netrc, certificates) has a say in where this goes.
        with (
            httpx.Client(timeout=_TIMEOUT, trust_env=False) as client,
            client.stream("POST", address, data=form) as response,
        ):
            body = _body(response)
    except httpx.HTTPError as error:
        msg = f"{address} did not answer: {str(error) or type(error).__name__}"
        raise Failure(msg) from error
    _require_answer(response, body)
    return body


def _body(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST:
            msg = f"the answer is longer than {LARGEST // 1024 // 1024} MiB"
            raise Failure(msg)
        parts.append(part)
    return b"".join(parts)


def _require_answer(response: httpx.Response, body: bytes) -> None:
    if response.is_redirect:
        msg = f"the server redirects to {response.headers.get('location', 'nowhere')}"
        raise Failure(msg, remedy="give the address where the site is")
    if response.status_code == _FORBIDDEN and not body:
        msg = "the site answers no calls: status 403"
        raise Failure(
            msg, remedy="switch web services and REST on: webservices on, protocol rest on"
        )
    error = _error(body)
    if error:
        found = [
            f"{name}: {response.headers[name]}" for name in _HEADERS if name in response.headers
        ]
        raise Failure("; ".join([error, *found]))
    if not response.is_success:
        msg = f"the server answers with status {response.status_code}"
        raise Failure(msg)


def _error(body: bytes) -> str:
    """Return the sentence of an error document; '' when the body is none."""
    if body.startswith(b"<?xml") and b"\n<EXCEPTION class=" in body[:200]:
        return body.decode("utf-8", "replace").partition("\n")[2].rstrip()
    try:
        fault = msgspec.json.decode(body, type=_Fault)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return f"{fault.message} ({fault.errorcode or fault.exception})"
