"""Bodies of core_user for preferences: read, set, update."""

from coursewire.contracts.core_user import preferences as c
from coursewire.contracts.errors import CodingError, DatabaseWrite, Refusal
from coursewire.contracts.parts import CallWarning, NameValue
from coursewire.domain import preferences, users
from coursewire.domain.call import Call
from coursewire.domain.loose_numbers import is_number
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound
from coursewire.store import preferences as store
from coursewire.store.users import UserRecord

CONFIG = "moodle/site:config"
# What Moodle takes for no name at all.
_NO_NAME = ("", "0")


def get_user_preferences(call: Call, params: c.GetUserPreferences) -> c.UserPreferences:
    """Read one preference, null where it is not set, or all that are set."""
    system = validate_context(call, call.site.system)
    user_id = params.userid or call.caller.id
    if params.userid:
        users.require_active(call, user_id)
    if user_id != call.caller.id:
        call.permissions.require(CONFIG, system)
    return c.UserPreferences(preferences=_asked(call, user_id, params.name), warnings=[])


def _asked(call: Call, user_id: int, name: str) -> list[NameValue]:
    if name in _NO_NAME:
        held = store.of_user(call.session, user_id)
        return [NameValue(name=name, value=value) for name, value in held.items()]
    if is_number(name):
        reason = f"{name!r} is a number, and no preference is named by one"
        raise CodingError(reason)
    return [NameValue(name=name, value=store.value(call.session, user_id, name))]


def set_user_preferences(call: Call, params: c.SetUserPreferences) -> c.SavedPreferences:
    """Set preferences of users; whatever cannot be set becomes a warning.

    No context is validated: an account that must change its password first may set its own.
    Nobody may set anything before logging in, nor learn which accounts there are.
    """
    ids = {wanted.userid or call.caller.id for wanted in params.preferences}
    saved: list[c.SavedPreference] = []
    warnings: list[CallWarning] = []
    with call.transaction():
        users.hold(call.session, ids)
        found = users.of_ids(call.session, ids)
        for wanted in params.preferences:
            user_id = wanted.userid or call.caller.id
            target = found.get(user_id) if call.caller.id else None
            if target is None or not _is_active(call, target):
                message = f"User {user_id} does not exist or cannot take part"
                warnings.append(_warning(user_id, "invaliduser", message))
            elif not preferences.may_set(call, target, wanted.name):
                message = f"You may not set the preference {wanted.name!r} of user {user_id}"
                warnings.append(_warning(user_id, "nopermission", message))
            elif _is_saved(call, user_id, wanted):
                saved.append(c.SavedPreference(name=wanted.name, userid=user_id))
            else:
                message = f"The preference cannot be stored for user {user_id}"
                warnings.append(_warning(user_id, "errorsavingpreference", message))
        if saved:
            preferences.record(call, [(each.userid, each.name) for each in saved])
    return c.SavedPreferences(saved=saved, warnings=warnings)


def _is_saved(call: Call, user_id: int, wanted: c.UserPreference) -> bool:
    """Store a preference; False where the store does not take it."""
    try:
        preferences.put(call, user_id, wanted.name, wanted.value)
    except DatabaseWrite:
        return False
    return True


def _is_active(call: Call, user: UserRecord) -> bool:
    try:
        users.require_active_record(call, user)
    except Refusal:
        return False
    return True


def _warning(user_id: int, code: str, message: str) -> CallWarning:
    return CallWarning(item="user", itemid=user_id, warningcode=code, message=message)


def update_user_preferences(call: Call, params: c.UpdateUserPreferences) -> None:
    """Set preferences of one user and whether mail is sent to them.

    What the caller may not set is left out without a word.
    """
    validate_context(call, call.site.system)
    user_id = params.userid or call.caller.id
    with call.transaction():
        # Preferences of a deleted user are taken (recorded in preferences).
        users.hold(call.session, [user_id])
        if params.preferences:
            target = users.get(call.session, user_id)
            wanted = [(each.type, each.value) for each in params.preferences]
            kept = preferences.save(call, target, wanted)
            preferences.record(call, [(user_id, name) for name in kept])
        if params.emailstop is not None:
            preferences.stop_mail(call, user_id, stopped=bool(params.emailstop))


FUNCTIONS = (
    Bound(c.get_user_preferences, get_user_preferences),
    Bound(c.set_user_preferences, set_user_preferences),
    Bound(c.update_user_preferences, update_user_preferences),
)
