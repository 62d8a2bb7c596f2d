"""The functions of a service: pick from a list that is searched, paste a list, remove."""

from coursewire.console import function_names, picked, service_tabs, tables
from coursewire.console.answers import Answer
from coursewire.console.function_names import Unknown
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.console.wording import counted
from coursewire.contracts.registry import entries
from coursewire.domain import services
from coursewire.store import services as rows

_FOUND = 20


def show(visit: Visit) -> Answer:
    """Show the functions, and those that a search finds to be picked."""
    return _page(visit)


def _page(visit: Visit, unknown: list[Unknown] | None = None) -> Answer:
    service_id = visit.number("id")
    names = rows.functions(visit.session, service_id)
    search = visit.query.text("q").lower()
    shown = sorted(name for name in names if search in name)
    pages = tables.pages(visit.query, len(shown))
    ticked = _ticked(visit, names, unknown or [])
    found = _found(visit, frozenset([*names, *ticked]))
    page = shown[pages.offset : pages.offset + pages.size]
    return service_tabs.page(
        visit,
        "",
        names=[(name, *_told(visit, name)) for name in page],
        pages=pages,
        picked=ticked,
        found=[(name, *_told(visit, name)) for name in found[:_FOUND]],
        found_more=max(0, len(found) - _FOUND),
        unknown=unknown or [],
    )


def _ticked(visit: Visit, names: list[str], unknown: list[Unknown]) -> list[str]:
    """Return what is ticked already: another search, or an error, takes no tick away."""
    given = picked.names("pick", visit.form, visit.query)
    offered = {name for each in unknown for name in each.close}
    there = [name for name in given if visit.catalogue.is_known(name)]
    return [name for name in there if name not in names and name not in offered]


def _found(visit: Visit, present: frozenset[str]) -> list[str]:
    """Return the functions that the search field finds and that are not in the service."""
    words = visit.query.text("find").lower().split()
    if not words:
        return []
    there = [
        name
        for name in known(visit)
        if name not in present
        and all(word in f"{name} {_told(visit, name)[1]}".lower() for word in words)
    ]
    return sorted(there, key=lambda name: (words[0] not in name, name))


def known(visit: Visit) -> list[str]:
    """Return the names of all functions, of Moodle and of plugins."""
    return list(dict.fromkeys([*entries(), *visit.catalogue.components]))


def _told(visit: Visit, name: str) -> tuple[str, str]:
    """Return whether a function reads or writes, and what it does where that is known."""
    bound = visit.catalogue.get(name)
    if bound is not None:
        return bound.contract.kind, bound.contract.summary
    entry = entries().get(name)
    return ("" if entry is None else entry.type), "not implemented here"


def add(visit: Visit) -> Answer:
    """Add what was picked and pasted; nothing is added while a name is unknown and not left out."""
    service_id = visit.number("id")
    pasted = function_names.read(visit.form.raw("functions"))
    names = list(dict.fromkeys([*pasted, *visit.form.all("pick")]))
    strange = function_names.unknown(names, dict.fromkeys(known(visit)).keys())
    if strange and not visit.form.is_on("drop"):
        words = counted(len(strange), "name is", "names are")
        visit.errors.add("functions", f"{words} unknown: nothing was added.")
        return _page(visit, strange)
    wanted = [name for name in names if visit.catalogue.is_known(name)]
    if not wanted:
        visit.errors.add("functions", "Name at least one function, or pick one.")
        return _page(visit)
    added = services.add_functions(visit.call, service_id, wanted, visit.catalogue.is_known)
    held = len(wanted) - len(added)
    notice = f"{counted(len(added), 'function')} added."
    if held:
        notice += f" {counted(held, 'function was', 'functions were')} in it already."
    return visit.redirect(service_tabs.path(service_id), notice)


def remove(visit: Visit) -> Answer:
    """Take the ticked functions out."""
    service_id = visit.number("id")
    removed = services.remove_functions(visit.call, service_id, visit.form.all("name"))
    notice = f"{counted(len(removed), 'function')} removed."
    return visit.redirect(service_tabs.path(service_id), notice, kind="done" if removed else "info")


_SERVICE = "/console/services/{id:int}"
ACTIONS = (
    shows(_SERVICE, show, right="viewer"),
    acts(f"{_SERVICE}/functions/add", add, right="operator"),
    acts(f"{_SERVICE}/functions/remove", remove, right="operator"),
)
