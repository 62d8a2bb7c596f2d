"""A site under test: its state, its clock, its faults, and the calls that it has received."""

from typing import Any

import structlog
from msgspec import Struct

from coursewire.audit import head, sealing
from coursewire.contracts.errors import Refusal
from coursewire.contracts.registry import entries
from coursewire.domain import administrators, services, tokens
from coursewire.domain.call import Call
from coursewire.domain.last_access import LastAccess
from coursewire.domain.password_hashes import Argon2
from coursewire.domain.services import NewService
from coursewire.domain.token_rekeying import Rekeying
from coursewire.domain.tokens import NewToken
from coursewire.server.runtime import Runtime
from coursewire.sitefile import reading
from coursewire.sitefile.apply import Application
from coursewire.sitefile.problems import BadSiteFile
from coursewire.sitefile.reading import ReadFile
from coursewire.store import access, users
from coursewire.store import services as service_rows
from coursewire.store.session import Session
from coursewire.testkit.calls import CallsReceived, WatchedLog
from coursewire.testkit.clock import KitClock
from coursewire.testkit.faults import Faults
from coursewire.testkit.problems import KitError
from coursewire.testkit.snapshots import Snapshots

log = structlog.get_logger("coursewire")

BEGINNING = "beginning"
EVERYTHING = "testkit"


class AppliedFile(Struct, frozen=True, kw_only=True):
    """What a site file did: how many changes, the ids by section and name, new tokens by name."""

    changes: int
    ids: dict[str, dict[str, int]]
    tokens: dict[str, str]


class Kit:
    """Steers one site; every method may be called from any thread."""

    def __init__(self, runtime: Runtime, clock: KitClock) -> None:
        self.runtime = runtime
        self.clock = clock
        self.calls = CallsReceived()
        self.faults = Faults()
        self.snapshots = Snapshots(runtime.database)
        self.log = WatchedLog()
        # Tells a call that waits out a fault whether the state that it came to is gone.
        self.restored = 0
        runtime.calls = self.log

    @property
    def url(self) -> str:
        """Return the root of the site."""
        return self.runtime.options.site_url

    def begin(self) -> None:
        """Take the present state for the one to which `reset` comes back."""
        self.snapshots.keep(BEGINNING)

    def reset(self, snapshot: str = BEGINNING) -> None:
        """Bring back a state; no fault is in force, no call was received, the clock is right."""
        self.restore(snapshot)
        self.faults.clear()
        self.calls.clear()
        self.clock.reset()

    def restore(self, snapshot: str) -> None:
        """Bring back a state; faults, the calls received and the clock stay."""
        self.snapshots.require(snapshot)
        # First, for a call that wakes up while the state comes back.
        self.restored += 1
        with self.runtime.ending:
            self.snapshots.put_back(snapshot)
            # What was noted of tokens belongs to the state that is gone.
            self.runtime.last_access = LastAccess()
            self.runtime.rekeying = Rekeying()
            self._follow_the_record()

    def _follow_the_record(self) -> None:
        """Keep no end of the audit record that the state which came back has not reached."""
        runtime = self.runtime
        if runtime.key_path is not None:
            with runtime.database.session() as session:
                end = sealing.end(session)
            try:
                head.follow(head.path_beside(runtime.key_path), end)
            except OSError as problem:
                log.warning("the end of the audit record was not kept", reason=problem.strerror)

    def apply(self, content: bytes, name: str = "site file") -> AppliedFile:
        """Bring the site to what a site file says, all of it or nothing."""
        try:
            return self.apply_read(reading.read(name, content))
        except BadSiteFile as error:
            raise KitError("badsitefile", str(error)) from error

    def apply_read(self, file: ReadFile) -> AppliedFile:
        """Bring the site to what a site file says that is read already."""
        known = {*entries(), *self.runtime.catalogue.components}
        with self.runtime.database.session() as session:
            application = Application(self.administrator_call(session), file, known)
            applied = application.apply(application.plan(), Argon2())
        return AppliedFile(
            changes=len(applied.plan.changes),
            ids={section: dict(ids) for section, ids in applied.ids.items()},
            tokens={made.token.name or made.token.label: made.value for made in applied.issued},
        )

    def issue(self, username: str, service: str) -> str:
        """Issue a token of a user for a service, by their names."""
        with self.runtime.database.session() as session:
            user = users.by_username(session, username)
            found = service_rows.by_shortname(session, service)
            if user is None or found is None:
                what = f"user {username!r}" if user is None else f"service {service!r}"
                remedy = "names are those of the site file: username and shortname"
                raise KitError("notfound", f"there is no {what}", remedy=remedy, status=404)
            new = NewToken(user_id=user.id, service_id=found.id, name="test kit")
            try:
                return tokens.issue(self.administrator_call(session), new).token
            except Refusal as refusal:
                raise KitError("refused", refusal.reason, remedy=refusal.remedy) from refusal

    def issue_for_everything(self) -> str:
        """Issue a token of the administrator for every function that is implemented."""
        with self.runtime.database.session() as session:
            call = self.administrator_call(session)
            if service_rows.by_shortname(session, EVERYTHING) is None:
                with call.transaction():
                    wanted = NewService(
                        name="Test kit",
                        shortname=EVERYTHING,
                        enabled=True,
                        restrictedusers=False,
                        downloadfiles=True,
                        uploadfiles=True,
                    )
                    made = services.create(call, wanted)
                    catalogue = self.runtime.catalogue
                    names = [bound.contract.name for bound in catalogue.all()]
                    services.add_functions(call, made.id, names, catalogue.is_known)
            username = call.caller.username
        return self.issue(username, EVERYTHING)

    def administrator_call(self, session: Session) -> Call:
        """Return a call by the site's administrator that no request made."""
        runtime = self.runtime
        return administrators.unasked_call(
            session,
            runtime.sites.read(session).site,
            clock=runtime.clock,
            keys=runtime.keys,
            function="coursewire (test kit)",
        )

    def holder(self, token: str) -> tuple[str, int]:
        """Return the handle of a token and its user, for calls that the server never saw."""
        if not token:
            return "", 0
        with self.runtime.database.session() as session:
            found: Any = access.read(session, self.runtime.keys.digests(token), "")
        return ("", 0) if found is None else (found.handle, found.user_id)
