"""Troubles of the database: what a client is told, and what health says."""

import threading

import structlog

from coursewire.contracts.errors import Refusal, TooManyRequests
from coursewire.domain.clock import Clock
from coursewire.server.rarely import EVERY, LASTING, Rarely
from coursewire.store import troubles
from coursewire.store.database import Database
from coursewire.store.troubles import Trouble

log = structlog.get_logger("coursewire")


class ServerBusy(Refusal):
    """Too many calls wait, or the server stops; nothing of this one was done."""

    errorcode = "serverbusy"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The server is busy; try again in a second",
            reason="a queue of the server is full, or the server stops",
        )


class DatabaseTrouble(Refusal):
    """The database failed; `may_be_repeated` where nothing was kept and it may go better soon."""

    status = 503

    def __init__(self, trouble: Trouble) -> None:
        code, message = _TOLD.get(trouble, _AWAY)
        super().__init__(message, errorcode=code, reason=trouble.value)
        self.may_be_repeated = code == _AWAY[0]


def again_in(refusal: Refusal) -> int:
    """Return after how many seconds to ask again, where that does nothing twice; else 0."""
    if isinstance(refusal, TooManyRequests):
        return refusal.wait
    if isinstance(refusal, DatabaseTrouble) and not refusal.may_be_repeated:
        return 0
    return 1 if refusal.status == ServerBusy.status else 0


_AWAY = (
    "databaseunavailable",
    "The database cannot be used at the moment; nothing was changed, try again in a second",
)
_HELD = (
    _AWAY[0],
    "Others held what the call was to change; nothing was changed and it may be repeated, try again"
    " in a second",
)
_FAILED = (
    "storagefailed",
    "The server cannot store changes at the moment; nothing was changed",
)
_SLOW = (
    "calltoolong",
    "The call took too long and was stopped; nothing was changed. Ask for less at once",
)
_UNKNOWN = (
    "outcomeunknown",
    "The connection to the database broke while the change was stored, or the server stopped: it"
    " may have been made or not. Look before you send it again, or send it with its"
    " Idempotency-Key",
)
_IN_PART = (
    _UNKNOWN[0],
    "The database failed after some of the changes were stored; the others were not made. Look"
    " before you send it again; with an Idempotency-Key all of them are made, or none",
)
_TOLD = {
    Trouble.FULL: _FAILED,
    Trouble.READ_ONLY: _FAILED,
    Trouble.BROKEN: _FAILED,
    Trouble.HELD: _HELD,
    Trouble.SLOW: _SLOW,
    Trouble.UNKNOWN: _UNKNOWN,
    Trouble.IN_PART: _IN_PART,
}


def _of_cause(error: BaseException) -> Trouble | None:
    return None if error.__cause__ is None else troubles.of(error.__cause__)


# For so many seconds nothing may fail before the log says that it works again.
_CALM = 5.0
# The codes of what lasts.
LASTING_CODES = frozenset({_FAILED[0]})


class Storage:
    """Whether the disk under the database takes changes, as far as calls have shown."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._rarely = Rarely(clock)
        self._guard = threading.Lock()
        self._failing: Trouble | None = None
        # What the log says of it, until it says that it is over; and when that was last met.
        self._told: Trouble | None = None
        self._met_at = 0.0

    @property
    def failing(self) -> Trouble | None:
        """Return what keeps changes from being stored; None: nothing known."""
        return self._failing

    @property
    def is_to_be_tried(self) -> bool:
        """Tell whether a change should be tried: to see, or to say, that it works again."""
        return self._failing is not None or self._told is not None

    def met(self, error: BaseException) -> DatabaseTrouble | None:
        """Take note of an error; return the refusal for it, None where it is none of these."""
        trouble = troubles.of(error)
        if trouble is None:
            return None
        behind = _of_cause(error)
        # What stopped a call that was kept in part is met like any other trouble.
        met = behind if trouble is Trouble.IN_PART and behind else trouble
        with self._guard:
            if met.is_of_storage:
                self._failing, self._met_at = met, self._clock.monotonic()
            if Trouble.BROKEN in (trouble, behind):
                # After a failed sync nobody knows what the old connections hold (DUR-7).
                self._database.doubt()
            elif met is Trouble.READ_ONLY and self._database.may_be_written():
                # What was opened while the disk was read-only stays so, and sees no change.
                self._database.doubt()
            left_out = self._rarely.may(met.value, LASTING if met.is_of_storage else EVERY)
            if met.is_of_storage and left_out is not None:
                self._told = met
        if left_out is not None:
            log.error("database trouble", trouble=met.value, left_out=left_out)
        return DatabaseTrouble(trouble)

    def works(self) -> None:
        """Take note that a change was stored."""
        with self._guard:
            self._failing = None
            # On a full disk small changes find room between large ones that do not.
            if self._told is None or self._clock.monotonic() < self._met_at + _CALM:
                return
            told, self._told = self._told, None
            self._rarely.over(told.value)
        log.warning("database takes changes again", after=told.value)
