"""What the server does once a day beside answering: it removes what was kept long enough.

Where there is much to remove, it does so in parts, one each turn.
"""

from coursewire.domain import audit_retention, console_sessions, draft_files, token_ends
from coursewire.server import nobody, repeating
from coursewire.server.runtime import Runtime
from coursewire.store import kept_answers, token_levels
from coursewire.store.session import Session

EVERY = 86_400.0
# The first time comes soon after the start: a server may be started anew every day.
_FIRST_AFTER = 60.0


class Upkeep:
    """Knows when it is due again, by the clock that never jumps (DUR-12)."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._due = runtime.clock.monotonic() + _FIRST_AFTER

    def is_due(self) -> bool:
        """Tell whether a day has passed."""
        return self._runtime.clock.monotonic() >= self._due

    def run(self, session: Session) -> None:
        """Do the day's work; several processes may all do it, and one of them finds it done."""
        runtime = self._runtime
        # What fails is tried again soon.
        self._due = runtime.clock.monotonic() + _FIRST_AFTER
        call = nobody.call(runtime, session, "coursewire (upkeep)")
        token_ends.purge(call)
        is_more_left = audit_retention.purge(call) > 0
        with session.transaction():
            kept_answers.purge(session, call.now - repeating.KEPT)
            console_sessions.tidy(session, call.now)
            token_levels.purge(session, call.now * token_levels.SECOND)
        is_more_left |= draft_files.tidy(call)
        # The rest at the next turn: between the parts others write.
        self._due = runtime.clock.monotonic() + (0.0 if is_more_left else EVERY)
