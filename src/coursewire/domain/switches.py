"""The switches of the site: web services as a whole, and REST among the protocols."""

from coursewire.domain import settings
from coursewire.domain import site as domain_site
from coursewire.domain.call import Call

WEB_SERVICES = "enablewebservices"
PROTOCOLS = "webserviceprotocols"
REST = "rest"


def turn_on(call: Call) -> bool:
    """Switch web services and REST on; False when both were."""
    with call.transaction():
        before = (call.site.webservices_enabled, call.site.rest_enabled)
        set_web_services(call, on=True)
        set_rest(call, on=True)
        return before != (True, True)


def set_web_services(call: Call, *, on: bool) -> None:
    """Switch web services on or off for the whole site."""
    with call.transaction():
        _look_again(call)
        settings.put(call, WEB_SERVICES, on)
        _look_again(call)


def set_rest(call: Call, *, on: bool) -> None:
    """Switch the protocol on or off; other protocols stay as they are."""
    with call.transaction():
        _look_again(call)
        chosen = call.site.settings[PROTOCOLS]
        others = [each for each in chosen if each != REST] if isinstance(chosen, tuple) else []
        settings.put(call, PROTOCOLS, tuple(map(str, [*others, REST] if on else others)))
        _look_again(call)


def _look_again(call: Call) -> None:
    """Read the settings anew: what the process remembers may be older than the last switch."""
    call.site = domain_site.refreshed(call.session, call.site)
