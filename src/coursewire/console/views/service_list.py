"""External services: the list, making one, a copy of one, and deleting."""

from coursewire.console import tables
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.service_tabs import NOTHING, path
from coursewire.console.visit import Visit
from coursewire.domain import service_copies, services
from coursewire.domain.services import NewService
from coursewire.store import service_overview
from coursewire.store import services as rows
from coursewire.store.services import ServiceRecord

PATH = "/console/services"


def listing(visit: Visit) -> Answer:
    """Show the built-in and the custom services."""
    wanted = visit.query.text("q").lower()
    found = [
        each
        for each in rows.everything(visit.session)
        if wanted in f"{each.name} {each.shortname} {each.component}".lower()
    ]
    own = [each for each in found if not each.component]
    pages = tables.pages(visit.query, len(own))
    return visit.page(
        "services/list.html",
        built_in=[each for each in found if each.component],
        own=own[pages.offset : pages.offset + pages.size],
        pages=pages,
        holdings=service_overview.holdings(visit.session, visit.now),
        nothing=NOTHING,
    )


def form(visit: Visit) -> Answer:
    """Show the form of a new service."""
    return visit.page("services/new.html")


def create(visit: Visit) -> Answer:
    """Make a service; everything wrong with the form is said in one pass."""
    new = NewService(
        name=visit.form.text("name"),
        shortname=visit.form.text("shortname"),
        enabled=visit.form.is_on("enabled"),
        restrictedusers=visit.form.text("users") != "all",
        requiredcapability=visit.form.text("requiredcapability"),
        downloadfiles=visit.form.is_on("downloadfiles"),
        uploadfiles=visit.form.is_on("uploadfiles"),
    )
    _tell(visit, new)
    if visit.errors:
        return form(visit)
    made = services.create(visit.call, new)
    return visit.redirect(path(made.id), "The service is made. Add functions to it.")


def _tell(visit: Visit, new: NewService) -> None:
    for field, refusal in services.faults(visit.call, new).items():
        visit.errors.add(field, f"{refusal.reason}; {refusal.remedy}.")


def ask_to_duplicate(visit: Visit) -> Answer:
    """Ask for the name of the copy."""
    return visit.page("services/duplicate.html", service=_service(visit))


def duplicate(visit: Visit) -> Answer:
    """Make a service of one's own out of another."""
    service = _service(visit)
    name, shortname = visit.form.text("name"), visit.form.text("shortname")
    _tell(visit, NewService(name=name, shortname=shortname))
    if visit.errors:
        return visit.page("services/duplicate.html", service=service)
    made = service_copies.duplicate(visit.call, service.id, name, shortname)
    return visit.redirect(path(made.id), "The copy is made. Its users are yours to authorise.")


def ask_to_delete(visit: Visit) -> Answer:
    """Say in numbers what goes with the service."""
    service = _service(visit)
    held = service_overview.holdings(visit.session, visit.now).get(service.id, NOTHING)
    return visit.page("services/delete.html", service=service, held=held)


def delete(visit: Visit) -> Answer:
    """Delete a service; while tokens of it work, its name must have been typed."""
    service = _service(visit)
    held = service_overview.holdings(visit.session, visit.now).get(service.id, NOTHING)
    if held.live_tokens and visit.form.text("confirmed") != service.name:
        visit.errors.add("confirmed", f"Type the name of the service: {service.name}")
        return ask_to_delete(visit)
    services.delete(visit.call, service.id)
    return visit.redirect(PATH, "The service is deleted.")


def _service(visit: Visit) -> ServiceRecord:
    return services.require(visit.call, visit.number("id"))


_SERVICE = "/console/services/{id:int}"
ACTIONS = (
    shows(PATH, listing, right="viewer"),
    shows(f"{PATH}/new", form, right="operator"),
    acts(f"{PATH}/new", create, right="operator"),
    shows(f"{_SERVICE}/duplicate", ask_to_duplicate, right="operator"),
    acts(f"{_SERVICE}/duplicate", duplicate, right="operator"),
    shows(f"{_SERVICE}/delete", ask_to_delete, right="operator"),
    acts(f"{_SERVICE}/delete", delete, right="operator", recent=True),
)
