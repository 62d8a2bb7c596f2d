"""Preferences of users: who may set which, and what is kept of a value."""

from collections.abc import Iterable, Sequence

from coursewire.domain import contexts, known_preferences, users
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.id_ranges import written
from coursewire.domain.known_preferences import Who
from coursewire.store import preferences as store
from coursewire.store import users as users_store
from coursewire.store.users import UserRecord

NAME = 255
# Who may create accounts may also say, while they do, that the password must be changed.
FRESH_SECONDS = 10


def may_set(call: Call, target: UserRecord, name: str) -> bool:
    """Tell whether the caller may set a preference of a user; an unknown one never."""
    known = known_preferences.find(name)
    if known is None or (known.needs and not call.site.settings[known.needs]):
        return False
    oneself = target.id == call.caller.id
    if known.who is Who.SELF:
        return oneself
    if known.who is Who.HOME_PAGE:
        return oneself and call.site.settings["defaulthomepage"] == _USER_CHOICE
    if known.who is Who.OTHERS:
        return not oneself and _may_update(call, target)
    return _may_edit(call, target, _PROFILE)


def save(call: Call, target: UserRecord, values: Iterable[tuple[str, str | None]]) -> list[str]:
    """Store those of the preferences that the caller may set, and return their names."""
    kept: list[str] = []
    for name, value in values:
        known = known_preferences.find(name)
        if known is not None and may_set(call, target, name):
            put(call, target.id, name, known.for_null() if value is None else value)
            kept.append(name)
    return kept


def record(call: Call, changed: Sequence[tuple[int, str]]) -> None:
    """Note in the audit record whose preferences were set: pairs of user and name."""
    if changed:
        ids = sorted({user_id for user_id, _ in changed})
        names = sorted({name for _, name in changed})
        call.audit.record("user.preferences", f"users {written(ids)}", ids=ids, names=names)


def stop_mail(call: Call, user_id: int, *, stopped: bool) -> None:
    """Say whether mail is sent to a user; without the right to, nothing happens."""
    target = users.require_active(call, user_id)
    if int(stopped) == target.emailstop or not _may_edit(call, target, _MESSAGE_PROFILE):
        return
    values = {"emailstop": int(stopped), "timemodified": call.now}
    users_store.change(call.session, target.id, values)
    call.audit.record("user.update", f"user {target.id}", fields=["emailstop"])


def put(call: Call, user_id: int, name: str, value: str | None) -> None:
    """Store a known preference as it is cleaned; what is cleaned away is unset.

    Raises DatabaseWrite for a name that is too long: names with a number in them have any length.
    """
    limits.require_fit("name", name, NAME)
    known = known_preferences.KNOWN.get(name) or known_preferences.find(name)
    kept = known.cleaned(value) if known and value is not None else None
    if kept is None:
        store.drop(call.session, user_id, [name])
    else:
        store.put(call.session, user_id, {name: kept})


_PROFILE = ("moodle/user:editownprofile", "moodle/user:editprofile")
_MESSAGE_PROFILE = ("moodle/user:editownmessageprofile", "moodle/user:editmessageprofile")
# The value of `defaulthomepage` that leaves the choice to the users.
_USER_CHOICE = 2


def _may_update(call: Call, target: UserRecord) -> bool:
    may = call.permissions.may
    if may("moodle/user:update", call.site.system):
        return True
    fresh = target.timecreated >= call.now - FRESH_SECONDS
    return fresh and may("moodle/user:create", call.site.system)


def _may_edit(call: Call, target: UserRecord, rights: tuple[str, str]) -> bool:
    """Tell whether the caller may edit a profile: the right to one's own, and that to others'."""
    own, others = rights
    if target.id == call.caller.id:
        return call.permissions.may(own, call.site.system)
    if target.id in call.site.admin_ids and not call.caller.is_admin:
        return False
    place = contexts.user(call.session, target.id)
    return place is not None and call.permissions.may(others, place)
