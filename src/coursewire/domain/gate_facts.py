"""What the gate looks at: the request, the site, and what the one read found."""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from coursewire.domain.site import Site
from coursewire.store.access import Access


def _by_nobody(_capability: str) -> Sequence[str]:
    return ()


class Facts(Struct, frozen=True, kw_only=True):
    """The facts of one request.

    The server knows all of them. For an explanation `function`, `address`, `method` and
    `in_query` may be None: not asked, so a check that depends on them may answer "unknown".
    """

    now: int
    site: Site
    access: Access | None
    # A capability of the token's user in the token's context; asked only when it matters.
    may: Callable[[str], bool]
    # The roles that prohibit it there; asked for an explanation only.
    prohibited_by: Callable[[str], Sequence[str]] = _by_nobody
    # None: missing, or sent as a list.
    token: str | None = None
    function: str | None = None
    # Whether Moodle has the function, and whether Coursewire has it.
    known: bool = False
    kind: Literal["read", "write"] | None = None
    # Whether the service is known to hold no function at all; asked for an explanation only.
    without_functions: bool = False
    # "" is an address that is not known: it satisfies no list.
    address: str | None = None
    method: str | None = None
    in_query: bool | None = None

    @property
    def held(self) -> Access:
        """Return what the token gives access to, where the token is known to exist."""
        if self.access is None:
            msg = "a check on the token ran although there is none"
            raise LookupError(msg)
        return self.access
