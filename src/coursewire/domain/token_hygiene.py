"""What of tokens needs care: flags with one default action each, by rules that settings bound."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from coursewire.contracts import known_needs
from coursewire.contracts.function import AnyFunction
from coursewire.domain import outlook
from coursewire.domain.call import Call
from coursewire.domain.outlook import Contracts
from coursewire.domain.role_definitions import ALLOW
from coursewire.domain.token_ends import KEPT
from coursewire.domain.user_fields import NOT_CACHED
from coursewire.store import call_counts, services, users
from coursewire.store import roles as role_rows
from coursewire.store.tokens import TokenRecord
from coursewire.text.counted import counted, some

DAY = 86_400
Flag = Literal[
    "urgent",
    "expiring",
    "expired",
    "never used",
    "unused",
    "no limits",
    "over-privileged",
    "administrator",
    "person",
    "broken",
    "duplicate",
]
ACTIONS: Mapping[Flag, str] = {
    "urgent": "rotate",
    "expiring": "rotate",
    "expired": "clean up",
    "never used": "disable",
    "unused": "disable",
    "no limits": "shorten",
    "over-privileged": "trim the role",
    "administrator": "use a service account",
    "person": "use a service account",
    "broken": "look at the checklist",
    "duplicate": "revoke one",
}
# The nearer end first, each with the setting that says how near.
_ENDING: tuple[tuple[Flag, str], ...] = (
    ("urgent", "tokenurgentdays"),
    ("expiring", "tokenexpiringdays"),
)
_FEWEST_CALLS = 5
_LONGEST_OVERLAP = 7 * DAY
_VIEWS = ("mod/assign:view", "mod/quiz:view", "mod/page:view")
# Ways of logging in with a password that is kept here.
_PERSONAL = frozenset({"manual", "email"})


class Flagged(Struct, frozen=True, kw_only=True):
    """One flag of one token: why it stands there."""

    flag: Flag
    reason: str

    @property
    def action(self) -> str:
        """What to do by default."""
        return ACTIONS[self.flag]


class Hygiene:
    """The flags of a site's tokens, at one time."""

    def __init__(self, call: Call, tokens: Sequence[TokenRecord]) -> None:
        self._call = call
        self._site = call.site
        self._live: dict[tuple[int, int], list[TokenRecord]] = {}
        for token in tokens:
            if token.is_live(call.now):
                self._live.setdefault((token.user_id, token.service_id), []).append(token)

    def of(self, token: TokenRecord) -> list[Flagged]:
        """Return the flags that follow from the token itself."""
        if token.revoked:
            return []
        if not token.is_live(self._call.now):
            return [*self._about_end(token)]
        return [*self._about_time(token), *self._about_use(token), *self._about_holder(token)]

    def _days(self, name: str) -> int:
        value = self._site.settings[name]
        return value if isinstance(value, int) else 0

    def _about_end(self, token: TokenRecord) -> Iterable[Flagged]:
        # One that nobody has used since stays however long that is, and does no harm.
        if self._call.now <= max(token.validuntil, token.expired_seen) + KEPT:
            yield Flagged(flag="expired", reason="its end date has passed")

    def _about_time(self, token: TokenRecord) -> Iterable[Flagged]:
        if not token.validuntil:
            if not token.iprestriction:
                reason = "it has neither an end date nor a list of addresses"
                yield Flagged(flag="no limits", reason=reason)
            return
        left = token.validuntil - self._call.now
        for flag, name in _ENDING:
            if left <= self._days(name) * DAY:
                days = max(0, left // DAY)
                yield Flagged(flag=flag, reason=f"it ends in {counted(days, 'day')}")
                return

    def _about_use(self, token: TokenRecord) -> Iterable[Flagged]:
        now = self._call.now
        if not token.lastaccess:
            days = self._days("tokenneveruseddays")
            if now - token.timecreated >= days * DAY:
                yield Flagged(
                    flag="never used", reason=f"no call in {counted(days, 'day')} since its issue"
                )
        elif now - token.lastaccess >= self._days("tokenunuseddays") * DAY:
            days = (now - token.lastaccess) // DAY
            yield Flagged(flag="unused", reason=f"no call in {counted(days, 'day')}")

    def _about_holder(self, token: TokenRecord) -> Iterable[Flagged]:
        if token.user_id in self._site.admin_ids:
            yield Flagged(flag="administrator", reason=f"{token.username} may do everything")
        same = self._live[token.user_id, token.service_id]
        if len(same) > 1 and not self._in_rotation(same):
            reason = f"{token.username} has another live token for {token.service_name}"
            yield Flagged(flag="duplicate", reason=reason)

    def _in_rotation(self, same: Sequence[TokenRecord]) -> bool:
        """Tell whether one is being replaced by another: all but one end within the overlap."""
        horizon = self._call.now + _LONGEST_OVERLAP
        staying = [other for other in same if not 0 < other.validuntil <= horizon]
        return len(staying) <= 1 and len({other.name for other in same}) == 1


def everything(
    call: Call, tokens: Sequence[TokenRecord], contracts: Contracts
) -> list[tuple[TokenRecord, list[Flagged]]]:
    """Return all flags of all tokens, those too that take a look at rights and calls."""
    hygiene = Hygiene(call, tokens)
    return [
        (token, [*hygiene.of(token), *closer(call, token, contracts)])
        for token in tokens
        if not token.revoked
    ]


def closer(call: Call, token: TokenRecord, contracts: Contracts) -> list[Flagged]:
    """Return the flags that take a look at rights and calls."""
    if not token.is_live(call.now) or token.disabled:
        return []
    return [
        *of_account(call, token),
        *of_calls(call, token, contracts),
        *of_rights(call, token, contracts),
    ]


def of_account(call: Call, token: TokenRecord) -> list[Flagged]:
    """Return whether somebody can log in to the token's account: a person, not a service."""
    user = users.get(call.session, token.user_id)
    if user is None or user.auth not in _PERSONAL or user.password in ("", NOT_CACHED):
        return []
    return [Flagged(flag="person", reason=f"{token.username} can log in as a person")]


def of_calls(call: Call, token: TokenRecord, contracts: Contracts) -> list[Flagged]:
    """Return whether the token fails now, or failed often in the last day."""
    looked = outlook.of_token(call, token.handle, contracts)
    if looked.failing:
        return [Flagged(flag="broken", reason=looked.failing[0].fact)]
    since = (call.now - DAY) * 1000
    total, refused = call_counts.outcomes(call.session, token.handle, since)
    limit = call.site.settings["tokenerrorshare"]
    if isinstance(limit, int) and total >= _FEWEST_CALLS and refused * 100 > limit * total:
        reason = f"{refused} of {counted(total, 'call')} of the last day were refused"
        return [Flagged(flag="broken", reason=reason)]
    return []


def of_rights(call: Call, token: TokenRecord, contracts: Contracts) -> list[Flagged]:
    """Return whether the account's own roles allow what no function of the service needs."""
    surplus = unneeded(call, token, contracts)
    if not surplus or token.user_id in call.site.admin_ids:
        return []
    reason = f"no function of {token.service_name} needs {some(surplus)}"
    return [Flagged(flag="over-privileged", reason=reason)]


def unneeded(call: Call, token: TokenRecord, contracts: Contracts) -> list[str]:
    """Return what the account's roles allow that no function of the token's service needs."""
    held = {role_id for _, role_id in role_rows.held_by(call.session, token.user_id) or ()}
    needed = _needed(contracts, services.functions(call.session, token.service_id))
    allowed = {
        row.capability
        for row in role_rows.permissions(call.session)
        if row.role_id in held and row.permission == ALLOW
    }
    return sorted(allowed - needed)


def _needed(contracts: Contracts, names: Collection[str]) -> set[str]:
    found = {"webservice/rest:use", "moodle/course:view", "moodle/course:viewhiddencourses"}
    for name in names:
        contract: AnyFunction | None = contracts(name)
        if contract is None:
            continue
        found.update(contract.capabilities)
        for need in known_needs.of(contract):
            found.update(need.capabilities)
            if need.place == "activity":
                found.add("moodle/course:viewhiddenactivities")
                found.update(_VIEWS)
    return found
