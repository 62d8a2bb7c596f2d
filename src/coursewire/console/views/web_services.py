"""Web services: the two switches of the site, where readers of the guides look for them."""

from msgspec import Struct

from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.domain import switches
from coursewire.store import service_overview
from coursewire.store.session import AnyRow

PATH = "/console/web-services"


class Switch(Struct, frozen=True):
    """One switch: what it is called, whether it is on, and who turned it last."""

    key: str
    title: str
    sentence: str
    on: bool
    changed: AnyRow | None


def show(visit: Visit) -> Answer:
    """Show the switches."""
    site = visit.call.site
    found = (
        Switch(
            "web-services",
            "Enable web services",
            "Programs may call functions of this site. While this is off, every call is refused.",
            site.webservices_enabled,
            _last_change(visit, switches.WEB_SERVICES),
        ),
        Switch(
            "rest",
            "REST",
            "The protocol that connectors use. The only one that Coursewire answers.",
            site.rest_enabled,
            _last_change(visit, switches.PROTOCOLS),
        ),
    )
    return visit.page("web_services.html", switches=found)


def _last_change(visit: Visit, setting: str) -> AnyRow | None:
    found = service_overview.changes(visit.session, f"setting {setting}", before_id=0, limit=1)
    return found.rows[0] if found.rows else None


def turn_web_services(visit: Visit) -> Answer:
    """Switch web services on or off."""
    on = visit.form.is_on("on")
    switches.set_web_services(visit.call, on=on)
    return visit.redirect(PATH, f"Web services are {'enabled' if on else 'disabled'}.")


def turn_rest(visit: Visit) -> Answer:
    """Switch the protocol on or off."""
    on = visit.form.is_on("on")
    switches.set_rest(visit.call, on=on)
    return visit.redirect(PATH, f"REST is {'enabled' if on else 'disabled'}.")


ACTIONS = (
    shows(PATH, show, right="viewer"),
    acts(f"{PATH}/web-services", turn_web_services, right="operator"),
    acts(f"{PATH}/rest", turn_rest, right="operator"),
)
