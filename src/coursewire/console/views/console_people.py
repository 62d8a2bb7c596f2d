"""Who may use the console: rights given and taken, and sessions ended."""

from msgspec import Struct

from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import console_rights, console_sessions, second_factor, users
from coursewire.domain.console_rights import RIGHTS
from coursewire.domain.console_sessions import MOST
from coursewire.presets.integration import person
from coursewire.store import users as store
from coursewire.store.users import UserRecord

PLACE = "/console/settings/people"
MEANINGS = (
    ("viewer", "viewer: looks at everything"),
    ("operator", "operator: changes tokens, services, users, courses, roles, settings"),
    ("owner", "owner: decides as well who uses the console"),
)


class Row(Struct, frozen=True, kw_only=True):
    """Somebody who may use the console."""

    user: UserRecord
    has_factor: bool
    sessions: int


def show(visit: Visit) -> Answer:
    """List them."""
    found = store.with_console_role(visit.session, RIGHTS)
    rows = [
        Row(
            user=user,
            has_factor=second_factor.is_on(visit.session, user.id),
            sessions=len(console_sessions.of_user(visit.call, user.id)),
        )
        for user in found
    ]
    return visit.page("settings/people.html", rows=rows, meanings=MEANINGS, most=MOST)


def grant(visit: Visit) -> Answer:
    """Give somebody a right in place of the one that they have."""
    name = visit.form.text("user")
    found = person(visit.call, name) if name else None
    if found is None:
        words = f"There is no user {name[:80]!r}." if name else "Name somebody."
        visit.errors.add("user", words)
        return show(visit)
    try:
        # The domain says which words are rights.
        console_rights.grant(visit.call, found.id, _right(visit))
    except Refusal as refusal:
        visit.errors.add("user", f"{refusal.reason}: {refusal.remedy}.")
        return show(visit)
    return visit.redirect(PLACE, f"{found.username} is {_right(visit)} of the console.")


def _right(visit: Visit) -> console_rights.Right:
    chosen = visit.form.text("right")
    for each in RIGHTS:
        if each == chosen:
            return each
    return "viewer"


def revoke(visit: Visit) -> Answer:
    """Take somebody's right away."""
    found = users.get(visit.session, visit.number("id"))
    console_rights.revoke(visit.call, found.id)
    return visit.redirect(PLACE, f"{found.username} may not use the console any more.")


def end_sessions(visit: Visit) -> Answer:
    """Sign somebody out everywhere."""
    found = users.get(visit.session, visit.number("id"))
    ended = console_sessions.end_all(visit.call, found.id, kept=visit.found.record.id)
    words = "1 session" if ended == 1 else f"{ended} sessions"
    return visit.redirect(PLACE, f"{words} of {found.username} ended.")


ACTIONS = (
    shows(PLACE, show, right="viewer"),
    acts(PLACE, grant, right="owner", recent=True),
    acts(f"{PLACE}/{{id:int}}/revoke", revoke, right="owner", recent=True),
    acts(f"{PLACE}/{{id:int}}/end-sessions", end_sessions, right="owner"),
)
