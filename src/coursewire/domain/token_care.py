"""Which tokens need care, by how long they last and how they are used (admin-flows 2.7)."""

from coursewire.domain.call import Call
from coursewire.store import token_counts
from coursewire.store.token_counts import Moments, TokenCounts

DAY = 86_400
EXPIRING = 14 * DAY
NEVER_USED = 14 * DAY
UNUSED = 60 * DAY


def counts(call: Call) -> TokenCounts:
    """Return how many tokens of the site need which care."""
    now = call.now
    moments = Moments(
        now=now,
        expires_before=now + EXPIRING,
        made_before=now - NEVER_USED,
        used_before=now - UNUSED,
    )
    return token_counts.count(call.session, moments, frozenset(call.site.admin_ids))
