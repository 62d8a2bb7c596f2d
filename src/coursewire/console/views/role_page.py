"""The page of a role: what it allows, where it may be given and by whom, and who holds it."""

from coursewire.console import capability_rows, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.places import named_places
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import InvalidParameter, NoPermission, Refusal
from coursewire.domain import contexts, role_care, roles
from coursewire.store import people_list
from coursewire.store import roles as rows
from coursewire.store.roles import RoleRecord

_ROWS = 40
_FIELD = "set."


def show(visit: Visit) -> Answer:
    """Show what the role allows, with the editor."""
    return _editor(visit, _role(visit))


def save(visit: Visit) -> Answer:
    """Write what the rows that were shown say now."""
    role = _role(visit)
    wanted = {
        name.removeprefix(_FIELD): visit.form.number(name)
        for name in visit.form
        if name.startswith(_FIELD)
    }
    try:
        changed = role_care.set_permissions(visit.call, role.id, wanted)
    except NoPermission as refusal:
        visit.errors.add("", f"You may not give what you do not hold: {refusal.reason}.")
        return _editor(visit, role)
    except InvalidParameter as refusal:
        visit.errors.add("", f"{refusal.reason}: {refusal.remedy}.")
        return _editor(visit, role)
    words = f"Changed: {', '.join(changed)}." if changed else "Nothing had to be changed."
    return visit.redirect(_path(role), words)


def reach(visit: Visit) -> Answer:
    """Show where the role may be assigned, and which roles its holders may give."""
    return _reach(visit, _role(visit))


def save_reach(visit: Visit) -> Answer:
    """Write name, levels and the roles that its holders may give."""
    role, form = _role(visit), visit.form
    levels = {level for level in contexts.LEVELS if form.is_on(f"level.{level}")}
    known = roles.everything(visit.session)
    targets = {each.id for each in known if form.is_on(f"target.{each.id}")}
    try:
        with visit.call.transaction():
            role_care.set_reach(visit.call, role.id, levels, targets)
            role_care.describe(
                visit.call, role.id, name=form.text("name"), description=form.text("description")
            )
    except Refusal as refusal:
        visit.errors.add("", f"{refusal.reason or refusal}.")
        return _reach(visit, role)
    return visit.redirect(f"{_path(role)}/reach", "The role is changed.")


def holders(visit: Visit) -> Answer:
    """Show who holds the role and where."""
    role = _role(visit)
    pages = tables.pages(visit.query, people_list.holders(visit.session, role.id))
    held = people_list.held(visit.session, role.id, pages.size, pages.offset)
    places = named_places(visit.session, {context_id for _, context_id in held})
    return visit.page(
        "roles/holders.html",
        role=role,
        pages=pages,
        held=[
            (person, places.get(place, ("a place that is gone", ""))[0]) for person, place in held
        ],
    )


def ask_to_delete(visit: Visit) -> Answer:
    """Say what goes with the role."""
    role = _role(visit)
    closed = refused.closed(
        visit,
        f"remove the role {role.shortname}",
        lambda: roles.require_removable(visit.session, role),
    )
    if closed is not None:
        return closed
    return visit.page(
        "roles/delete.html", role=role, held=people_list.holders(visit.session, role.id)
    )


def delete(visit: Visit) -> Answer:
    """Remove the role."""
    role = _role(visit)
    role_care.remove(visit.call, role.id)
    return visit.redirect("/console/roles", f"The role {role.shortname} is removed.")


def _role(visit: Visit) -> RoleRecord:
    return roles.get(visit.session, visit.number("id"))


def _path(role: RoleRecord) -> str:
    return f"/console/roles/{role.id}"


def _editor(visit: Visit, role: RoleRecord) -> Answer:
    call, query = visit.call, visit.query
    chosen = query.text("area")
    found = capability_rows.lines(call.site, visit.catalogue, query.text("q"), chosen)
    pages = tables.pages(query, len(found), _ROWS)
    said = role_care.in_site(call, role.id)
    site = call.site.system
    return visit.page(
        "roles/role.html",
        role=role,
        lines=[
            (line, said.get(line.name, 0), call.permissions.may(line.name, site))
            for line in found[pages.offset : pages.offset + pages.size]
        ],
        pages=pages,
        areas=capability_rows.areas(call.site),
        granted=role_care.allowed(call, role.id),
        others=len([name for name in said if said[name] < 0]),
        held=people_list.holders(visit.session, role.id),
    )


def _reach(visit: Visit, role: RoleRecord) -> Answer:
    definitions = visit.call.permissions.definitions
    known = roles.everything(visit.session)
    return visit.page(
        "roles/reach.html",
        role=role,
        levels=contexts.LEVELS,
        chosen=definitions.levels.get(role.id, frozenset()),
        roles=known,
        targets={row[1] for row in rows.may_assign(visit.session) if row[0] == role.id},
        givers=[
            each.shortname
            for each in known
            if role.id in definitions.may_assign.get(each.id, frozenset())
        ],
        held=people_list.holders(visit.session, role.id),
    )


_ROLE = "/console/roles/{id:int}"
ACTIONS = (
    shows(_ROLE, show, right="viewer"),
    acts(_ROLE, save, right="owner", recent=True),
    shows(f"{_ROLE}/reach", reach, right="viewer"),
    acts(f"{_ROLE}/reach", save_reach, right="owner", recent=True),
    shows(f"{_ROLE}/holders", holders, right="viewer"),
    shows(f"{_ROLE}/delete", ask_to_delete, right="owner"),
    acts(f"{_ROLE}/delete", delete, right="owner", recent=True),
)
