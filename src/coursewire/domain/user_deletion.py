"""Deletion of users: a tombstone stays, name and address are free again."""

import hashlib

from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.domain import token_ends, users
from coursewire.domain.call import Call
from coursewire.domain.user_fields import LIMITS
from coursewire.store import departures
from coursewire.store import users as store
from coursewire.store.users import UserRecord


def delete(call: Call, user_id: int) -> None:
    """Delete a user with everything that is about them; the guest stays, without an error.

    Who may delete is decided before; administrators and oneself nobody deletes.
    """
    with call.transaction():
        user = users.get(call.session, user_id)
        if user.deleted:
            raise MissingRecord("user", user_id)
        if user.id in call.site.admin_ids:
            raise MoodleError("useradminodelete", "An administrator's account cannot be deleted")
        if user.id == call.caller.id:
            raise MoodleError("usernotdeletederror", "Nobody deletes their own account")
        if user.id == call.site.guest_id:
            return
        token_ends.revoke_of_users(call, [user.id], "the user was deleted")
        departures.leave_site(call.session, user.id)
        _bury(call, user)
        call.audit.record("user.delete", f"user {user.id}", username=user.username)


def _bury(call: Call, user: UserRecord) -> None:
    old_name = user.username.encode()
    store.change(
        call.session,
        user.id,
        {
            "deleted": 1,
            "username": _free_name(call, user),
            # As in Moodle: not to protect the name, only to keep it apart from addresses.
            "email": hashlib.md5(old_name, usedforsecurity=False).hexdigest(),
            "email_unique": None,
            "idnumber": "",
            "picture": 0,
            "password": "",
            "timemodified": call.now,
        },
    )


def _free_name(call: Call, user: UserRecord) -> str:
    """Return the first name of the form `address.time` that nobody has."""
    time = call.now
    while True:
        suffix = f".{time}"
        name = user.email.lower()[: LIMITS["username"] - len(suffix)] + suffix
        if store.by_username(call.session, name) is None:
            return name
        time += 1
