"""Contracts of core_user for accounts: create, update, delete."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import SITE, Access
from coursewire.contracts.fields import (
    NOT_NULL,
    UNSET,
    Alpha,
    AlphanumExt,
    Auth,
    Bool,
    Int,
    Lang,
    NoTags,
    Plugin,
    Raw,
    RawTrimmed,
    Text,
    Theme,
    Timezone,
    Unset,
    Username,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import Warned


class ProfileFieldValue(Struct, frozen=True, kw_only=True):
    """A value for the custom profile field whose short name `type` gives."""

    type: AlphanumExt
    value: Raw


class PreferenceValue(Struct, frozen=True, kw_only=True):
    """A value for the preference whose name `type` gives."""

    type: Raw
    value: Raw


class NewUser(Struct, frozen=True, kw_only=True):
    """A user to be created; `createpassword` has one made and mailed."""

    createpassword: Bool | Unset = UNSET
    username: Username
    auth: Annotated[Auth, NOT_NULL] = "manual"
    password: Raw | Unset = UNSET
    firstname: NoTags
    lastname: NoTags
    email: RawTrimmed
    maildisplay: Int | Unset = UNSET
    city: Text | Unset = UNSET
    country: Alpha | Unset = UNSET
    timezone: Timezone | Unset = UNSET
    description: Raw | Unset = UNSET
    firstnamephonetic: NoTags | Unset = UNSET
    lastnamephonetic: NoTags | Unset = UNSET
    middlename: NoTags | Unset = UNSET
    alternatename: NoTags | Unset = UNSET
    interests: Text | Unset = UNSET
    idnumber: Raw = ""
    institution: Text | Unset = UNSET
    department: Text | Unset = UNSET
    phone1: NoTags | Unset = UNSET
    phone2: NoTags | Unset = UNSET
    address: Text | Unset = UNSET
    lang: Annotated[Lang, NOT_NULL] = "en"
    calendartype: Plugin = "gregorian"
    theme: Theme | Unset = UNSET
    mailformat: Int | Unset = UNSET
    customfields: list[ProfileFieldValue] | Unset = UNSET
    preferences: list[PreferenceValue] | Unset = UNSET


class CreateUsers(Struct, frozen=True, kw_only=True):
    """Parameters of create_users."""

    users: list[NewUser]


class CreatedUser(Struct, frozen=True, kw_only=True):
    """The id that a new user was given."""

    id: Int
    username: Username


class UserChange(Struct, frozen=True, kw_only=True):
    """What becomes of a user; what is absent stays."""

    id: Int
    username: Annotated[Username, NOT_NULL] | Unset = UNSET
    auth: Annotated[Auth, NOT_NULL] | Unset = UNSET
    suspended: Bool | Unset = UNSET
    password: Annotated[Raw, NOT_NULL] | Unset = UNSET
    firstname: Annotated[NoTags, NOT_NULL] | Unset = UNSET
    lastname: NoTags | Unset = UNSET
    email: Annotated[RawTrimmed, NOT_NULL] | Unset = UNSET
    maildisplay: Int | Unset = UNSET
    city: Text | Unset = UNSET
    country: Alpha | Unset = UNSET
    timezone: Timezone | Unset = UNSET
    description: Raw | Unset = UNSET
    userpicture: Int | Unset = UNSET
    firstnamephonetic: NoTags | Unset = UNSET
    lastnamephonetic: NoTags | Unset = UNSET
    middlename: NoTags | Unset = UNSET
    alternatename: NoTags | Unset = UNSET
    interests: Text | Unset = UNSET
    idnumber: Raw | Unset = UNSET
    institution: Text | Unset = UNSET
    department: Text | Unset = UNSET
    phone1: NoTags | Unset = UNSET
    phone2: NoTags | Unset = UNSET
    address: Text | Unset = UNSET
    lang: Annotated[Lang, NOT_NULL] | Unset = UNSET
    calendartype: Annotated[Plugin, NOT_NULL] | Unset = UNSET
    theme: Theme | Unset = UNSET
    mailformat: Int | Unset = UNSET
    customfields: list[ProfileFieldValue] | Unset = UNSET
    preferences: list[PreferenceValue] | Unset = UNSET


class UpdateUsers(Struct, frozen=True, kw_only=True):
    """Parameters of update_users."""

    users: list[UserChange]


class DeleteUsers(Struct, frozen=True, kw_only=True):
    """Parameters of delete_users."""

    userids: list[Int]


create_users: Function[CreateUsers, list[CreatedUser]] = Function(
    name="core_user_create_users",
    params=CreateUsers,
    returns=list[CreatedUser],
    kind="write",
    access=Access(
        at=(SITE,),
        asks=(
            "moodle/user:update",
            "moodle/user:create",
        ),
    ),
    capabilities=("moodle/user:create",),
    summary="Create users: all of them or none.",
)

update_users: Function[UpdateUsers, Warned] = Function(
    name="core_user_update_users",
    params=UpdateUsers,
    returns=Warned,
    kind="write",
    access=Access(
        at=(SITE,),
        asks=(
            "moodle/user:editprofile",
            "moodle/user:update",
        ),
    ),
    capabilities=("moodle/user:update",),
    ajax=True,
    summary="Change users, each by itself; a failure becomes a warning.",
)

delete_users: Function[DeleteUsers, None] = Function(
    name="core_user_delete_users",
    params=DeleteUsers,
    returns=None,
    kind="write",
    access=Access(at=(SITE,), asks=("moodle/user:delete",)),
    capabilities=("moodle/user:delete",),
    summary="Delete users with what they have on the site: all of them or none.",
)
