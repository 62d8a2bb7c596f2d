"""Changes of accounts through functions: each user by itself, with the codes callers know."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import DatabaseWrite, InvalidParameter, MoodleError
from coursewire.domain import (
    installed,
    passwords,
    preferences,
    profile_fields,
    token_ends,
    user_fields,
    user_names,
    user_pictures,
    users,
)
from coursewire.domain.call import Call
from coursewire.store import console_sessions, interests
from coursewire.store import users as store
from coursewire.store.users import UserRecord
from coursewire.text.types.places import email as is_email


class UserUpdate(Struct, frozen=True, kw_only=True):
    """What becomes of a user; `values` are columns as they were sent, None is left as it is."""

    id: int
    values: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    password: str | None = None
    interests: Sequence[str] | None = None
    custom: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    preferences: Sequence[tuple[str, str]] = ()
    # A draft area of the caller that holds a picture; 0 takes the picture away.
    picture: int | None = None

    def __repr__(self) -> str:
        """Show who it is and no secret."""
        return f"UserUpdate(id={self.id})"


def apply(call: Call, wanted: UserUpdate, hash_one: Callable[[str], str]) -> None:
    """Change one user, wholly or not at all; who may change users is decided before.

    A password is hashed between the checks and the transaction that repeats them (AUTH-8).
    """
    user = _checked(call, wanted)
    password = None
    if wanted.password is not None:
        internal = wanted.values.get("auth", user.auth) in installed.INTERNAL_AUTHS
        password = hash_one(wanted.password) if internal else user_fields.NOT_CACHED
    with call.transaction():
        store.hold_unchanged(call.session, wanted.id)
        user = _checked(call, wanted)
        row = _changes(call, user, wanted)
        if wanted.picture is not None:
            row["picture"] = user_pictures.change(call, user, wanted.picture)
        if password is not None:
            row["password"] = password
        _store(call, user, row)
        _store_rest(call, user, wanted)
        if password is not None:
            token_ends.revoke_after_password_change(call, user.id)
        call.audit.record(
            "user.update", f"user {user.id}", username=user.username, fields=_told(wanted, row)
        )


def _checked(call: Call, wanted: UserUpdate) -> UserRecord:
    """Return the user as it is now, once nothing speaks against the change."""
    user = store.get(call.session, wanted.id)
    if user is None:
        raise MoodleError("invaliduserid", f"There is no user {wanted.id}")
    users.require_changeable(call, user)
    if wanted.values.get("auth") == users.REMOTE:
        reason = (
            f"user {user.id} has the account here; as one of another site nobody could change it"
        )
        raise InvalidParameter(reason, remedy="name a way of logging in of this site")
    email = wanted.values.get("email", user.email)
    if email != user.email:
        _require_email(call, user, email)
    if "username" in wanted.values:
        user_names.require_username(wanted.values["username"], call.site)
    if wanted.password is not None:
        passwords.require_policy(wanted.password, call.site)
    return user


def _require_email(call: Call, user: UserRecord, email: str) -> None:
    if not email or not is_email(email):
        raise MoodleError("useremailinvalid", f"{email!r} is not an e-mail address")
    if call.site.allowaccountssameemail or store.fold(email) == store.fold(user.email):
        return
    if store.taken_emails(call.session, [email]):
        raise _taken_email(email)


def _taken_email(email: str) -> MoodleError:
    return MoodleError("useremailduplicate", f"Somebody has the address {email!r} already")


def _changes(call: Call, user: UserRecord, wanted: UserUpdate) -> dict[str, Any]:
    """Return the columns that get another value."""
    values = dict(wanted.values)
    if "country" in values:
        values["country"] = user_fields.country(values["country"], call.site.country)
    if "calendartype" in values:
        values["calendartype"] = user_fields.calendar(values["calendartype"])
    row = {name: value for name, value in values.items() if value != getattr(user, name)}
    user_fields.require_storable(row)
    if "email" in row:
        row["email_unique"] = store.unique_email(
            row["email"], shared=call.site.allowaccountssameemail
        )
    return row


def _store(call: Call, user: UserRecord, row: Mapping[str, Any]) -> None:
    if not row:
        return
    if row.get("suspended"):
        console_sessions.end_of_users(call.session, [user.id])
    try:
        with call.session.savepoint():
            store.change(call.session, user.id, {**row, "timemodified": call.now})
    except IntegrityError as problem:
        # Names are left to the database (functions.md 2); an address somebody took just now.
        email = row.get("email_unique")
        if email and ("username" not in row or store.taken_emails(call.session, [email])):
            raise _taken_email(email) from problem
        raise DatabaseWrite(f"the user name {row['username']!r} is taken") from problem


def _store_rest(call: Call, user: UserRecord, wanted: UserUpdate) -> None:
    if wanted.custom:
        profile_fields.put(call, user.id, wanted.custom)
    if wanted.interests is not None:
        interests.replace(call.session, user.id, user_fields.tags(wanted.interests))
    if wanted.preferences:
        preferences.save(call, user, wanted.preferences)


def _told(wanted: UserUpdate, row: Mapping[str, Any]) -> list[str]:
    """Return what the audit record names: no values, for some are secret."""
    told = {name for name in row if name != "email_unique"}
    told.update(f"custom {name}" for name in wanted.custom)
    told.update(f"preference {name}" for name, _ in wanted.preferences)
    if wanted.interests is not None:
        told.add("interests")
    return sorted(told)
