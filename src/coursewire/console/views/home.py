"""The first page: whether calls get through, what needs care, what was changed last."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from coursewire.console import chart
from coursewire.console.answers import Answer
from coursewire.console.routes import shows
from coursewire.console.visit import Visit
from coursewire.domain import tokens
from coursewire.domain.site import Site
from coursewire.domain.token_hygiene import ACTIONS as FLAGS
from coursewire.domain.token_hygiene import Flag
from coursewire.domain.token_looks import Care as TokenCare
from coursewire.store import audit, call_log

CHANGES = 10
_WORDS: Mapping[Flag, str] = {
    "urgent": "about to end",
    "expiring": "ending soon",
    "expired": "ended and kept",
    "never used": "never used",
    "unused": "not used for long",
    "no limits": "with neither end nor IP restriction",
    "over-privileged": "allowed more than its service needs",
    "administrator": "acting as an administrator",
    "person": "of an account that people log in to",
    "broken": "refused now, or often in the last day",
    "duplicate": "beside another of the same account and service",
}


class Light(Struct, frozen=True):
    """One thing that lets calls through or stops them."""

    state: str
    title: str
    fact: str = ""


class Care(Struct, frozen=True):
    """So many tokens that somebody should look at; `flag` filters the page of hygiene."""

    number: int
    words: str
    flag: Flag


def show(visit: Visit) -> Answer:
    """Show the state of the site."""
    found = tokens.list_of(visit.call, ended=True)
    care = TokenCare(visit.call, found)
    counted = Counter(each.flag for token in found for each in care.of(token))
    return visit.page(
        "home.html",
        lights=_lights(visit.call.site),
        live=sum(token.is_live(visit.now) and not token.disabled for token in found),
        cares=[
            Care(counted[flag], _WORDS.get(flag, flag), flag) for flag in FLAGS if counted[flag]
        ],
        looked=care.looked,
        changes=audit.records(visit.session, limit=CHANGES),
        chart=chart.of_hours(call_log.hours(visit.session, visit.now)),
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


ACTIONS = (shows("/console/", show, right="viewer"),)
