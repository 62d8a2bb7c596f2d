"""How long audit records are kept: as many days as the site says, else for ever (AUD-7)."""

from coursewire.audit import sealing
from coursewire.audit.sealing import Purged
from coursewire.domain.call import Call
from coursewire.store import audit_segments
from coursewire.text.counted import counted

DAY_MS = 86_400_000
SETTING = "auditkeptdays"


def purge(call: Call) -> int:
    """Remove some of what is older than the site keeps; return how many records are gone.

    None is where only the owner of the tables may remove records: that is done by a command then.
    While that is more than none, there may be more to remove.
    """
    days = call.site.settings[SETTING]
    if not isinstance(days, int) or days <= 0 or not audit_segments.may_purge(call.session):
        return 0
    what = f"older than {counted(days, 'day')}"
    return purge_part(call, call.now * 1000 - days * DAY_MS, what).records


def purge_part(call: Call, before_ms: int, what: str) -> Purged:
    """Remove whole sealed segments from before a time, so many that no writer waits for long.

    What was removed stays provable: the digests of the segments remain.
    """
    with call.transaction():
        gone = sealing.purge(call.session, call.keys, before_ms, call.now * 1000)
        if gone.segments:
            call.audit.record("audit.purge", what, segments=gone.segments, records=gone.records)
    return gone
