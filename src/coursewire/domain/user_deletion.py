"""Deletion of users: a tombstone stays, name and address are free again."""

import hashlib
from collections.abc import Collection, Sequence

from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.domain import site, token_ends, user_names, user_pictures, users
from coursewire.domain.call import Call
from coursewire.domain.id_ranges import written
from coursewire.domain.user_fields import LIMITS
from coursewire.store import courses, departures, enrolments
from coursewire.store import users as store
from coursewire.store.users import UserRecord


def delete(call: Call, user_id: int) -> None:
    """Delete a user with everything that is about them; the guest stays, without an error.

    Who may delete is decided before; administrators and oneself nobody deletes.
    """
    delete_many(call, [user_id])


def delete_many(call: Call, user_ids: Sequence[int]) -> None:
    """Delete users as `delete` does, all of them or none; the refusal is that of the first bad one.

    Nobody else can let them join anything meanwhile; their courses are locked, so that nobody puts
    them into a group there either (DUR-6).
    """
    with call.transaction():
        store.hold_for_deletion(call.session, user_ids)
        leaving = _leaving(call, user_ids)
        if not leaving:
            return
        ids = [user.id for user in leaving]
        theirs = enrolments.courses_of(call.session, ids)
        courses.lock(call.session, {course.id for some in theirs.values() for course in some})
        for user in leaving:
            _bury(call, user)
        token_ends.revoke_of_users(call, ids, "the user was deleted")
        departures.leave_site(call.session, ids)
        usernames = [user.username for user in leaving]
        call.audit.record("user.delete", _target(ids), ids=ids, usernames=usernames)


def _leaving(call: Call, user_ids: Sequence[int]) -> list[UserRecord]:
    """Return whom to delete, or raise what speaks against the first who stays."""
    found = users.of_ids(call.session, user_ids)
    # Somebody may have become an administrator since the call began.
    admins = site.refreshed(call.session, call.site).admin_ids
    leaving: dict[int, UserRecord] = {}
    for user_id in user_ids:
        user = users.require(found, user_id)
        if user.deleted or user.id in leaving:
            raise MissingRecord("user", user_id)
        require_may_leave(call, user, admins)
        if user.id != call.site.guest_id:
            leaving[user.id] = user
    return list(leaving.values())


def require_may_leave(call: Call, user: UserRecord, admins: Collection[int]) -> None:
    """Refuse to delete administrators, oneself, and, but for owners, who may use the console."""
    if user.id in admins:
        raise MoodleError("useradminodelete", "An administrator's account cannot be deleted")
    if users.is_out_of_reach(call, user):
        message = "Only an owner of the console deletes the account of who may use it"
        raise MoodleError("useradminodelete", message)
    if user.id == call.caller.id:
        raise MoodleError("usernotdeletederror", "Nobody deletes their own account")


def _target(ids: Sequence[int]) -> str:
    return f"user {ids[0]}" if len(ids) == 1 else f"users {written(ids)}"


def _bury(call: Call, user: UserRecord) -> None:
    if user.picture:
        user_pictures.remove(call, user.id)
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
    """Return the first name of the form `address.time` that nobody has.

    Addresses may have signs that user names may not: no answer could then tell the name.
    """
    address = user_names.cleaned(user.email, extended=call.site.extendedusernamechars)
    time = call.now
    while True:
        suffix = f".{time}"
        name = address[: LIMITS["username"] - len(suffix)] + suffix
        if store.by_username(call.session, name) is None:
            return name
        time += 1
