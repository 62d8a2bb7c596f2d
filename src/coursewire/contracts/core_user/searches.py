"""Contracts of core_user for the search for people by what identifies them."""

from msgspec import Struct

from coursewire.contracts.access import SITE, Access
from coursewire.contracts.fields import UNSET, Bool, Int, Raw, Text, Unset
from coursewire.contracts.function import Function


class SearchIdentity(Struct, frozen=True, kw_only=True):
    """Parameters of search_identity."""

    query: Raw


class IdentityField(Struct, frozen=True, kw_only=True):
    """A field that identifies somebody; the value is ready to stand in HTML."""

    name: Text
    value: Text


class IdentifiedUser(Struct, frozen=True, kw_only=True):
    """Somebody who was found."""

    id: Int
    fullname: Raw
    extrafields: list[IdentityField] | Unset = UNSET


class IdentifiedUsers(Struct, frozen=True, kw_only=True):
    """Answer of search_identity; `overflow` tells that more were found than are listed."""

    list: list[IdentifiedUser]
    maxusersperpage: Int
    overflow: Bool


search_identity: Function[SearchIdentity, IdentifiedUsers] = Function(
    name="core_user_search_identity",
    params=SearchIdentity,
    returns=IdentifiedUsers,
    kind="read",
    ajax=True,
    access=Access(
        at=(SITE,),
        asks=(
            "moodle/site:viewfullnames",
            "moodle/site:viewuseridentity",
            "moodle/user:viewalldetails",
            "moodle/user:viewdetails",
            "moodle/user:viewhiddendetails",
        ),
    ),
    capabilities=("moodle/user:viewalldetails",),
    summary="Search the whole site for people by name or by what identifies them.",
)
