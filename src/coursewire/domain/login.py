"""Logging in with a password: one way for the token endpoint, the console and any later path.

Three steps, so that no transaction is open and no writer waits while a hash is computed (AUTH-8):
`begin` finds the account and takes a place in the limits, the caller has `attempt.stored` checked,
`finish` writes down what came of it. Every way to fail costs the same work and gives the same
answer (AUTH-3); the reason is in the audit record only.
"""

import hmac
from collections.abc import Collection

from msgspec import Struct

from coursewire.contracts.errors import MoodleError
from coursewire.domain import login_limits, user_names
from coursewire.domain.call import Call, Caller
from coursewire.domain.login_limits import Place
from coursewire.domain.password_hashes import Verified
from coursewire.domain.site import Site
from coursewire.store import users
from coursewire.store.users import UserRecord

# Ways of logging in whose password is checked here. The others check it elsewhere or not at all.
WITH_PASSWORD = frozenset({"manual", "email"})
NOBODY = Caller(id=0, username="", auth="", is_admin=False, is_guest=False)


class Attempt(Struct, frozen=True):
    """A log-in that has begun.

    `stored` is the hash to compare with, None where no password can be right; `obstacle` says why.
    """

    place: Place
    user_id: int
    username: str
    stored: str | None
    obstacle: str = ""

    def __repr__(self) -> str:
        """Show no hash."""
        return f"Attempt(user_id={self.user_id}, obstacle={self.obstacle!r})"


def begin(call: Call, username: str, address: str) -> Attempt:
    """Find the account that a name means and count the attempt before it is judged (AUTH-6)."""
    written = _readable(username)
    user, by_address = _found(call, written)
    account = _counted_as(call, user, written)
    limits = login_limits.of_site(call.site)
    place = login_limits.take(call.session, limits, account, address, call.now)
    if user is None:
        return Attempt(place, 0, "", None, place.obstacle or "unknown account")
    obstacle = place.obstacle or _obstacle(user, call.site, by_address=by_address)
    return Attempt(place, user.id, user.username, None if obstacle else user.password, obstacle)


def finish(call: Call, attempt: Attempt, verified: Verified) -> UserRecord:
    """Write down the outcome and return the user, or raise the one answer to every failure."""
    with call.transaction():
        user = _succeeded(call, attempt, verified)
        if user is None:
            _record_failure(call, attempt)
    if user is None:
        raise _invalid_login(attempt.obstacle or "wrong password")
    return user


def require_unchanged(call: Call, user: UserRecord) -> None:
    """Refuse who was shut out, or got another password, since theirs was found right.

    It belongs into the transaction that makes what a password opens: a change then either is seen
    here, or waits and ends what was made (TOK-9, WEB-1).
    """
    if _as_it_was(call, user.id, [user.password]) is None:
        raise _invalid_login("the account was changed meanwhile")


def note_entry(call: Call, user: UserRecord) -> None:
    """Note when the user came in.

    A password that opens nothing is no entry (recorded in users_by_field).
    """
    values = {
        "lastlogin": user.currentlogin,
        "currentlogin": call.now,
        "lastaccess": call.now,
        "firstaccess": user.firstaccess or call.now,
    }
    with call.transaction():
        users.change(call.session, user.id, values)


def abandon(call: Call, attempt: Attempt) -> None:
    """Give an attempt's place back: its password was not looked at, the server was too busy."""
    if attempt.place.refused:
        return
    with call.session.transaction():
        limits = login_limits.of_site(call.site)
        login_limits.withdraw(call.session, limits, attempt.place)


def acting_as(call: Call, user: UserRecord) -> Call:
    """Return the call of the user who has just logged in, in place of nobody's."""
    caller = Caller(
        id=user.id,
        username=user.username,
        auth=user.auth,
        is_admin=user.id in call.site.admin_ids,
        is_guest=user.id == call.site.guest_id,
    )
    return Call(
        session=call.session,
        caller=caller,
        site=call.site,
        now=call.now,
        function=call.function,
        origin=call.origin,
        text=call.text,
        clock=call.clock,
        keys=call.keys,
        passwords=call.passwords,
    )


def _readable(text: str) -> str:
    """Leave out what no database takes in a text: bytes that are no UTF-8, and NUL (IN-7)."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def _found(call: Call, text: str) -> tuple[UserRecord | None, bool]:
    """Return the account of a name or of an e-mail address, and whether it was the address."""
    name = user_names.cleaned(text, extended=call.site.extendedusernamechars)
    user = users.by_username(call.session, name) if name else None
    if user is None and "@" in text:
        return users.by_address(call.session, text.strip()), True
    return user, False


def _counted_as(call: Call, user: UserRecord | None, text: str) -> str:
    """Return the account that failures count for, however it was written (AUTH-7).

    What is no account's name may be a password typed into the wrong field, so only a keyed
    digest of it is stored.
    """
    if user is not None:
        return f"user:{user.id}"
    name = user_names.cleaned(text, extended=True)
    return f"name:{call.keys.digest(name).value.hex()[:32]}"


def _obstacle(user: UserRecord, site: Site, *, by_address: bool) -> str:
    if by_address and not site.settings["authloginviaemail"]:
        return "log-in by e-mail address is off"
    if user.deleted:
        return "the account is deleted"
    if user.suspended:
        return "the account is suspended"
    if user.auth not in WITH_PASSWORD:
        return f"accounts of kind {user.auth!r} do not log in by password here"
    return ""


def _succeeded(call: Call, attempt: Attempt, verified: Verified) -> UserRecord | None:
    stored = attempt.stored or ""
    # The account may have been shut, or its password changed, since the attempt began.
    # Or another log-in, by the same password, has renewed its hash.
    known = [stored, verified.replacement] if verified.replacement else [stored]
    user = _as_it_was(call, attempt.user_id, known) if stored and verified.ok else None
    if user is None:
        return None
    limits = login_limits.of_site(call.site)
    login_limits.give_back(call.session, limits, attempt.place, call.now)
    if verified.replacement:
        users.change(call.session, user.id, {"password": verified.replacement})
    call.audit.record("login.success", f"user {user.id}", username=user.username)
    return users.get(call.session, user.id)


def _as_it_was(call: Call, user_id: int, stored: Collection[str]) -> UserRecord | None:
    """Return the account if it is open and its hash one of these; nobody changes it meanwhile."""
    users.hold_unchanged(call.session, user_id)
    user = users.get(call.session, user_id)
    if user is None or _obstacle(user, call.site, by_address=False):
        return None
    now = user.password.encode()
    return user if any(hmac.compare_digest(now, one.encode()) for one in stored) else None


def _record_failure(call: Call, attempt: Attempt) -> None:
    target = f"user {attempt.user_id}" if attempt.user_id else "unknown account"
    reason = attempt.obstacle or "wrong password"
    call.audit.record("login.failure", target, "refused", reason, username=attempt.username)
    if attempt.place.reached:
        call.audit.record(
            "login.lockout", target, "refused", f"too many failures by {attempt.place.reached}"
        )


def _invalid_login(reason: str) -> MoodleError:
    return MoodleError(
        "invalidlogin",
        "The user name or the password is wrong",
        reason=reason,
        remedy="check both; after several failures wait a quarter of an hour",
    )
