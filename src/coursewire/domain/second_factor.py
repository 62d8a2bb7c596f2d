"""The second factor of an account: codes of an app, and recovery codes for when it is lost."""

import secrets

from coursewire.contracts.errors import InvalidParameter, MoodleError
from coursewire.domain import login_limits, totp
from coursewire.domain.call import Call
from coursewire.store import second_factors as store
from coursewire.store.session import Session

CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP = 5


def is_on(session: Session, user_id: int) -> bool:
    """Tell whether an account needs a code to sign in."""
    found = store.get(session, user_id)
    return found is not None and bool(found.confirmed)


def codes_left(session: Session, user_id: int) -> int:
    """Return how many recovery codes are left."""
    return store.codes_left(session, user_id)


def prepare(call: Call) -> str:
    """Store a new secret for the caller, which counts once a code of it was typed; return it."""
    secret = totp.new_secret()
    with call.transaction():
        if is_on(call.session, call.caller.id):
            raise InvalidParameter("the second factor is on already", remedy="switch it off first")
        sealed = call.keys.seal(secret, _purpose(call.caller.id))
        store.put(call.session, call.caller.id, sealed)
    return secret


def prepared(call: Call) -> str:
    """Return the secret that waits for its first code, or ''."""
    found = store.get(call.session, call.caller.id)
    if found is None or found.confirmed:
        return ""
    return call.keys.unseal(found.sealed_secret, _purpose(call.caller.id))


def confirm(call: Call, given: str) -> tuple[str, ...]:
    """Switch the second factor on by its first code; return recovery codes, shown only now."""
    user_id = call.caller.id
    with call.transaction():
        if is_on(call.session, user_id) or not _is_code(call, user_id, given):
            reason = "the code does not fit"
            remedy = "type the six digits that the app shows now; compare the clocks"
            raise InvalidParameter(reason, remedy=remedy)
        store.confirm(call.session, user_id)
        codes = _new_codes(call)
        call.audit.record("console.second_factor_on", f"user {user_id}")
    return codes


def renew_codes(call: Call) -> tuple[str, ...]:
    """Return new recovery codes in place of the present ones."""
    with call.transaction():
        codes = _new_codes(call)
        call.audit.record("console.recovery_codes", f"user {call.caller.id}")
    return codes


def switch_off(call: Call, user_id: int) -> None:
    """Ask for no code any more: one's own, or by command for who lost the device."""
    with call.transaction():
        if store.get(call.session, user_id) is not None:
            store.remove(call.session, user_id)
            call.audit.record("console.second_factor_off", f"user {user_id}")


def require(call: Call, user_id: int, given: str, address: str) -> None:
    """Refuse unless a code fits; failures are limited as those of passwords are (AUTH-4).

    They have counters of their own: whoever guesses codes knows the password, and could clear
    the account's counters, and become familiar, by typing it again.
    """
    limits = login_limits.of_site(call.site)
    place = login_limits.take(call.session, limits, f"code:{user_id}", address, call.now)
    target = f"user {user_id}"
    with call.transaction():
        right = not place.refused and _is_right(call, user_id, given)
        if right:
            login_limits.give_back(call.session, limits, place, call.now)
        else:
            reason = place.obstacle or "wrong code"
            call.audit.record("login.failure", target, "refused", reason)
    if not right:
        remedy = "type the code that the app shows now; each works once"
        raise MoodleError("invalidlogin", "The code is wrong", remedy=remedy)


def _is_right(call: Call, user_id: int, given: str) -> bool:
    cleaned = "".join(given.split()).replace("-", "").lower()
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) == totp.DIGITS:
        return _is_code(call, user_id, cleaned)
    if not store.use_code(call.session, user_id, _digest(call, user_id, cleaned), call.now):
        return False
    call.audit.record("console.recovery_code", f"user {user_id}")
    return True


def _is_code(call: Call, user_id: int, given: str) -> bool:
    found = store.get(call.session, user_id)
    if found is None:
        return False
    secret = call.keys.unseal(found.sealed_secret, _purpose(user_id))
    step = totp.step_of(secret, given.strip(), call.now)
    return step is not None and store.advance(call.session, user_id, step)


def _new_codes(call: Call) -> tuple[str, ...]:
    codes = tuple(_new_code() for _ in range(CODES))
    user_id = call.caller.id
    digests = [_digest(call, user_id, one.replace("-", "")) for one in codes]
    store.set_codes(call.session, user_id, digests)
    return codes


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(2 * _GROUP))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def _digest(call: Call, user_id: int, cleaned: str) -> bytes:
    # Not the digest key, which rotates: codes must work for years.
    return bytes.fromhex(call.keys.derived(user_id, cleaned.encode(), purpose="recovery code "))


def _purpose(user_id: int) -> str:
    return f"second factor of user {user_id}"
