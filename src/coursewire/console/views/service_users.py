"""The authorised users of a service: search and add, limits edited in place, remove."""

from coursewire.console import service_tabs, tables
from coursewire.console.answers import Answer
from coursewire.console.days import day
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import address_rules, authorised_users, ends
from coursewire.domain.authorised_users import Limits
from coursewire.presets.integration import person
from coursewire.store import lookups, service_overview
from coursewire.store import services as rows

_ROWS = 25
_FOUND = 8


def show(visit: Visit) -> Answer:
    """Show who is authorised, and whom a search finds."""
    service_id, search = visit.number("id"), visit.query.text("q")
    total = service_overview.count_authorised(visit.session, service_id, search)
    pages = tables.pages(visit.query, total, _ROWS)
    found = service_overview.authorised(
        visit.session, service_id, search, offset=pages.offset, limit=pages.size
    )
    return service_tabs.page(
        visit,
        "users",
        people=[(each, day(each.validuntil)) for each in found],
        pages=pages,
        found=_found(visit, service_id),
        wrong=visit.request.parts.get("user"),
    )


def _found(visit: Visit, service_id: int) -> list[lookups.Person]:
    """Return those whom the search means and who are not on the list."""
    wanted = visit.query.text("find") or visit.form.text("user")
    if not wanted:
        return []
    found = lookups.first_people(visit.session, wanted, _FOUND)
    return [
        each for each in found if rows.authorised_user(visit.session, service_id, each.id) is None
    ]


def add(visit: Visit) -> Answer:
    """Authorise a user who was named or picked, with limits."""
    service_id = visit.number("id")
    user = person(visit.call, visit.form.text("user"))
    if user is None:
        like = "see who is like it" if _found(visit, service_id) else "search for people below"
        visit.errors.add("user", f"Nobody has exactly this name, address or id; {like}.")
    limits = _limits(visit)
    if visit.errors or user is None:
        return show(visit)
    try:
        authorised_users.authorise(visit.call, service_id, user.id, limits)
    except Refusal as refusal:
        visit.errors.add("user", f"{refusal.reason}.")
        return show(visit)
    path = service_tabs.path(service_id, "users")
    return visit.redirect(path, f"{user.username} is authorised.")


def _limits(visit: Visit, before: int = 0) -> Limits:
    """Return the limits of the form; what is wrong with them becomes errors.

    The date field shows the day alone: as long as it names the day that was there, the exact
    second stays.
    """
    written, until = visit.form.text("validuntil"), 0
    addresses = visit.form.text("iprestriction")
    try:
        address_rules.checked(addresses)
    except Refusal as refusal:
        visit.errors.add("iprestriction", f"IP restriction: {refusal.reason}; {refusal.remedy}.")
    try:
        if written and written == day(before):
            until = before
        elif written:
            until = ends.end(written, visit.now) or 0
    except Refusal as refusal:
        visit.errors.add("validuntil", f"Valid until: {refusal.reason}; {refusal.remedy}.")
    return Limits(iprestriction=addresses, validuntil=until)


def change(visit: Visit) -> Answer:
    """Change from where and until when a user may use the service."""
    service_id, user_id = visit.number("id"), visit.number("user")
    before = rows.authorised_user(visit.session, service_id, user_id)
    limits = _limits(visit, 0 if before is None else before.validuntil)
    if visit.errors:
        return show(visit)
    changed = authorised_users.change(visit.call, service_id, user_id, limits)
    path = service_tabs.path(service_id, "users")
    return visit.redirect(path, f"The limits of {changed.username} are changed.")


def remove(visit: Visit) -> Answer:
    """Take a user off the list."""
    service_id = visit.number("id")
    authorised_users.deauthorise(visit.call, service_id, visit.number("user"))
    notice = "The user is no longer authorised; tokens stay, and are refused from now on."
    return visit.redirect(service_tabs.path(service_id, "users"), notice)


_USERS = "/console/services/{id:int}/users"
ACTIONS = (
    shows(_USERS, show, right="viewer"),
    # Limits of who may call, and from where (WEB-2).
    acts(f"{_USERS}/add", add, right="operator", recent=True),
    acts(f"{_USERS}/{{user:int}}/change", change, right="operator", recent=True),
    acts(f"{_USERS}/{{user:int}}/remove", remove, right="operator"),
)
