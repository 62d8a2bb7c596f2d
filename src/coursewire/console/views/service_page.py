"""The other tabs of a service: its tokens, its settings and its changes."""

import json
import re
from typing import Any

from coursewire.console import refused, service_tabs, tables
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import services, tokens
from coursewire.domain.services import Changes
from coursewire.store import service_overview

_CHANGES = 50


def show_tokens(visit: Visit) -> Answer:
    """Show the tokens of the service."""
    found = tokens.list_of(visit.call, service_id=visit.number("id"))
    found.sort(key=lambda token: -token.id)
    pages = tables.pages(visit.query, len(found))
    page = found[pages.offset : pages.offset + pages.size]
    return service_tabs.page(visit, "tokens", tokens=page, pages=pages)


def show_settings(visit: Visit) -> Answer:
    """Show what of the service can be changed."""
    return service_tabs.page(visit, "settings")


def change(visit: Visit) -> Answer:
    """Change the service; a built-in one has fewer fields."""
    service = services.require(visit.call, visit.number("id"))
    form = visit.form
    changes = Changes(
        name=service.name if service.component else form.text("name"),
        enabled=form.is_on("enabled"),
        restrictedusers=form.text("users") != "all",
        requiredcapability=(
            service.requiredcapability if service.component else form.text("requiredcapability")
        ),
        downloadfiles=form.is_on("downloadfiles"),
        uploadfiles=form.is_on("uploadfiles"),
    )
    for field, refusal in services.faults_of_change(visit.call, service.id, changes).items():
        visit.errors.add(field, f"{refusal.reason}; {refusal.remedy}.")
    if visit.errors:
        return show_settings(visit)
    try:
        services.edit(visit.call, service.id, changes)
    except Refusal as refusal:
        # Somebody else was faster with the name.
        refused.tell(visit, refusal, {}, "name")
        return show_settings(visit)
    return visit.redirect(service_tabs.path(service.id, "settings"), "The service is changed.")


def switch(visit: Visit) -> Answer:
    """Enable or disable the service, in one click from its head."""
    service_id = visit.number("id")
    on = visit.form.is_on("on")
    services.edit(visit.call, service_id, Changes(enabled=on))
    notice = "The service is enabled." if on else "The service is disabled: its calls are refused."
    return visit.redirect(service_tabs.path(service_id), notice)


def show_changes(visit: Visit) -> Answer:
    """Show the records of what was done to the service."""
    look = service_overview.changes(
        visit.session,
        f"service {visit.number('id')}",
        before_id=visit.query.number("before"),
        limit=_CHANGES,
    )
    records = [(row, _details(row.details)) for row in look.rows]
    return service_tabs.page(visit, "changes", records=records, next_id=look.next_id)


def _details(written: str) -> str:
    """Return what changed, in a line that a person reads."""
    found: dict[str, Any] = json.loads(written or "{}")
    # Without the signs of JSON: lists and values before and after are short.
    parts = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in found.items())
    return re.sub(r'[{}\["\]]', "", "; ".join(parts))[:300]


_SERVICE = "/console/services/{id:int}"
ACTIONS = (
    acts(f"{_SERVICE}/switch", switch, right="operator"),
    shows(f"{_SERVICE}/tokens", show_tokens, right="viewer"),
    shows(f"{_SERVICE}/settings", show_settings, right="viewer"),
    acts(f"{_SERVICE}/settings", change, right="operator"),
    shows(f"{_SERVICE}/changes", show_changes, right="viewer"),
)
