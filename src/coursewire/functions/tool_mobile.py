"""Bodies of tool_mobile: what the app asks first, and several calls in one."""

from typing import Any

import msgspec

from coursewire.contracts import tool_mobile as c
from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.parts import NameValue, NoParameters
from coursewire.contracts.registry import MOBILE_SERVICE
from coursewire.domain import mobile_config
from coursewire.domain.call import Call
from coursewire.domain.inner_calls import InnerCall
from coursewire.functions.binding import Bound
from coursewire.store import services
from coursewire.text.settings import TextSettings
from coursewire.text.short import format_string

_NOTHING = "null"


def get_public_config(call: Call, _params: NoParameters) -> c.PublicConfig:
    """Tell what an app must know before anybody logs in."""
    site = call.site
    mobile = services.by_shortname(call.session, MOBILE_SERVICE)
    return c.PublicConfig(
        wwwroot=site.url,
        httpswwwroot=site.url,
        sitename=format_string(site.fullname, call.text),
        guestlogin=1,
        rememberusername=2,
        authloginviaemail=int(bool(site.settings["authloginviaemail"])),
        registerauth="",
        forgottenpasswordurl="",
        authinstructions="",
        authnoneenabled=0,
        enablewebservices=int(site.webservices_enabled),
        enablemobilewebservice=int(mobile is not None and bool(mobile.enabled)),
        maintenanceenabled=int(site.maintenance),
        maintenancemessage="",
        typeoflogin=1,
        launchurl=f"{site.url}/admin/tool/mobile/launch.php",
        mobilecssurl=str(site.settings["mobilecssurl"]),
        tool_mobile_disabledfeatures="",
        country=site.country or "0",
        agedigitalconsentverification=False,
        supportpage="",
        supportavailability=1,
        autolang=1,
        lang=site.lang,
        langmenu=1,
        langlist="",
        locale="",
        tool_mobile_minimumversion="",
        tool_mobile_iosappid="",
        tool_mobile_androidappid="",
        tool_mobile_setuplink="",
        tool_mobile_qrcodetype=1,
        warnings=[],
        showloginform=1,
    )


def get_config(call: Call, params: c.GetConfig) -> c.Config:
    """List the settings that an app works by."""
    found = mobile_config.settings(call, params.section)
    return c.Config(
        settings=[NameValue(name=name, value=value) for name, value in found], warnings=[]
    )


def call_external_functions(call: Call, params: c.CallExternalFunctions) -> c.InnerResponses:
    """Make the calls in order, as the caller, until the first that fails."""
    if not params.requests:
        raise InvalidParameter("no calls were asked for", remedy="send at least one request")
    responses: list[c.InnerResponse] = []
    for request in params.requests:
        text = TextSettings(
            raw=request.settingraw, filter=request.settingfilter, fileurl=request.settingfileurl
        )
        answer = call.inner(
            InnerCall(function=request.function, arguments=_native(request.arguments), text=text)
        )
        if answer.failed:
            responses.append(c.InnerResponse(error=True, exception=answer.document))
            break
        # A function that returns nothing has no answer to put in a text.
        data = None if answer.document == _NOTHING else answer.document
        responses.append(c.InnerResponse(error=False, data=data))
    return c.InnerResponses(responses=responses)


def _native(arguments: str) -> object:
    """Return the arguments; what is no object, or nested too deep to be read, counts as none."""
    try:
        return msgspec.json.decode(arguments, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}


FUNCTIONS = (
    Bound(c.get_public_config, get_public_config),
    Bound(c.get_config, get_config),
    Bound(c.call_external_functions, call_external_functions),
)
