"""Roles: the list, the form for a new one, and two of them side by side."""

from coursewire.console import refused
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import NoPermission, Refusal
from coursewire.domain import contexts, role_care, roles
from coursewire.domain.roles import NewRole
from coursewire.store import people_list

PATH = "/console/roles"
_NEW = f"{PATH}/new"
WORDS = {1: "allow", 0: "not set", -1: "prevent", -1000: "prohibit"}


def listing(visit: Visit) -> Answer:
    """Show all roles."""
    held = people_list.holder_counts(visit.session)
    levels = visit.call.permissions.definitions.levels
    rows = [
        (
            role,
            len(role_care.allowed(visit.call, role.id)),
            held.get(role.id, 0),
            ", ".join(contexts.LEVELS[level] for level in sorted(levels.get(role.id, ()))),
        )
        for role in roles.everything(visit.session)
    ]
    return visit.page("roles/list.html", rows=rows)


def ask(visit: Visit) -> Answer:
    """Show the form for a new role."""
    return visit.page("roles/new.html", roles=roles.everything(visit.session))


def create(visit: Visit) -> Answer:
    """Create the role; it may be assigned in the whole site and in courses until told otherwise."""
    form = visit.form
    copied = form.number("copy")
    new = NewRole(
        shortname=form.text("shortname"),
        name=form.text("name"),
        description=form.text("description"),
        capabilities=role_care.allowed(visit.call, copied) if copied else (),
        levels=(contexts.SYSTEM, contexts.COURSE),
    )
    try:
        role_id = role_care.create(visit.call, new)
    except Refusal as refusal:
        field = "copy" if isinstance(refusal, NoPermission) else "shortname"
        visit.errors.add(field, refused.told(refusal))
        return ask(visit)
    return visit.redirect(f"{PATH}/{role_id}", f"The role {new.shortname} is created.")


def compare(visit: Visit) -> Answer:
    """Show where two roles differ in the whole site."""
    ids = [visit.query.number("a"), visit.query.number("b")]
    known = {role.id: role for role in roles.everything(visit.session)}
    first, second = (known.get(each) for each in ids)
    lines: list[tuple[str, str, str]] = []
    if first and second:
        one = role_care.in_site(visit.call, first.id)
        other = role_care.in_site(visit.call, second.id)
        lines = [
            (name, WORDS[one.get(name, 0)], WORDS[other.get(name, 0)])
            for name in sorted({*one, *other})
            if one.get(name, 0) != other.get(name, 0)
        ]
    return visit.page(
        "roles/compare.html", roles=list(known.values()), first=first, second=second, lines=lines
    )


ACTIONS = (
    shows(PATH, listing, right="viewer"),
    shows(f"{PATH}/compare", compare, right="viewer"),
    shows(_NEW, ask, right="owner"),
    acts(_NEW, create, right="owner", recent=True),
)
