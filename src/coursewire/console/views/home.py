"""The first page: whether calls get through, what needs care, what was changed last."""

from msgspec import Struct

from coursewire.console.answers import Answer
from coursewire.console.routes import shows
from coursewire.console.visit import Visit
from coursewire.domain import token_care
from coursewire.domain.site import Site
from coursewire.store import audit
from coursewire.store.token_counts import TokenCounts

CHANGES = 10


class Light(Struct, frozen=True):
    """One thing that lets calls through or stops them."""

    state: str
    title: str
    fact: str = ""


class Care(Struct, frozen=True):
    """So many tokens that somebody should look at; `flag` filters the list of tokens."""

    number: int
    words: str
    flag: str


def show(visit: Visit) -> Answer:
    """Show the state of the site."""
    counts = token_care.counts(visit.call)
    return visit.page(
        "home.html",
        lights=_lights(visit.call.site),
        live=counts.live,
        cares=[care for care in _cares(counts) if care.number],
        changes=audit.records(visit.session, limit=CHANGES),
    )


def _lights(site: Site) -> list[Light]:
    on, rest = site.webservices_enabled, site.rest_enabled
    lights = [
        Light("pass", "Web services are on")
        if on
        else Light("fail", "Web services are off", "No call gets through. Switch them on."),
        Light("pass", "REST is on")
        if rest
        else Light("fail", "REST is off", "The protocol of all connectors. Switch it on."),
    ]
    if site.maintenance:
        lights.append(Light("warning", "Maintenance mode", "Only administrators get through."))
    return lights


def _cares(counts: TokenCounts) -> list[Care]:
    return [
        Care(counts.expiring, "end within 14 days", "expiring"),
        Care(counts.expired, "have ended and are kept", "expired"),
        Care(counts.never_used, "were never used", "never-used"),
        Care(counts.unused, "not used for 60 days", "unused"),
        Care(counts.unlimited, "have neither end nor IP restriction", "unlimited"),
        Care(counts.of_administrators, "act as an administrator", "administrator"),
    ]


ACTIONS = (shows("/console/", show, right="viewer"),)
