"""What lives as long as the process and every request needs."""

import itertools
import secrets
import threading
from pathlib import Path

import structlog

from coursewire.audit.calls import CallLog
from coursewire.contracts.errors import TooManyRequests
from coursewire.contracts.function import AnyFunction
from coursewire.domain import forwarding
from coursewire.domain.address_rules import Rules
from coursewire.domain.addresses import network
from coursewire.domain.clock import Clock
from coursewire.domain.last_access import LastAccess
from coursewire.domain.refused_tokens import RefusedTokens
from coursewire.domain.token_rekeying import Rekeying
from coursewire.functions.catalogue import Catalogue
from coursewire.plugin.loading import Loaded
from coursewire.server.options import ServerOptions
from coursewire.server.rates import MARK, Rates, too_many_calls
from coursewire.server.sites import Sites
from coursewire.server.troubles import Storage
from coursewire.server.understood import UnderstoodCalls
from coursewire.store import token_levels
from coursewire.store.access import Access, AccessCache
from coursewire.store.database import Database
from coursewire.store.key_rotation import KeyWatch
from coursewire.store.keys import Digest, KeyFileError, Keys
from coursewire.store.session import Session
from coursewire.wire.plan import Plan, Plans

log = structlog.get_logger("coursewire")


class Runtime:
    """The parts of a running server, put together by `app.py` and passed to the straight line."""

    def __init__(
        self,
        *,
        options: ServerOptions,
        database: Database,
        keys: Keys,
        clock: Clock,
        catalogue: Catalogue,
        key_path: Path | None = None,
        plugins: Loaded | None = None,
    ) -> None:
        """Take the parts; keys are read again when the file at `key_path` was changed (TOK-4)."""
        self.options = options
        self.database = database
        self.key_path = key_path
        # Whoever changes the end of the audit record keeps it beside the keys before another does.
        self.ending = threading.Lock()
        self._keys = KeyWatch(keys, key_path)
        self._key_trouble = ""
        self.clock = clock
        self.catalogue = catalogue
        self.plugins = plugins
        self.sites = Sites(database, options, catalogue, changed=self.look_at_keys)
        self.accesses = AccessCache()
        self.understood = UnderstoodCalls()
        self.last_access = LastAccess()
        self.rekeying = Rekeying()
        self.refused_tokens = RefusedTokens(clock)
        self.rates = Rates(options.unknown_tokens, options.processes)
        self.calls = CallLog()
        self.storage = Storage(database, clock)
        self.trusted_proxies: Rules = forwarding.trusted_proxies(options.trusted_proxies)
        self._plans = Plans(options.limits)
        # Unique over all processes without asking anybody: a random start, then a counter.
        self._request_prefix = secrets.token_hex(6)
        self._request_numbers = itertools.count(1)

    def request_id(self) -> str:
        """Return a name for the next request, as sent in `Coursewire-Request`."""
        return f"{self._request_prefix}-{next(self._request_numbers):x}"

    @property
    def keys(self) -> Keys:
        """Return the keys as they were when their file was last looked at."""
        return self._keys.keys

    def used(self, access: Access, digest: Digest, now: int) -> None:
        """Note that a token was used, and under which digest it is to be kept from now on."""
        self.last_access.note(access, now)
        if access.key_number < digest.number:
            self.rekeying.note(access, digest)

    def too_many_guesses(self, token: str, address: str) -> TooManyRequests | None:
        """Count an unknown token; tell whether its network has tried too many (AUTH-10)."""
        if not token:
            return None
        self.refused_tokens.note_unknown()
        if not self.rates.limits_guesses:
            return None
        mark = self.keys.digest(token).value[:MARK]
        return self.rates.guess(network(address), mark, self.clock.monotonic())

    def too_many_calls(self, session: Session, access: Access) -> TooManyRequests | None:
        """Count a call of a token with a rate of its own; tell whether it is one too many.

        On SQLite this process serves alone, and counts in memory.
        """
        rate, burst = access.rate, access.burst
        if not rate:
            return None
        if session.engine_name == "sqlite":
            return self.rates.call(access.id, rate, burst, self.clock.monotonic())
        pace, now = token_levels.Pace.of(rate, burst), self.clock.now_ms() * 1000
        wait = token_levels.take(session, access.id, pace, now)
        return too_many_calls(wait / token_levels.SECOND, rate, burst) if wait else None

    def look_at_keys(self) -> None:
        """Read the key file again if it was changed: by a command here, or copied to this machine.

        A copy changes nothing in the database, so this is asked once a second as well.
        """
        try:
            read_again, trouble = self._keys.look(), ""
        except KeyFileError as problem:
            read_again, trouble = False, str(problem)
        if trouble and trouble != self._key_trouble:
            log.error("key file cannot be read; the keys stay as they were", reason=trouble)
        self._key_trouble = trouble
        if read_again:
            # Both hold what the keys told; those that are taken out go at once.
            self.understood.forget_all()
            self.accesses.forget_all()
            log.info("key file read again", keys=list(self.keys.numbers))

    def has_others_than(self, keys: Keys) -> bool:
        """Tell, of keys that do not know a token, whether there are others by now.

        Another process may have taken up a new key and moved the token to it a moment ago.
        """
        self.look_at_keys()
        return self.keys is not keys

    def plan(self, function: AnyFunction) -> Plan:
        """Return the compiled validation and encoding of a function."""
        return self._plans[function]
