"""How large a request and an answer may be (IN-1, IN-9), and the refusals above that."""

from typing import Literal

from msgspec import Struct

from coursewire.contracts.errors import LARGEST_BODY, MOST_ROWS, Refusal

MEBIBYTE = 1024 * 1024


class Limits(Struct, frozen=True, kw_only=True):
    """Sizes in bytes, the others are counts; a request over any of them is refused whole."""

    body: int = LARGEST_BODY
    fields: int = 20_000
    nesting: int = 32
    name: int = 512
    value: int = MEBIBYTE
    target: int = 64 * 1024
    parts: int = 1_000
    items: int = 5_000
    rows: int = MOST_ROWS
    answer: int = 64 * MEBIBYTE


DEFAULT_LIMITS = Limits()


class LimitExceeded(Refusal):
    """The request is larger than the server takes; nothing of it was used."""

    errorcode = "limitexceeded"

    def __init__(self, status: Literal[400, 413], what: str, limit: int) -> None:
        super().__init__(
            f"The request is over a limit: at most {limit} {what}; send it in smaller parts",
            reason=f"over the limit of {limit} {what}",
            remedy="send fewer or smaller items in one request, or raise the limit in the settings",
        )
        self.status = status
        self.what = what
        self.limit = limit


class MalformedBody(Refusal):
    """A multipart body cannot be read to its end; nothing of it was used."""

    errorcode = "malformedbody"

    def __init__(self, reason: str) -> None:
        super().__init__("The body of the request is damaged", reason=reason)
