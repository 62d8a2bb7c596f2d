"""The log of calls: gathered in memory, written behind, bounded (AUD-2)."""

from collections import deque

from msgspec import Struct
from msgspec.structs import replace

from coursewire.audit.redaction import line_value
from coursewire.store import audit as store
from coursewire.store.problems import OutcomeUnknown
from coursewire.store.session import Session

CAPACITY = 20_000
# Rows that stay in the database unless the site's setting says otherwise, and after how many new
# ones the surplus goes.
KEPT = 1_000_000
TRIM_EVERY = 10_000
_LONGEST = {"function": 255, "outcome": 255, "reason": 512}
_SHORT = min(_LONGEST.values())


class CallRow(Struct, frozen=True, gc=False, kw_only=True):
    """One call as the log keeps it; `failed_check` names the gate's check that refused it."""

    time_ms: int
    request_id: str
    function: str
    token_handle: str
    user_id: int
    address: str
    outcome: str
    failed_check: str
    reason: str
    token_in_query: int
    microseconds: int


class CallLog:
    """Calls that wait to be written. A crash may lose the last second of them; changes have their
    own record, written with them.
    """

    def __init__(
        self, capacity: int = CAPACITY, *, kept: int = KEPT, trim_every: int = TRIM_EVERY
    ) -> None:
        self._capacity = capacity
        self._kept = kept
        self._trim_every = trim_every
        # What the processes before this one left untrimmed, nobody knows: the first rows find out.
        self._untrimmed = trim_every
        self._waiting: deque[CallRow] = deque(maxlen=capacity)
        # Those of which nobody knows whether they were kept: the connection broke meanwhile.
        self._unsure: deque[CallRow] = deque()
        # Calls that fell out because writing did not keep up.
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, row: CallRow) -> None:
        """Remember a call; when too many wait, the oldest is lost and counted."""
        if len(self._waiting) == self._capacity:
            self.lost += 1
        self._waiting.append(row)

    def flush(self, session: Session) -> int:
        """Write what waits in one transaction; return how many calls that were."""
        self._make_sure(session)
        if not self._waiting:
            return 0
        # Others go on adding to the new queue meanwhile.
        taken, self._waiting = self._waiting, deque(maxlen=self._capacity)
        try:
            with session.transaction():
                store.append_calls(session, map(_clean, taken))
                untrimmed = self._trim(session, len(taken))
        except OutcomeUnknown:
            self._unsure = taken
            raise
        except BaseException:
            self._put_back(taken)
            raise
        self._untrimmed = untrimmed
        return len(taken)

    def _make_sure(self, session: Session) -> None:
        """Let those wait again that were not kept; all of them were, or none."""
        if self._unsure:
            first = self._unsure[0].request_id
            if store.call_of_request(session, first) is None:
                self._put_back(self._unsure)
            self._unsure = deque()

    def _put_back(self, taken: deque[CallRow]) -> None:
        newer, self._waiting = self._waiting, deque(taken, self._capacity)
        for row in newer:
            self.add(row)

    def _trim(self, session: Session, added: int) -> int:
        """Remove surplus when it is time; return how many rows came since all of it was gone."""
        untrimmed = self._untrimmed + added
        if untrimmed < self._trim_every:
            return untrimmed
        kept = store.calls_kept(session)
        is_done = store.keep_newest_calls(session, self._kept if kept is None else kept)
        return 0 if is_done else untrimmed


def _clean(row: CallRow) -> CallRow:
    """Return the row with texts that stay on one line and are not too long."""
    together = row.function + row.outcome + row.reason
    # Nearly all are plain, and then nothing is to be done.
    if len(together) <= _SHORT and together.isascii() and together.isprintable():
        return row
    changed = {name: line_value(getattr(row, name), most) for name, most in _LONGEST.items()}
    return replace(row, **changed)
