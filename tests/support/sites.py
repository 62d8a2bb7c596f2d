"""A fresh site on either engine, copied from a template, and calls as its people."""

import shutil
import sqlite3
from collections.abc import Generator, Hashable
from contextlib import contextmanager
from pathlib import Path

import msgspec
from psycopg.pq import TransactionStatus
from sqlalchemy import event

from coursewire.contracts.capabilities import KnownCapability
from coursewire.domain import fresh_site
from coursewire.domain import site as domain_site
from coursewire.domain.call import Call, Caller, Origin
from coursewire.domain.fresh_site import NewSite
from coursewire.domain.site import ADMIN_ID, Site
from coursewire.store import keys, users
from coursewire.store.database import Database
from coursewire.store.keys import Keys
from coursewire.store.migrations import run
from coursewire.store.session import Session
from coursewire.text.settings import TextSettings
from tests.support.clock import SetClock
from tests.support.postgres import Cluster, locked

# When every test site was made, and what time it is there until a test moves the clock.
MADE = 1_700_000_000
URL = "https://moodle.example.com"
_TEMPLATE = "site"


class TestSite:
    """A migrated, fresh site of one test.

    `session` is one writing session, held for the length of the test by the test's own thread.
    """

    __test__ = False

    def __init__(self, database: Database, session: Session, keys: Keys) -> None:
        self.database = database
        self.session = session
        self.keys = keys
        self.clock = SetClock(MADE)
        # What the plugins at work bring.
        self.capabilities: dict[str, KnownCapability] = {}
        # The site as it was last read, with the version of the facts; threads share it.
        self._known: tuple[Hashable, Site] | None = None

    @property
    def engine_name(self) -> str:
        return self.database.engine_name

    @property
    def now(self) -> int:
        return self.clock.now()

    def load(self) -> Site:
        """The site as it is stored now."""
        return self._load(self.session)

    def _load(self, session: Session) -> Site:
        """The site, read again only where facts have changed, as the server does it."""
        if _has_begun(session):
            return self._read(session)
        version = self.database.facts_version(session), *self.capabilities
        known = self._known
        if known is None or known[0] != version:
            known = self._known = version, self._read(session)
        return known[1]

    def _read(self, session: Session) -> Site:
        return domain_site.load(session, URL, more_capabilities=self.capabilities)

    def call(
        self,
        user_id: int = ADMIN_ID,
        *,
        session: Session | None = None,
        function: str = "",
        origin: Origin = Origin(),  # noqa: B008 - frozen
        text: TextSettings = TextSettings(),  # noqa: B008 - frozen
    ) -> Call:
        """A new call as a user, by default as the administrator; it sees the site of now."""
        session = session or self.session
        site = self._load(session)
        user = users.get(session, user_id)
        if user is None:
            raise LookupError(user_id)
        caller = Caller(
            id=user.id,
            username=user.username,
            auth=user.auth,
            is_admin=user.id in site.admin_ids,
            is_guest=user.id == site.guest_id,
        )
        return Call(
            session=session,
            caller=caller,
            site=site,
            now=self.now,
            function=function,
            origin=origin,
            text=text,
            clock=self.clock,
            keys=self.keys,
        )


def _has_begun(session: Session) -> bool:
    """Whether a transaction is open, in which numbers of versions may still be taken back."""
    if session.engine_name == "sqlite":
        return bool(session.driver.in_transaction)
    return bool(session.driver.info.transaction_status != TransactionStatus.IDLE)


def prepare(address: str) -> None:
    """Put the tables and a fresh site into an empty database."""
    database = Database(address)
    database.create()
    run.upgrade(database)
    with database.session() as session:
        fresh_site.create(session, NewSite(fullname="My Learning Site", shortname="mls"), MADE)
    database.close()


@contextmanager
def fresh_address(folder: Path, state: Path, cluster: Cluster | None) -> Generator[str]:
    """The address of a copy of the template, which is made once for all processes of a run."""
    if cluster is not None:
        with cluster.lent(cluster.template(_TEMPLATE, prepare)) as address:
            yield address
        return
    template = state / f"{_TEMPLATE}.sqlite"
    with locked(state / f"{_TEMPLATE}.sqlite.lock"):
        if not template.exists():
            prepare(f"sqlite:///{template}.draft")
            Path(f"{template}.draft").rename(template)
    copy = folder / "site.sqlite"
    shutil.copyfile(template, copy)
    copy.chmod(0o600)
    yield f"sqlite:///{copy}"


def _leave_syncing(connection: sqlite3.Connection, _record: object) -> None:
    """Let commits not wait for the disk: no test of rules turns the power off."""
    connection.execute("PRAGMA synchronous = OFF")


def _keys(path: Path) -> Keys:
    """Its keys, made where there are none: like the site's rows, without waiting for the disk."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(msgspec.json.encode(keys.fresh()))
    return keys.load(path)


@contextmanager
def opened(address: str, folder: Path) -> Generator[TestSite]:
    """A test site on a database that is migrated and filled."""
    database = Database(address)
    if database.path is not None:
        event.listen(database.engine, "connect", _leave_syncing)
    try:
        with database.session() as session:
            yield TestSite(database, session, _keys(folder / "keys.json"))
    finally:
        database.close()
