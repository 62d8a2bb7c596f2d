"""What lives as long as the process and every request needs."""

import itertools
import secrets

from coursewire.audit.calls import CallLog
from coursewire.contracts.function import AnyFunction
from coursewire.domain import forwarding
from coursewire.domain.address_rules import Rules
from coursewire.domain.clock import Clock
from coursewire.domain.last_access import LastAccess
from coursewire.functions.catalogue import Catalogue
from coursewire.server.options import ServerOptions
from coursewire.server.sites import Sites
from coursewire.store.access import AccessCache
from coursewire.store.database import Database
from coursewire.store.keys import Keys
from coursewire.wire.plan import Plan, Plans


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
    ) -> None:
        self.options = options
        self.database = database
        self.keys = keys
        self.clock = clock
        self.catalogue = catalogue
        self.sites = Sites(database, options, catalogue)
        self.accesses = AccessCache()
        self.last_access = LastAccess()
        self.calls = CallLog()
        self.trusted_proxies: Rules = forwarding.trusted_proxies(options.trusted_proxies)
        self._plans = Plans(options.limits)
        # Unique over all processes without asking anybody: a random start, then a counter.
        self._request_prefix = secrets.token_hex(6)
        self._request_numbers = itertools.count(1)

    def request_id(self) -> str:
        """Return a name for the next request, as sent in `Coursewire-Request`."""
        return f"{self._request_prefix}-{next(self._request_numbers):x}"

    def plan(self, function: AnyFunction) -> Plan:
        """Return the compiled validation and encoding of a function."""
        return self._plans[function]
