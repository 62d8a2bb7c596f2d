"""The hourly look at tokens: some at a time, kept for pages, so that none has to look closer."""

from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec import Struct

from coursewire.domain import token_hygiene, tokens
from coursewire.domain.call import Call
from coursewire.domain.outlook import Contracts
from coursewire.domain.token_hygiene import Flagged, Hygiene
from coursewire.store import token_looks as store
from coursewire.store import tokens as token_rows
from coursewire.store.token_looks import Look
from coursewire.store.tokens import TokenRecord

EVERY = 3600
# What one turn may take: the reader is needed for pages, and a look is never urgent.
_TURN = 0.05
_MOST = 50
_decode = msgspec.json.Decoder(list[Flagged]).decode


class Looks(Struct, frozen=True):
    """What is known from looking closer at the tokens in force."""

    of: Mapping[int, list[Flagged]]
    # When the oldest of these looks was taken; 0 where there is none.
    oldest: int = 0


class Care:
    """All flags of tokens: those of this moment, and what the last look closer found."""

    def __init__(self, call: Call, found: Sequence[TokenRecord]) -> None:
        self._hygiene = Hygiene(call, found)
        self._looks = known(call, {token.id for token in found})

    @property
    def looked(self) -> int:
        """Return when the oldest of the looks was taken; 0 before the first one."""
        return self._looks.oldest

    def of(self, token: TokenRecord) -> list[Flagged]:
        """Return the flags of one token."""
        return [*self._hygiene.of(token), *self._looks.of.get(token.id, ())]


def take(call: Call, contracts: Contracts) -> list[Look]:
    """Look at tokens whose last look is an hour old, for the length of one turn."""
    due = store.due(call.session, call.now, call.now - EVERY, _MOST)
    if not due:
        return []
    found = token_rows.listed(call.session)
    hygiene = Hygiene(call, found)
    of_id = {token.id: token for token in found}
    end = call.clock.monotonic() + _TURN
    looks: list[Look] = []
    for token_id in due:
        if token_id in of_id:
            looks.append(_look(call, hygiene, of_id[token_id], contracts))
        if call.clock.monotonic() >= end:
            break
    return looks


def _look(call: Call, hygiene: Hygiene, token: TokenRecord, contracts: Contracts) -> Look:
    closer = token_hygiene.closer(call, token, contracts)
    return Look(
        token_id=token.id,
        looked=call.now,
        flags=len(hygiene.of(token)) + len(closer),
        found=msgspec.json.encode(closer).decode(),
    )


def known(call: Call, ids: Collection[int]) -> Looks:
    """Return what the last look at each of these tokens found."""
    looks = store.everything(call.session, call.now)
    wanted = [look for token_id, look in looks.items() if token_id in ids]
    oldest = min((look.looked for look in wanted), default=0)
    return Looks({look.token_id: _decode(look.found) for look in wanted}, oldest)


def flagged(call: Call) -> int:
    """Return how many tokens in force need care, of those that the caller may manage."""
    return store.flagged(call.session, call.now, tokens.shown_creator(call))


def keep(call: Call, looks: Sequence[Look]) -> None:
    """Keep looks; that changes nothing that anybody decided, so it leaves no record."""
    with call.session.transaction():
        store.keep(call.session, looks)
