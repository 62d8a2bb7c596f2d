"""The token that log-in gives out: the same again while it lives, never an administrator's (TOK-7).

Its value is stored nowhere: it is derived from the key file, the row's id and a salt. A token that
a site file gives to the account counts as the account's own and is given out as well, since the
file says that account, service and value belong together; its value is kept sealed.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import MoodleError
from coursewire.contracts.registry import MOBILE_SERVICE
from coursewire.domain import login, token_values, tokens
from coursewire.domain.address_rules import allowed
from coursewire.domain.call import Call
from coursewire.store import tokens as store
from coursewire.store.services import ServiceRecord
from coursewire.store.tokens import SecretRecord
from coursewire.store.users import UserRecord

CREATE = "moodle/webservice:createtoken"
CREATE_MOBILE = "moodle/webservice:createmobiletoken"
_SALT_BYTES = 16
_REPLACED = "ended before a log-in"
_NOT_MADE = "A token for this service cannot be made at log-in"


def give(call: Call, user: UserRecord, service: ServiceRecord, address: str) -> str:
    """Return the caller's token for a service: the newest that may be given again, or a new one.

    The caller is the user, as log-in found them.
    """
    _end_expired(call, service)
    try:
        return _give(call, user, service, address)
    except IntegrityError:
        # Another log-in at the same moment has made it; now it is there to be found.
        return _give(call, user, service, address)


def _give(call: Call, user: UserRecord, service: ServiceRecord, address: str) -> str:
    with call.transaction():
        login.require_unchanged(call, user)
        live = _live(call, service)
        found = next((token for token in live if allowed(token.iprestriction, address)), None)
        if found is None:
            _require_none_for_others(live)
            token_id, handle, value = _create(call, service)
            call.audit.record("token.create", f"token {handle}", service=service.id)
        else:
            token_id, handle, value = found.id, found.handle, _value(call, found)
            call.audit.record("token.send", f"token {handle}", service=service.id)
        store.touch(call.session, {token_id: call.now})
        return value


def _end_expired(call: Call, service: ServiceRecord) -> None:
    """End the tokens whose time is over; they stay ended if no new one may be made."""
    found = store.given_at_login(call.session, call.caller.id, service.id)
    expired = [token for token in found if _is_over(call, token)]
    if not expired:
        return
    with call.transaction():
        for token in expired:
            store.revoke(call.session, store.of_id(token.id), call.now, _REPLACED)
            call.audit.record("token.expire", f"token {token.handle}")


def _end_seen_expired(call: Call, service: ServiceRecord) -> None:
    """Make room for a new token where the one before was used after its time.

    That use has noted and recorded its end; only as a revoked one it stands in nobody's way.
    """
    seen = store.of_seen_expired(call.caller.id, service.id)
    store.revoke(call.session, seen, call.now, _REPLACED)


def _is_over(call: Call, token: SecretRecord) -> bool:
    return bool(token.validuntil) and call.now > token.validuntil


def _live(call: Call, service: ServiceRecord) -> list[SecretRecord]:
    """Return the tokens that may be given again from their addresses, the newest first."""
    found = store.given_at_login(call.session, call.caller.id, service.id)
    return [token for token in found if not _is_over(call, token)]


def _require_none_for_others(live: Sequence[SecretRecord]) -> None:
    """Refuse a second token beside one that somebody has limited to other addresses.

    There is one at a time (TOK-7), and a new one without the limit would undo it.
    """
    for token in live:
        if token.origin == "login":
            raise MoodleError(
                "cannotcreatetoken",
                _NOT_MADE,
                reason=f"token {token.handle} was given at log-in and may be used from "
                f"{token.iprestriction!r} only",
                remedy="change the addresses of that token, or revoke it",
            )


def _value(call: Call, token: SecretRecord) -> str:
    if token.salt is not None:
        return call.keys.derived(token.id, token.salt)
    if token.sealed is None:
        msg = f"token {token.handle} has neither salt nor sealed value"
        raise LookupError(msg)
    return call.keys.unseal(token.sealed, tokens.SEALED)


def _create(call: Call, service: ServiceRecord) -> tuple[int, str, str]:
    _require_creation(call, service)
    _end_seen_expired(call, service)
    handle, salt = token_values.new_handle(), secrets.token_bytes(_SALT_BYTES)
    row: dict[str, Any] = {
        "handle": handle,
        # Replaced at once: the value depends on the id that this row is about to get.
        "digest": secrets.token_bytes(32),
        "name": token_values.new_name(),
        "origin": "login",
        "salt": salt,
        "user_id": call.caller.id,
        "service_id": service.id,
        "context_id": call.site.system.id,
        "creatorid": call.caller.id,
        "validuntil": _end(call),
        "timecreated": call.now,
    }
    token_id = store.add(call.session, row)
    value = call.keys.derived(token_id, salt)
    digest = call.keys.digest(value)
    store.set_digest(call.session, token_id, digest, token_values.last4(value))
    return token_id, handle, value


def _end(call: Call) -> int:
    return call.now + call.site.tokenduration if call.site.tokenduration else tokens.NEVER


def _require_creation(call: Call, service: ServiceRecord) -> None:
    """Refuse users who may not make tokens; administrators make theirs elsewhere, as in Moodle."""
    system = call.site.system
    if service.shortname == MOBILE_SERVICE and call.permissions.may(CREATE_MOBILE, system):
        return
    if call.permissions.may(CREATE, system) and not call.caller.is_admin:
        return
    wanted = CREATE_MOBILE if service.shortname == MOBILE_SERVICE else CREATE
    whose = "an administrator" if call.caller.is_admin else call.caller.username
    raise MoodleError(
        "cannotcreatetoken",
        _NOT_MADE,
        reason=f"{whose} has no token for {service.name!r} and may not make one by log-in",
        remedy=f"issue a token for the user, or allow {wanted} in a role of the user",
    )
