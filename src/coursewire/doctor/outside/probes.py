"""The harmless requests that the doctor sends, and what each answer is called.

Only reads: a call without a function, without a token, or with a parameter that no function has;
site info and a file that does not exist. Headers of Coursewire's own are not looked at, since a
Moodle has none.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from coursewire.client import _exchange
from coursewire.client._reading import NO_JSON, document_of
from coursewire.client._retries import LONGEST_WAIT, retry_after
from coursewire.client._secrets import Secret, masked
from coursewire.doctor.outside import documents

REST = "/webservice/rest/server.php"
LOGIN = "/login/token.php"
FILE = "/webservice/pluginfile.php"
SITE_INFO = "core_webservice_get_site_info"
# No function has a parameter of this name, so no function body ever runs.
NO_PARAMETER = "coursewire_doctor_no_such_parameter"
_NO_FILE = "/1/coursewire_doctor/none/0/none.txt"
LARGEST = 16 * 1024 * 1024
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# The whole of a request: a server that drips its answer is never silent for long.
WITHIN = 60.0
_UNAVAILABLE, _TOO_MANY = 503, 429
# A site that counts requests is waited for: so often for one of them, and so many seconds for all.
_TIMES, _PATIENCE = 3, 300.0
# What a site is given that names no time.
_SHORT_WAIT = 1.0
_MAINTENANCE_RETRY = "300"
# An answer that is neither a document nor a page, and how much of it is told.
_TEXT, _FIRST_WORDS = "text", 200
# What sites with debugging on say in place of the code.
_SAME = {"invalidrecord": "invalidrecordunknown"}


class Answer(Struct, frozen=True, kw_only=True):
    """What came back: a name for it, and for documents their content.

    `code` is an error code, `ok`, or the name of something that is no answer of a Moodle.
    """

    code: str
    exception: str = ""
    # The site's own words, or what went wrong on the way there.
    said: str = ""
    content: Any = None


class Site:
    """One site and one token; every method sends one request."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        token: str,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.url = url
        self._sleep = sleep
        self._client = client
        self._token = token
        # The seconds for which the site is still waited for.
        self._patience = _PATIENCE
        # The functions that were called with the token, in order.
        self.called: list[str] = []

    async def door(self) -> Answer:
        """Call without a token and without a function."""
        return await self._post(REST, {"moodlewsrestformat": "json"})

    async def app(self) -> Answer:
        """Ask what an app asks first; it is answered when web services are on."""
        return await self._post(LOGIN, {"appsitecheck": "1"})

    async def token(self) -> Answer:
        """Call with the token and without a function."""
        return await self._call({})

    async def file(self) -> Answer:
        """Ask for a file that does not exist, the token in the body."""
        return await self._post(f"{FILE}?file={_NO_FILE}", {"token": self._token})

    async def call(self, function: str, fields: Mapping[str, str] | None = None) -> Answer:
        """Call a function that only reads."""
        self.called.append(function)
        return await self._call({"wsfunction": function, **(fields or {})})

    async def parameters(self, function: str) -> Answer:
        """Call a function so that it stops at its parameters, if it gets there."""
        return await self.call(function, {NO_PARAMETER: "1"})

    async def _call(self, fields: Mapping[str, str]) -> Answer:
        form = {"moodlewsrestformat": "json", "wstoken": self._token, **fields}
        return await self._post(REST, form)

    async def _post(self, path: str, form: Mapping[str, str]) -> Answer:
        answer, wait = await self._once(path, form)
        for _ in range(_TIMES):
            if wait is None or wait >= self._patience:
                break
            self._patience -= wait
            await self._sleep(wait)
            answer, wait = await self._once(path, form)
        if wait is not None:
            # Waiting did not help, so it would not help the next request either.
            self._patience = 0.0
        return answer

    async def _once(self, path: str, form: Mapping[str, str]) -> tuple[Answer, float | None]:
        """Return the answer, and the seconds after which the site wants to be asked again."""
        try:
            async with (
                asyncio.timeout(WITHIN),
                self._client.stream("POST", self.url + path, data=form) as response,
            ):
                body = b""
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        said = "the answer is longer than 16 MiB"
                        return Answer(code="too-long", said=said), None
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return _not_reached(error), None
        return self._hidden(read(response, body)), _wait(response)

    def _hidden(self, answer: Answer) -> Answer:
        """Take the token out of what a site wrote: debugging shows statements with their values."""
        said = masked(answer.said, (Secret(self._token),))
        # Cut behind that: a part of the token would not be found.
        return replace(answer, said=said[:_FIRST_WORDS] if answer.code == _TEXT else said)


def _not_reached(error: Exception) -> Answer:
    said = str(error) or type(error).__name__
    return Answer(code=_way_of_failing(error), said=said)


def _way_of_failing(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, ssl.SSLEOFError):
            return "connection-cut"
        if isinstance(cause, ssl.SSLError):
            return "no-tls"
        if isinstance(cause, ConnectionRefusedError):
            return "connection-refused"
        if type(cause).__name__ == "gaierror":
            return "name-unknown"
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return "timed-out"
    return "connection-refused" if isinstance(error, httpx.ConnectError) else "connection-cut"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _wait(response: httpx.Response) -> float | None:
    if response.status_code != _TOO_MANY:
        return None
    if "retry-after" not in response.headers:
        return _SHORT_WAIT
    answer = _exchange.Answer(status=_TOO_MANY, headers=response.headers, body=b"")
    wait = retry_after(answer, time.time)
    return wait if wait is not None and wait <= LONGEST_WAIT else None


def read(response: httpx.Response, body: bytes) -> Answer:
    """Return what an answer is called."""
    if response.status_code == _TOO_MANY:
        return Answer(code="too-many-requests", said=f"status {_TOO_MANY}")
    if response.is_redirect:
        return Answer(code="redirect", said=response.headers.get("location", ""))
    found = _document(body)
    if found is not None:
        return found
    if response.is_success:
        return _no_document(body)
    return Answer(code=_status(response, body), said=f"status {response.status_code}")


def _document(body: bytes) -> Answer | None:
    """Return what a JSON document says; PHP's warnings may stand before it."""
    body = document_of(body)
    for start in _starts(body):
        try:
            content = msgspec.json.decode(body[start:])
        except NO_JSON:
            continue
        return _told(content)
    return None


def _starts(body: bytes) -> Iterator[int]:
    yield 0
    for mark in (b'{"', b"[{", b"[]"):
        found = body.rfind(b"\n" + mark)
        if found >= 0:
            yield found + 1


def _told(content: Any) -> Answer:  # noqa: ANN401 - a decoded document
    fields = documents.fields(content)
    if "exception" in fields or ("error" in fields and "errorcode" in fields):
        return _refusal(fields)
    return Answer(code="ok", content=content)


def _refusal(fields: dict[str, Any]) -> Answer:
    code = str(fields.get("errorcode") or "error")
    said = [str(fields.get(name) or "") for name in ("message", "error", "debuginfo")]
    return Answer(
        code=_SAME.get(code, code),
        exception=str(fields.get("exception", "")),
        said=" · ".join(part for part in said if part),
    )


def _no_document(body: bytes) -> Answer:
    start = body[:2000].lstrip().lower()
    if not start:
        return Answer(code="empty", said="the answer is empty")
    if start.startswith(b"<"):
        return Answer(code="html", said="a page came back")
    return Answer(code=_TEXT, said=body.decode("utf-8", "replace").strip())


def _status(response: httpx.Response, body: bytes) -> str:
    match response.status_code:
        case 403 if not body:
            return "closed"
        case 401 | 403 | 405 | 407:
            return "forbidden"
        case 503 if response.headers.get("retry-after") == _MAINTENANCE_RETRY and body:
            return "maintenance-page"
        case 503:
            return "unavailable"
        case 502 | 504:
            return "gateway"
        case status if status > _UNAVAILABLE - 4:
            return "server-fault"
        case _:
            return "missing"
