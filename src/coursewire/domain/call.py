"""What a function body gets besides its parameters: store, acting user, time, site."""

from collections.abc import Generator, Hashable
from contextlib import contextmanager

from msgspec import Struct

from coursewire.contracts.errors import MOST_ROWS, Refusal
from coursewire.domain import permissions, readiness
from coursewire.domain.audit_trail import AuditTrail
from coursewire.domain.clock import Clock
from coursewire.domain.hashing import STANDARD, Passwords
from coursewire.domain.inner_calls import InnerAnswer, InnerCall, InnerLine, without_server
from coursewire.domain.once import once
from coursewire.domain.permissions import Permissions
from coursewire.domain.site import Site
from coursewire.store import facts
from coursewire.store.access import Access
from coursewire.store.keys import Keys
from coursewire.store.session import Session
from coursewire.text.settings import TextSettings

# The callers whom nothing keeps out, in the site's memory: no more than have a token.
_READY = "ready_callers"


class Caller(Struct, frozen=True, kw_only=True):
    """The acting user, as the gate let them in; `auth` is their way of logging in."""

    id: int
    username: str
    auth: str
    is_admin: bool
    is_guest: bool


class Origin(Struct, frozen=True, kw_only=True):
    """Where the call came from, for the audit record; a CLI call has neither token nor address."""

    request_id: str = ""
    token_handle: str = ""
    address: str = ""
    service_id: int = 0
    # The context that the token is confined to: path `/1` is the whole site.
    context_path: str = "/1"
    # What the gate read of the token, its user and its service.
    access: Access | None = None


class Call:
    """One call of one function by one user at one time.

    `now` is Unix seconds, fixed for the whole call. `session` is the store's connection; a body
    that writes does so inside `transaction()`, which also writes the audit record (AUD-2).
    `most_rows` is how many rows an answer may have (IN-9). `version` is that of the facts that the
    gate decided by. A call that `only_reads` shares what it works out of its caller's rights.
    """

    def __init__(
        self,
        *,
        session: Session,
        caller: Caller,
        site: Site,
        now: int,
        function: str = "",
        origin: Origin = Origin(),  # noqa: B008 - frozen
        text: TextSettings = TextSettings(),  # noqa: B008 - frozen
        clock: Clock = Clock(),  # noqa: B008 - has no state
        keys: Keys | None = None,
        passwords: Passwords = STANDARD,
        inner: InnerLine = without_server,
        most_rows: int = MOST_ROWS,
        version: Hashable = None,
        only_reads: bool = False,
    ) -> None:
        self.session = session
        self.caller = caller
        self.site = site
        self.now = now
        self.function = function
        self.origin = origin
        self.text = text
        self.clock = clock
        self.passwords = passwords
        self.inner_line = inner
        self.most_rows = most_rows
        self._version = version
        self._only_reads = only_reads
        self._keys = keys

    @once
    def audit(self) -> AuditTrail:
        """The records of what this call changes."""
        return AuditTrail(self)

    def inner(self, asked: InnerCall) -> InnerAnswer:
        """Run a call inside this one."""
        return self.inner_line(self, asked)

    @property
    def keys(self) -> Keys:
        """The key file, for calls that derive or seal something."""
        if self._keys is None:
            msg = "this call was made without the key file"
            raise RuntimeError(msg)
        return self._keys

    @once
    def is_as_met(self) -> bool:
        """Tell whether the facts are still those that the gate met, asked once per call.

        A body that writes asks inside its transaction, and then nothing comes in between.
        """
        return self.is_still_as_met()

    def is_still_as_met(self) -> bool:
        """Tell the same of this moment: while it holds, what was just read may be remembered."""
        return self._version is not None and facts.version(self.session) == self._version

    @once
    def permissions(self) -> Permissions:
        """What the caller may do, read once per call."""
        access = self.origin.access
        if access is not None and self.is_as_met:
            apart = not self._only_reads
            return permissions.of_access(self.session, access, self.site, apart=apart)
        return Permissions(
            self.session, self.caller.id, is_admin=self.caller.is_admin, site=self.site
        )

    def own_roles_changed(self) -> None:
        """Read anew what the caller may do: the call itself has changed it."""
        self.is_as_met = False
        self.__dict__.pop("permissions", None)

    @once
    def hindrance(self) -> Refusal | None:
        """What keeps the caller out of every place, read once per call; None: nothing does."""
        if not self.is_as_met:
            return self._hindrance()
        ready: set[int] = self.site.memory.setdefault(_READY, set[int]())
        if self.caller.id in ready:
            return None
        found = self._hindrance()
        if found is None and self.is_still_as_met():
            ready.add(self.caller.id)
        return found

    def _hindrance(self) -> Refusal | None:
        return readiness.hindrance(self.session, self.caller.auth, self.permissions, self.site)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Keep or undo all changes inside together with their audit records."""
        before = len(self.audit)
        try:
            with self.session.transaction():
                yield
                self.audit.write()
        except BaseException:
            self._undone(before)
            raise

    @contextmanager
    def item(self) -> Generator[None]:
        """Keep or undo one item of a transaction, its audit records included."""
        before = len(self.audit)
        try:
            with self.session.savepoint():
                yield
        except BaseException:
            self._undone(before)
            raise

    def _undone(self, records: int) -> None:
        self.audit.drop(records)
        if not self.__dict__.get("is_as_met", True):
            # What was read meanwhile may have been undone as well.
            self.__dict__.pop("permissions", None)
