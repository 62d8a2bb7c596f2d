"""Contracts of tool_mobile: what the app asks first, and several calls in one."""

from msgspec import Struct

from coursewire.contracts.access import SITE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    Alphanum,
    AlphanumExt,
    Bool,
    Email,
    Int,
    Lang,
    NoTags,
    Plugin,
    Raw,
    Text,
    Unset,
    Url,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, NameValue, NoParameters


class IdentityProvider(Struct, frozen=True, kw_only=True):
    """Another site by which one can log in."""

    name: Text
    iconurl: Url
    url: Url


class PublicConfig(Struct, frozen=True, kw_only=True):
    """What the app may know before anybody has logged in."""

    wwwroot: Raw
    httpswwwroot: Raw
    sitename: Raw
    guestlogin: Int
    rememberusername: Int
    authloginviaemail: Int
    registerauth: Plugin
    forgottenpasswordurl: Url
    authinstructions: Raw
    authnoneenabled: Int
    enablewebservices: Int
    enablemobilewebservice: Int
    maintenanceenabled: Int
    maintenancemessage: Raw
    logourl: Url | Unset = UNSET
    compactlogourl: Url | Unset = UNSET
    typeoflogin: Int
    launchurl: Url | Unset = UNSET
    mobilecssurl: Url | Unset = UNSET
    tool_mobile_disabledfeatures: Raw | Unset = UNSET
    identityproviders: list[IdentityProvider] | Unset = UNSET
    country: NoTags | Unset = UNSET
    agedigitalconsentverification: Bool | Unset = UNSET
    supportname: NoTags | Unset = UNSET
    supportemail: Email | Unset = UNSET
    supportpage: Url | Unset = UNSET
    supportavailability: Int | Unset = UNSET
    autolang: Int | Unset = UNSET
    lang: Lang | Unset = UNSET
    langmenu: Int | Unset = UNSET
    langlist: Raw | Unset = UNSET
    locale: Raw | Unset = UNSET
    tool_mobile_minimumversion: NoTags | Unset = UNSET
    tool_mobile_iosappid: Alphanum | Unset = UNSET
    tool_mobile_androidappid: NoTags | Unset = UNSET
    tool_mobile_setuplink: Url | Unset = UNSET
    tool_mobile_qrcodetype: Int | Unset = UNSET
    warnings: list[CallWarning] | Unset = UNSET
    showloginform: Int


class GetConfig(Struct, frozen=True, kw_only=True):
    """Parameters of get_config; no section means all."""

    section: AlphanumExt = ""


class Config(Struct, frozen=True, kw_only=True):
    """Answer of get_config."""

    settings: list[NameValue]
    warnings: list[CallWarning] | Unset = UNSET


class InnerRequest(Struct, frozen=True, kw_only=True):
    """A call of a function; the arguments are JSON, the settings replace those outside."""

    function: AlphanumExt
    arguments: Raw = "{}"
    settingraw: Bool = False
    settingfilter: Bool = False
    settingfileurl: Bool = True
    settinglang: Lang = ""


class CallExternalFunctions(Struct, frozen=True, kw_only=True):
    """Parameters of call_external_functions."""

    requests: list[InnerRequest]


class InnerResponse(Struct, frozen=True, kw_only=True):
    """The answer of an inner call, or its error, as JSON in a text; null where it has none."""

    error: Bool
    data: Raw | Unset | None = UNSET
    exception: Raw | Unset = UNSET


class InnerResponses(Struct, frozen=True, kw_only=True):
    """Answer of call_external_functions; nothing follows the first error."""

    responses: list[InnerResponse]


get_public_config: Function[NoParameters, PublicConfig] = Function(
    name="tool_mobile_get_public_config",
    component="tool_mobile",
    params=NoParameters,
    returns=PublicConfig,
    kind="read",
    access=Access(at=()),
    ajax=True,
    loginrequired=False,
    services=("moodle_mobile_app",),
    summary="Tell what an app must know of the site before anybody logs in.",
)

get_config: Function[GetConfig, Config] = Function(
    name="tool_mobile_get_config",
    component="tool_mobile",
    params=GetConfig,
    returns=Config,
    kind="read",
    access=Access(at=(SITE,), asks=("moodle/site:config",)),
    services=("moodle_mobile_app",),
    summary="List the site settings that an app works by.",
)

call_external_functions: Function[CallExternalFunctions, InnerResponses] = Function(
    name="tool_mobile_call_external_functions",
    component="tool_mobile",
    params=CallExternalFunctions,
    returns=InnerResponses,
    kind="write",
    access=Access(
        at=(Place("inner", "requests[]"),), unasked="each call inside asks for what it needs"
    ),
    services=("moodle_mobile_app",),
    summary="Make several calls in one request, until the first that fails.",
)
