"""How a fault looks on the wire."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from coursewire.contracts.errors import Refusal
from coursewire.domain import gate_refusals
from coursewire.server.types import Headers, Message, Receive, Scope, Send
from coursewire.testkit.faults import Fault
from coursewire.wire.faults import fault_document
from coursewire.wire.headers import REST_HEADERS
from coursewire.wire.request import Format

CUT = "coursewire.cut"
EXCEPTION = "core\\exception\\moodle_exception"
HTML = b"<!DOCTYPE html>\n<html><body><h1>Service Unavailable</h1></body></html>\n"
HTML_HEADERS: Headers = [(b"content-type", b"text/html; charset=utf-8")]


class Answer(Struct):
    """What a server sent, held back until it is whole."""

    status: int = 200
    headers: Headers = []
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """Take one message of the server in."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")

    def header(self, name: bytes) -> str:
        """Return a header, or nothing."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), "")


def refusal(fault: Fault) -> Refusal:
    """Return the refusal that a fault of kind error is."""
    if fault.errorcode == "invalidtoken" and not fault.exception and not fault.message:
        return gate_refusals.unknown_token(None)
    wanted = Refusal(
        fault.message or f"A fault of the test kit ({fault.errorcode})",
        errorcode=fault.errorcode,
        reason="a fault of the test kit",
    )
    wanted.exception = fault.exception or EXCEPTION
    return wanted


def answer(fault: Fault, format_: Format, *, bare_names: bool) -> Answer:
    """Return what is sent in place of the server's answer."""
    if fault.kind == "error":
        document = fault_document(refusal(fault), format_, bare_names=bare_names)
        return Answer(200, list(REST_HEADERS[format_]), document)
    headers = list(HTML_HEADERS)
    if fault.kind == "status" and fault.retry_after is not None:
        headers.append((b"retry-after", str(fault.retry_after).encode()))
    return Answer(fault.status if fault.kind == "status" else 200, headers, HTML)


async def send(given: Answer, send_on: Send, *, head: bool) -> None:
    """Send an answer whole."""
    headers = [pair for pair in given.headers if pair[0] != b"content-length"]
    if not head:
        headers.append((b"content-length", str(len(given.body)).encode()))
    await send_on({"type": "http.response.start", "status": given.status, "headers": headers})
    await send_on({"type": "http.response.body", "body": given.body})


def truncated(given: Answer) -> Answer:
    """Return the answer with the second half of its body missing."""
    return Answer(given.status, given.headers, given.body[: len(given.body) // 2])


async def cut(scope: Scope, receive: Receive, send_on: Send, given: Answer | None) -> None:
    """Close the connection: before any answer, or in the middle of one."""
    close: Callable[[bool], None] = scope[CUT]
    if given is not None:
        length = (b"content-length", str(len(given.body) + 1).encode())
        headers: list[Any] = [*given.headers, length]
        await send_on({"type": "http.response.start", "status": given.status, "headers": headers})
        half = given.body[: len(given.body) // 2]
        await send_on({"type": "http.response.body", "body": half, "more_body": True})
    close(given is not None)
    while (await receive())["type"] != "http.disconnect":
        pass
