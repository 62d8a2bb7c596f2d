"""A call that was asked for: its head, and what is known of it until its answer is out."""

import time

from msgspec import Struct

from coursewire.server import repeating
from coursewire.server.call import Arrival
from coursewire.server.peer import address_of, content_type
from coursewire.server.runtime import Runtime
from coursewire.server.types import Headers, Scope
from coursewire.server.understood import Understood
from coursewire.wire.request import decode_request, is_form


class Head(Struct, frozen=True):
    """What the head of a call says; `kind` is its content type, `key` its idempotency key.

    A call whose head is `plain` is all in its body.
    """

    method: str
    path: str
    query: bytes
    kind: str
    address: str
    key: str
    plain: bool


def head_of(scope: Scope, runtime: Runtime) -> Head:
    """Read a head; nothing in it is believed."""
    headers: Headers = scope["headers"]
    forwarded = runtime.options.forwarded_header
    method, query, key = scope["method"], scope["query_string"], repeating.key_of(headers)
    kind = content_type(headers)
    return Head(
        method=method,
        path=scope["path"],
        query=query,
        kind=kind,
        address=address_of(scope, runtime.trusted_proxies, forwarded),
        key=key,
        plain=method == "POST" and not query and not key and is_form(kind),
    )


class Asked:
    """A call until its answer is out; `started`, in nanoseconds, is when it was in."""

    __slots__ = ("arrival", "body", "head", "mark", "request_id", "started")

    def __init__(self, head: Head, request_id: str, body: bytes = b"") -> None:
        self.head = head
        self.request_id = request_id
        self.started = time.perf_counter_ns()
        self.body = body
        # What its body is known by, where calls like it are remembered.
        self.mark = b""
        # As soon as it is decoded.
        self.arrival: Arrival | None = None

    def arrive(self, runtime: Runtime) -> Arrival:
        """Decode the fields of the call."""
        head, body = self.head, self.body
        decoded = decode_request(head.method, head.query, head.kind, body, runtime.options.limits)
        key = head.key
        self.arrival = arrival = Arrival(
            tree=decoded.tree,
            method=head.method,
            address=head.address,
            request_id=self.request_id,
            token_in_query=decoded.token_in_query,
            key=key,
            mark=self.mark,
            digest=repeating.request_digest(head.query, head.kind, body) if key else "",
        )
        return arrival

    def arrive_as(self, understood: Understood) -> Arrival:
        """Take the call for what one said that came before with the same bytes."""
        head = self.head
        self.arrival = arrival = Arrival(
            tree={},
            method=head.method,
            address=head.address,
            request_id=self.request_id,
            token_in_query=False,
            understood=understood,
        )
        return arrival
