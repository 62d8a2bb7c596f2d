"""Tokens made by administrators and site files: issuing, limits, rotation, revocation, lists.

A value is shown once, in the answer that made it (TOK-5); the database keeps a keyed digest. What
ends tokens stands in `token_ends.py`, what log-in gives out in `login_tokens.py`.
"""

import re
from collections.abc import Callable
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import InvalidParameter, MissingRecord, MoodleError
from coursewire.domain import address_rules, ends, token_holders, token_values
from coursewire.domain.call import Call
from coursewire.store import tokens as store
from coursewire.store import users
from coursewire.store.tokens import TokenRecord
from coursewire.text.counted import counted

DAY = 86_400
DEFAULT_LIFE = 90 * DAY
NEVER = 0
LONGEST_NAME = 255
LONGEST_NOTE = 2000
# Calls a minute, or at once, that a token may be limited to.
MOST_CALLS = 1_000_000
MANAGE_ALL = "moodle/webservice:managealltokens"
SEALED = "token"
_VALUE = re.compile(r"[0-9a-f]{32}")


class NewToken(Struct, frozen=True, kw_only=True):
    """A token to be made; without `validuntil` it gets 90 days, 0 is an explicit "never"."""

    user_id: int
    service_id: int
    name: str = ""
    iprestriction: str = ""
    validuntil: int | None = None
    # The context that the token is confined to; None: the whole site.
    context_id: int | None = None
    # Calls a minute, 0 for no limit, and how many of them at once, 0 for as many (AUTH-10).
    rate: int = 0
    burst: int = 0


class Issued(Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """A new token with its value, for showing it once, and what its maker should know."""

    id: int
    handle: str
    token: str
    validuntil: int
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show everything but the value."""
        return f"Issued(id={self.id}, handle={self.handle!r})"


class Changes(Struct, frozen=True, kw_only=True):
    """What of a token is to be changed."""

    name: str | UnsetType = UNSET
    iprestriction: str | UnsetType = UNSET
    validuntil: int | UnsetType = UNSET
    note: str | UnsetType = UNSET
    rate: int | UnsetType = UNSET
    burst: int | UnsetType = UNSET


def issue(call: Call, new: NewToken) -> Issued:
    """Make a token for a user who may use the service, or say what stands in the way."""
    with call.transaction():
        users.hold(call.session, [new.user_id])
        token_holders.require_entitled(call, new.user_id, new.service_id)
        token_holders.require_within_reach(call, new.user_id)
        ends.require_ahead(new.validuntil, call.now)
        end = call.now + DEFAULT_LIFE if new.validuntil is None else new.validuntil
        issued = _make(call, new, token_values.new(), end, origin="admin")
        call.audit.record("token.issue", f"token {issued.handle}", about=_about(new, end))
        return issued


def place(call: Call, new: NewToken, value: str) -> Issued:
    """Take over a token of a given value from a site file, whoever its user is.

    The value stands in a file, so it is known to more than its holder: that is warned of. It is
    kept sealed, so that log-in gives the account the token that the file says it has.
    """
    token_values.require_usable(value)
    with call.transaction():
        users.hold(call.session, [new.user_id])
        token_holders.require_exist(call, new.user_id, new.service_id)
        end = NEVER if new.validuntil is None else new.validuntil
        issued = _make(call, new, value, end, origin="sitefile")
        call.audit.record("token.place", f"token {issued.handle}", about=_about(new, end))
        return issued


def _make(call: Call, new: NewToken, value: str, end: int, *, origin: str) -> Issued:
    rules = address_rules.checked(new.iprestriction)
    _require_name_fits(new.name)
    _require_rate(new.rate, new.burst)
    handle = token_values.new_handle()
    digest = call.keys.digest(value)
    row: dict[str, Any] = {
        "handle": handle,
        "digest": digest.value,
        "key_number": digest.number,
        "last4": token_values.last4(value),
        "name": new.name or token_values.new_name(),
        "origin": origin,
        "sealed": call.keys.seal(value, SEALED) if origin == "sitefile" else None,
        "user_id": new.user_id,
        "service_id": new.service_id,
        "context_id": call.site.system.id if new.context_id is None else new.context_id,
        "creatorid": call.caller.id,
        "iprestriction": rules,
        "validuntil": end,
        "timecreated": call.now,
        "rate": new.rate,
        "burst": new.burst,
    }
    if store.id_by_digests(call.session, call.keys.digests(value)) is not None:
        raise _taken()
    try:
        token_id = store.add(call.session, row)
    except IntegrityError as problem:
        raise _taken() from problem
    warnings = token_holders.warnings(call, new.user_id, new.service_id)
    if origin == "sitefile":
        warnings += ("its value stands in a file: replace it before the site holds real data",)
    if not end:
        warnings += ("it has no end date",)
    return Issued(id=token_id, handle=handle, token=value, validuntil=end, warnings=warnings)


def edit(call: Call, token_id: int, changes: Changes) -> TokenRecord:
    """Change a token's name or limits."""
    with call.transaction():
        token = require(call, token_id)
        _require_live(call, token)
        values: dict[str, Any] = {}
        if changes.name is not UNSET:
            _require_name(changes.name)
            values["name"] = changes.name
        if changes.iprestriction is not UNSET:
            values["iprestriction"] = address_rules.checked(changes.iprestriction)
        if changes.validuntil is not UNSET:
            values["validuntil"] = changes.validuntil
        if changes.note is not UNSET:
            _require_note_fits(changes.note)
            values["note"] = changes.note
        rate = token.rate if changes.rate is UNSET else changes.rate
        kept = 0 if changes.rate == 0 else token.burst
        burst = kept if changes.burst is UNSET else changes.burst
        _require_rate(rate, burst)
        values |= {"rate": rate, "burst": burst}
        changed = {name: value for name, value in values.items() if getattr(token, name) != value}
        if changed:
            store.change(call.session, token_id, changed)
            before = {name: getattr(token, name) for name in changed}
            call.audit.record("token.edit", f"token {token.handle}", before=before, after=changed)
        return require(call, token_id)


def faults(changes: Changes) -> dict[str, InvalidParameter]:
    """Return what speaks against changes, by field, all in one pass."""
    checks: dict[str, tuple[Callable[[str], object], str | UnsetType]] = {
        "name": (_require_name, changes.name),
        "iprestriction": (address_rules.checked, changes.iprestriction),
        "note": (_require_note_fits, changes.note),
    }
    found: dict[str, InvalidParameter] = {}
    for field, (check, value) in checks.items():
        try:
            if value is not UNSET:
                check(value)
        except InvalidParameter as refusal:
            found[field] = refusal
    return found


def extend(call: Call, token_id: int, validuntil: int) -> TokenRecord:
    """Set the end date of a token, one that has passed too as long as its holder was not told."""
    with call.transaction():
        token = require(call, token_id)
        if token.revoked or token.expired_seen:
            reason = f"token {token.handle} has ended"
            raise InvalidParameter(reason, remedy="issue a new token")
        if token.validuntil != validuntil:
            store.change(call.session, token_id, {"validuntil": validuntil})
            before, after = {"validuntil": token.validuntil}, {"validuntil": validuntil}
            call.audit.record("token.edit", f"token {token.handle}", before=before, after=after)
        return require(call, token_id)


def rotate(call: Call, token_id: int, overlap: int) -> Issued:
    """Make a token that replaces another, which ends after `overlap` seconds."""
    with call.transaction():
        # The user first, as in their deletion, so that neither waits for the other.
        users.hold(call.session, [require(call, token_id).user_id])
        # Who ends it at this moment means its successor as well.
        store.lock(call.session, token_id)
        old = require(call, token_id)
        _require_live(call, old)
        token_holders.require_within_reach(call, old.user_id)
        if old.origin == "login":
            reason = f"token {old.handle} was given at log-in"
            raise InvalidParameter(reason, remedy="revoke it: the next log-in gives a new one")
        life = old.validuntil - old.timecreated
        end = call.now + max(life, DAY) if old.validuntil else NEVER
        new = NewToken(
            user_id=old.user_id,
            service_id=old.service_id,
            name=old.name,
            iprestriction=old.iprestriction,
            context_id=old.context_id,
            rate=old.rate,
            burst=old.burst,
        )
        issued = _make(call, new, token_values.new(), end, origin="admin")
        _end_after(call, old, overlap)
        target = f"token {old.handle}"
        call.audit.record("token.rotate", target, successor=issued.handle, overlap=overlap)
        return issued


def _end_after(call: Call, old: TokenRecord, overlap: int) -> None:
    if overlap <= 0:
        store.revoke(call.session, store.of_id(old.id), call.now, "replaced by rotation")
        return
    end = call.now + overlap
    if not old.validuntil or old.validuntil > end:
        store.change(call.session, old.id, {"validuntil": end})


def disable(call: Call, token_id: int, *, disabled: bool = True) -> TokenRecord:
    """Stop a token, or let it work again; every call that starts afterwards is judged by this."""
    with call.transaction():
        token = require(call, token_id)
        if bool(token.disabled) == disabled:
            return token
        if disabled and token.origin == "login":
            reason = f"token {token.handle} was given at log-in"
            raise InvalidParameter(reason, remedy="revoke it: the next log-in gives a new one")
        store.change(call.session, token_id, {"disabled": call.now if disabled else 0})
        action = "token.disable" if disabled else "token.enable"
        call.audit.record(action, f"token {token.handle}")
        return require(call, token_id)


def revoke(call: Call, token_id: int, reason: str = "revoked by an administrator") -> None:
    """End a token; every call that starts after this returned is refused (TOK-9)."""
    with call.transaction():
        token = require(call, token_id)
        if store.revoke(call.session, store.of_id(token.id), call.now, reason):
            call.audit.record("token.revoke", f"token {token.handle}", reason=reason)


def list_of(
    call: Call,
    *,
    user_id: int | None = None,
    service_id: int | None = None,
    ended: bool = False,
) -> list[TokenRecord]:
    """Return the tokens that the caller may manage: all of them, or those the caller made."""
    return store.listed(
        call.session,
        user_id=user_id,
        service_id=service_id,
        creator_id=shown_creator(call),
        ended=ended,
    )


def shown_creator(call: Call) -> int | None:
    """Return by whom tokens must be made to be shown to the caller; None: by anybody."""
    return None if call.permissions.may(MANAGE_ALL, call.site.system) else call.caller.id


def require(call: Call, token_id: int) -> TokenRecord:
    """Return a token that the caller may manage, or raise MissingRecord."""
    token = store.get(call.session, token_id)
    if token is None or not _may_manage(call, token):
        raise MissingRecord("token", token_id)
    return token


def of_handle(call: Call, handle: str) -> TokenRecord:
    """Return a token that the caller may manage by its handle, or raise MissingRecord."""
    token = store.by_handle(call.session, handle)
    if token is None or not _may_manage(call, token):
        raise MissingRecord("token", handle)
    return token


def of_value(call: Call, value: str) -> TokenRecord | None:
    """Return the token of a value, for matching a site file with the store."""
    token_id = store.id_by_digests(call.session, call.keys.digests(value))
    return None if token_id is None else store.get(call.session, token_id)


def _may_manage(call: Call, token: TokenRecord) -> bool:
    own = token.creatorid == call.caller.id
    return own or call.permissions.may(MANAGE_ALL, call.site.system)


def _require_live(call: Call, token: TokenRecord) -> None:
    if not token.is_live(call.now):
        reason = f"token {token.handle} has ended"
        raise InvalidParameter(reason, remedy="issue a new token")


def _require_name(name: str) -> None:
    if not name.strip():
        raise InvalidParameter("a token has a name", remedy="give it one")
    _require_name_fits(name)


def _require_name_fits(name: str) -> None:
    if len(name) > LONGEST_NAME:
        reason = f"a token's name has at most {LONGEST_NAME} characters, this one {len(name)}"
        raise InvalidParameter(reason, remedy="choose a shorter name")


def _require_note_fits(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        reason = f"a token's note has at most {LONGEST_NOTE} characters, this one {len(note)}"
        raise InvalidParameter(reason, remedy="shorten it")
    if _VALUE.search(note):
        reason = "the note holds what looks like a token"
        raise InvalidParameter(reason, remedy="name tokens by their handles; values are not kept")


def _require_rate(rate: int, burst: int) -> None:
    if not 0 <= rate <= MOST_CALLS or not 0 <= burst <= MOST_CALLS:
        reason = f"rate {rate} and burst {burst} are not both from 0 to {MOST_CALLS}"
        raise InvalidParameter(reason, remedy="give calls a minute, and calls at once; 0: no limit")
    if burst and not rate:
        reason = f"a burst of {counted(burst, 'call')} without a rate limits nothing"
        raise InvalidParameter(reason, remedy="give the rate as well, in calls a minute")


def _taken() -> MoodleError:
    return MoodleError(
        "tokengenerationfailed",
        "The token could not be made",
        reason="another token has this value",
        remedy="give another value; a value belongs to one user and one service",
    )


def _about(new: NewToken, end: int) -> dict[str, object]:
    return {
        "user": new.user_id,
        "service": new.service_id,
        "addresses": new.iprestriction,
        "validuntil": end,
        "rate": new.rate,
        "burst": new.burst,
    }
