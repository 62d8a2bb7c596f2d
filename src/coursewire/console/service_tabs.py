"""The page of a service: its head and its tabs, which every view of it shows."""

from typing import Any

from coursewire.console.answers import Answer
from coursewire.console.visit import Visit
from coursewire.domain import services
from coursewire.store import service_overview
from coursewire.store.service_overview import Holdings

NOTHING = Holdings()


def path(service_id: int, tab: str = "") -> str:
    """Return the address of a tab; the first is the service's own."""
    base = f"/console/services/{service_id}"
    return f"{base}/{tab}" if tab else base


def page(visit: Visit, tab: str, **context: Any) -> Answer:  # noqa: ANN401 - passed to the template
    """Return a tab of the service that the path names."""
    service = services.require(visit.call, visit.number("id"))
    held = service_overview.holdings(visit.session, visit.now).get(service.id, NOTHING)
    tabs = [
        (path(service.id), "Functions", held.functions),
        (path(service.id, "users"), "Authorised users", held.users),
        (path(service.id, "tokens"), "Tokens", held.live_tokens),
        (path(service.id, "settings"), "Settings", None),
        (path(service.id, "changes"), "Changes", None),
    ]
    return visit.page(
        f"services/{tab or 'functions'}.html",
        service=service,
        held=held,
        tabs_of_service=tabs,
        here=path(service.id, tab),
        **context,
    )
