"""How long audit records are kept: as many days as the site says, else for ever (AUD-7)."""

from coursewire.audit import sealing
from coursewire.domain.call import Call
from coursewire.text.counted import counted

DAY_MS = 86_400_000
SETTING = "auditkeptdays"


def purge(call: Call) -> int:
    """Remove whole sealed segments that are older than the site keeps; return the records gone.

    What was removed stays provable: the digests of the segments remain.
    """
    days = call.site.settings[SETTING]
    if not isinstance(days, int) or days <= 0:
        return 0
    now_ms = call.now * 1000
    with call.transaction():
        gone = sealing.purge(call.session, call.keys, now_ms - days * DAY_MS, now_ms)
        if gone.segments:
            call.audit.record(
                "audit.purge",
                f"older than {counted(days, 'day')}",
                segments=gone.segments,
                records=gone.records,
            )
    return gone.records
