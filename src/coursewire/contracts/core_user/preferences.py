"""Contracts of core_user for preferences: read, set, update."""

from msgspec import Struct

from coursewire.contracts.access import Access, Place
from coursewire.contracts.fields import UNSET, Int, Raw, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, NameValue


class GetUserPreferences(Struct, frozen=True, kw_only=True):
    """Parameters of get_user_preferences; no name means all, user 0 the caller."""

    name: Raw = ""
    userid: Int = 0


class UserPreferences(Struct, frozen=True, kw_only=True):
    """Answer of get_user_preferences."""

    preferences: list[NameValue]
    warnings: list[CallWarning] | Unset = UNSET


class UserPreference(Struct, frozen=True, kw_only=True):
    """A value for a preference of a user; user 0 is the caller."""

    name: Raw
    value: Raw
    userid: Int = 0


class SetUserPreferences(Struct, frozen=True, kw_only=True):
    """Parameters of set_user_preferences."""

    preferences: list[UserPreference]


class SavedPreference(Struct, frozen=True, kw_only=True):
    """A preference that was stored, and whose it is."""

    name: Raw
    userid: Int


class SavedPreferences(Struct, frozen=True, kw_only=True):
    """Answer of set_user_preferences."""

    saved: list[SavedPreference]
    warnings: list[CallWarning] | Unset = UNSET


class PreferenceChange(Struct, frozen=True, kw_only=True):
    """A value for the preference whose name `type` gives; null takes it away."""

    type: Raw
    value: Raw | None = None


class UpdateUserPreferences(Struct, frozen=True, kw_only=True):
    """Parameters of update_user_preferences; user 0 is the caller, null leaves mail as it is."""

    userid: Int = 0
    emailstop: Int | None = None
    preferences: list[PreferenceChange] = []


get_user_preferences: Function[GetUserPreferences, UserPreferences] = Function(
    name="core_user_get_user_preferences",
    params=GetUserPreferences,
    returns=UserPreferences,
    kind="read",
    access=Access(at=(Place("user", "userid"),), asks=("moodle/site:config",)),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="Read one preference of a user, or all of them.",
)

set_user_preferences: Function[SetUserPreferences, SavedPreferences] = Function(
    name="core_user_set_user_preferences",
    params=SetUserPreferences,
    returns=SavedPreferences,
    kind="write",
    access=Access(
        at=(Place("user", "preferences[].userid"),),
        asks=(
            "moodle/site:config",
            "moodle/user:editmessageprofile",
            "moodle/user:editownmessageprofile",
            "moodle/user:editownprofile",
            "moodle/user:editprofile",
            "moodle/user:update",
        ),
    ),
    capabilities=("moodle/site:config",),
    ajax=True,
    loginrequired=False,
    services=("moodle_mobile_app",),
    summary="Store preferences of users; what cannot be stored becomes a warning.",
)

update_user_preferences: Function[UpdateUserPreferences, None] = Function(
    name="core_user_update_user_preferences",
    params=UpdateUserPreferences,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("user", "userid"),),
        asks=(
            "moodle/site:config",
            "moodle/user:editmessageprofile",
            "moodle/user:editownmessageprofile",
            "moodle/user:editownprofile",
            "moodle/user:editprofile",
            "moodle/user:update",
        ),
    ),
    capabilities=("moodle/user:editownmessageprofile", "moodle/user:editmessageprofile"),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="Change preferences of one user, and whether mail is sent to them.",
)
