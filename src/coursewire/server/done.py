"""A call that was answered, until it is counted and has its line in the access log."""

from msgspec import Struct

from coursewire.audit.calls import CallRow


class Done(Struct, frozen=True, gc=False):
    """What the call log keeps of a call, and what a line says besides."""

    call: CallRow
    method: str
    path: str
    status: int
    sent: int
