"""When a call must be over: as its time ends, or at once when its server stops (NET-1, NET-6)."""

import time

from coursewire.store import troubles
from coursewire.store.problems import CallStopped
from coursewire.store.troubles import Trouble


class CallEnd:
    """The end of one call, which its session asks for, and whoever stops the server sets."""

    __slots__ = ("at", "may_have_kept", "was_stopped")

    def __init__(self) -> None:
        self.at = float("inf")
        self.was_stopped = False
        # As soon as the first of its transactions is being committed.
        self.may_have_kept = False

    def stop(self) -> None:
        """Let the call end now, from any thread: nothing that is not kept yet will be."""
        self.was_stopped = True

    @property
    def has_come(self) -> bool:
        """Tell whether the call is to go on no longer."""
        return self.was_stopped or time.monotonic() > self.at

    def tell(self, error: BaseException | None) -> None:
        """Raise `CallStopped` for the statement that was ended with a call."""
        if self.was_stopped and error is not None and troubles.of(error) is Trouble.SLOW:
            msg = "the server stops, and a statement with it"
            raise CallStopped(msg) from error
