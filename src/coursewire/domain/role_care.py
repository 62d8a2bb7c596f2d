"""What the console does to roles: nobody lets a role do what they may not do (AUTHZ-8)."""

from collections.abc import Collection, Mapping

from coursewire.contracts.errors import NoPermission
from coursewire.domain import role_assignments, roles
from coursewire.domain.call import Call
from coursewire.domain.role_definitions import ALLOW, INHERIT
from coursewire.domain.roles import NewRole
from coursewire.store import roles as rows


def create(call: Call, new: NewRole) -> int:
    """Create a role."""
    with call.transaction():
        return roles.create(call, new)


def in_site(call: Call, role_id: int) -> dict[str, int]:
    """Return what a role says in the whole site: capability → allow, prevent or prohibit."""
    found = call.permissions.definitions.permissions.get(role_id, {})
    site = call.site.system.id
    return {name: places[site] for name, places in found.items() if site in places}


def set_permissions(call: Call, role_id: int, wanted: Mapping[str, int]) -> list[str]:
    """Write what a role says in the whole site where that differs; return what was changed.

    Lifting a prohibition gives as much as allowing does.
    """
    with call.transaction():
        # Nobody else changes what is compared here.
        roles.changing(call, role_id)
        site = call.site.system.id
        there: dict[str, int] = {
            row[1]: row[3]
            for row in rows.permissions(call.session)
            if (row[0], row[2]) == (role_id, site)
        }
        changes = {
            name: permission
            for name, permission in wanted.items()
            if there.get(name, INHERIT) != permission
        }
        for name, permission in changes.items():
            roles.check_capability(call, name)
            if permission >= INHERIT and permission > there.get(name, INHERIT):
                call.permissions.require(name, call.site.system)
        if changes:
            roles.grant(call, role_id, changes, call.site.system)
        return sorted(changes)


def describe(call: Call, role_id: int, *, name: str, description: str) -> None:
    """Change the name and the description."""
    with call.transaction():
        roles.change(call, role_id, name=name, description=description)


def set_reach(call: Call, role_id: int, levels: Collection[int], targets: Collection[int]) -> None:
    """Say where a role may be assigned and which roles its holders may give."""
    with call.transaction():
        roles.changing(call, role_id)
        there = {row[1] for row in rows.may_assign(call.session) if row[0] == role_id}
        for target in set(targets) - there:
            lacking = role_assignments.not_held(call, target, call.site.system)
            if lacking:
                raise NoPermission(lacking[0], call.site.system.where)
        roles.set_levels(call, role_id, levels)
        roles.set_may_assign(call, role_id, targets)


def remove(call: Call, role_id: int) -> None:
    """Remove a role with everybody's hold of it."""
    with call.transaction():
        roles.remove(call, role_id)


def allowed(call: Call, role_id: int) -> list[str]:
    """Return what a role allows in the whole site."""
    there = in_site(call, role_id)
    return sorted(name for name, permission in there.items() if permission == ALLOW)
