"""Restoring must not revive what was revoked or disabled since the backup was made (BAK-3)."""

from collections.abc import Mapping

import msgspec

from coursewire.store import token_history
from coursewire.store.session import Session
from coursewire.store.token_history import Standing

GONE = "removed between the backup and its restoration"
ALL = "every token was revoked when a backup was restored"


def carry_over(session: Session, later: Mapping[str, Standing], now: int) -> int:
    """End, shorten and disable the tokens to which that was done since; return how many."""
    changed: dict[str, Standing] = {}
    for handle, standing in token_history.standings(session).items():
        since = later.get(handle)
        wanted = _gone(standing, now) if since is None else _earlier(standing, since)
        if wanted != standing:
            changed[handle] = wanted
    token_history.set_standings(session, changed)
    return len(changed)


def revoke_all(session: Session, now: int) -> int:
    """End every token; return how many had not ended before."""
    live = {
        handle: msgspec.structs.replace(standing, revoked=now, revoked_reason=ALL)
        for handle, standing in token_history.standings(session).items()
        if not standing.revoked
    }
    token_history.set_standings(session, live)
    return len(live)


def _gone(standing: Standing, now: int) -> Standing:
    if standing.revoked:
        return standing
    return msgspec.structs.replace(standing, revoked=now, revoked_reason=GONE)


def _earlier(standing: Standing, since: Standing) -> Standing:
    ends = [end for end in (standing.validuntil, since.validuntil) if end]
    return Standing(
        revoked=standing.revoked or since.revoked,
        revoked_reason=standing.revoked_reason or since.revoked_reason,
        expired_seen=standing.expired_seen or since.expired_seen,
        validuntil=min(ends, default=0),
        disabled=standing.disabled or since.disabled,
    )
