"""Preferences of users: who may set which, and what is kept of a value."""

from collections.abc import Iterable

from coursewire.domain import contexts, known_preferences
from coursewire.domain.call import Call
from coursewire.domain.known_preferences import Who
from coursewire.store import preferences as store
from coursewire.store.users import UserRecord

# Who may create accounts may also say, while they do, that the password must be changed.
FRESH_SECONDS = 10


def may_set(call: Call, target: UserRecord, name: str) -> bool:
    """Tell whether the caller may set a preference of a user; an unknown one never."""
    known = known_preferences.find(name)
    if known is None:
        return False
    oneself = target.id == call.caller.id
    if known.who is Who.SELF:
        return oneself
    if known.who is Who.HOME_PAGE:
        return oneself and call.site.settings["defaulthomepage"] == _USER_CHOICE
    if known.who is Who.OTHERS:
        return not oneself and _may_update(call, target)
    return _may_edit_profile(call, target)


def save(call: Call, target: UserRecord, values: Iterable[tuple[str, str | None]]) -> None:
    """Store those of the preferences that the caller may set, and leave out the others."""
    for name, value in values:
        if may_set(call, target, name):
            put(call, target.id, name, value)


def put(call: Call, user_id: int, name: str, value: str | None) -> None:
    """Store a known preference as it is cleaned; what is cleaned away is unset."""
    known = known_preferences.KNOWN.get(name) or known_preferences.find(name)
    kept = known.cleaned(value) if known and value is not None else None
    if kept is None:
        store.drop(call.session, user_id, [name])
    else:
        store.put(call.session, user_id, {name: kept})


# The value of `defaulthomepage` that leaves the choice to the users.
_USER_CHOICE = 2


def _may_update(call: Call, target: UserRecord) -> bool:
    may = call.permissions.may
    if may("moodle/user:update", call.site.system):
        return True
    fresh = target.timecreated >= call.now - FRESH_SECONDS
    return fresh and may("moodle/user:create", call.site.system)


def _may_edit_profile(call: Call, target: UserRecord) -> bool:
    if target.id == call.caller.id:
        return call.permissions.may("moodle/user:editownprofile", call.site.system)
    if target.id in call.site.admin_ids and not call.caller.is_admin:
        return False
    place = contexts.user(call.session, target.id)
    return place is not None and call.permissions.may("moodle/user:editprofile", place)
