"""Contracts of core_webservice: what a client learns of the site and of itself."""

from msgspec import Struct

from coursewire.contracts.access import OWN, Access
from coursewire.contracts.fields import (
    UNSET,
    Alphanum,
    AlphanumExt,
    Bool,
    Int,
    Lang,
    LocalUrl,
    Plugin,
    Raw,
    Text,
    Theme,
    Unset,
    Url,
)
from coursewire.contracts.function import Function


class GetSiteInfo(Struct, frozen=True, kw_only=True):
    """The short names were once a filter; they are accepted and change nothing."""

    serviceshortnames: list[AlphanumExt] = []


class SiteFunction(Struct, frozen=True, kw_only=True):
    """A function that the caller's token may call, and the version of its component."""

    name: Raw
    version: Text


class AdvancedFeature(Struct, frozen=True, kw_only=True):
    """A switch of the site: 1 on, 0 off."""

    name: AlphanumExt
    value: Int


class SiteInfo(Struct, frozen=True, kw_only=True):
    """The site, the calling user and the functions of the token's service."""

    sitename: Raw
    username: Raw
    firstname: Text
    lastname: Text
    fullname: Text
    lang: Lang
    userid: Int
    siteurl: Raw
    userpictureurl: Url
    functions: list[SiteFunction]
    downloadfiles: Int | Unset = UNSET
    uploadfiles: Int | Unset = UNSET
    release: Text | Unset = UNSET
    version: Text | Unset = UNSET
    mobilecssurl: Url | Unset = UNSET
    advancedfeatures: list[AdvancedFeature] | Unset = UNSET
    usercanmanageownfiles: Bool | Unset = UNSET
    userquota: Int | Unset = UNSET
    usermaxuploadfilesize: Int | Unset = UNSET
    userhomepage: Int | Unset = UNSET
    userhomepageurl: LocalUrl | Unset = UNSET
    userprivateaccesskey: Alphanum | Unset = UNSET
    siteid: Int | Unset = UNSET
    sitecalendartype: Plugin | Unset = UNSET
    usercalendartype: Plugin | Unset = UNSET
    userissiteadmin: Bool | Unset = UNSET
    theme: Theme | Unset = UNSET
    limitconcurrentlogins: Int | Unset = UNSET
    usersessionscount: Int | Unset = UNSET
    policyagreed: Int | Unset = UNSET


get_site_info: Function[GetSiteInfo, SiteInfo] = Function(
    name="core_webservice_get_site_info",
    params=GetSiteInfo,
    returns=SiteInfo,
    kind="read",
    access=Access(
        at=(OWN,),
        asks=(
            "moodle/course:ignorefilesizelimits",
            "moodle/user:ignoreuserquota",
            "moodle/user:manageownfiles",
        ),
    ),
    services=("moodle_mobile_app",),
    summary="Tell who calls, on which site, and which functions the token may call.",
)
