"""Users: the list with its search, and the form that creates one."""

from typing import cast, get_args

from coursewire.console import exports, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import passwords, user_care
from coursewire.domain.new_users import NewUser
from coursewire.domain.user_fields import NOT_CACHED
from coursewire.domain.well_known_passwords import is_well_known
from coursewire.store import people_list
from coursewire.store.people_list import Kind, Listed, State, Wanted

PATH = "/console/users"
_NEW = f"{PATH}/new"
_FIELDS = ("username", "firstname", "lastname", "email")
# What one file holds at most: more is the work of the command line.
_MOST = 100_000
_LABELS = {"firstname": "a first name", "lastname": "a last name", "email": "an e-mail address"}


def listing(visit: Visit) -> Answer:
    """Show the accounts that match the filters of the address."""
    wanted = _wanted(visit)
    asked = tables.asked(visit.query)
    rows, total = people_list.found(visit.session, wanted, asked.size, asked.offset)
    pages = tables.pages(visit.query, total)
    if pages.number != asked.number:
        rows = people_list.page(visit.session, wanted, pages.size, pages.offset)
    return visit.page(
        "users/list.html",
        rows=rows,
        pages=pages,
        is_filtered=bool(wanted.words or wanted.kind or wanted.state),
        can_create=visit.may("operator")
        and visit.call.permissions.may(user_care.CREATE, visit.call.site.system),
    )


def as_csv(visit: Visit) -> Answer:
    """Give out the accounts that match as a file."""
    wanted = _wanted(visit)
    rows = people_list.page(visit.session, wanted, _MOST)
    head = ("id", "username", "first name", "last name", "e-mail", "id number", "kind", "state")
    filters = {"q": wanted.words, "kind": wanted.kind, "state": wanted.state}
    return exports.as_file("users", head, map(_line, rows), filters)


def ask(visit: Visit) -> Answer:
    """Show the form for a new account."""
    return _form(visit)


def create(visit: Visit) -> Answer:
    """Create the account and lead to its page."""
    new = _read(visit)
    for field, fault in user_care.faults(visit.call, new).items():
        visit.errors.add(field, refused.told(fault))
    if visit.errors:
        return _form(visit)
    try:
        made = user_care.create(visit.call, new)
    except Refusal as refusal:
        # Somebody else was faster with the name or the address.
        refused.tell(visit, refusal, {}, "username")
        return _form(visit)
    return visit.redirect(f"{PATH}/{made.id}", f"The account {made.username} is created.")


def _wanted(visit: Visit) -> Wanted:
    query = visit.query
    kind, state, sort = query.text("kind"), query.text("state"), query.text("sort")
    return Wanted(
        words=query.text("q")[:200],
        kind=cast("Kind", kind) if kind in get_args(Kind) else "",
        state=cast("State", state) if state in get_args(State) else "",
        sort=sort if sort.removeprefix("-") in people_list.SORTS else "username",
    )


def _line(row: Listed) -> tuple[object, ...]:
    kind = "service account" if row.is_service else "person"
    state = "suspended" if row.suspended else "active"
    names = (row.username, row.firstname, row.lastname, row.email, row.idnumber)
    return (row.id, *names, kind, state)


def _form(visit: Visit) -> Answer:
    closed = refused.closed(visit, "add a user", lambda: user_care.require_may_create(visit.call))
    return closed or visit.page("users/new.html")


def _read(visit: Visit) -> NewUser:
    form = visit.form
    values = {name: form.text(name) for name in _FIELDS}
    is_service = form.text("kind") == "service"
    password = form.raw("password")
    if not values["username"]:
        visit.errors.add("username", "The account needs a user name.")
    for name, words in _LABELS.items():
        if not values[name]:
            visit.errors.add(name, f"The account needs {words}.")
    if is_service and password:
        visit.errors.add("password", "A service account has no password; leave it empty.")
    if not is_service:
        _check_password(visit, password)
    return NewUser(
        username=values["username"],
        firstname=values["firstname"],
        lastname=values["lastname"],
        email=values["email"],
        password=None if is_service else password,
        password_hash=NOT_CACHED if is_service else "",
    )


def _check_password(visit: Visit, password: str) -> None:
    failures = passwords.policy_failures(password, visit.call.site)
    if not failures and is_well_known(password):
        failures.append("The password is among those that are tried first.")
    if failures:
        visit.errors.add("password", " ".join(failures))


ACTIONS = (
    shows(PATH, listing, right="viewer"),
    exports.gives(f"{PATH}/csv", as_csv),
    shows(_NEW, ask, right="operator"),
    acts(_NEW, create, right="operator", recent=True),
)
