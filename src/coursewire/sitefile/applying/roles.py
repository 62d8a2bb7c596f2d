"""Roles, their overrides, and who holds them."""

from collections.abc import Mapping

from coursewire.domain import contexts, role_assignments, roles
from coursewire.domain.contexts import Context
from coursewire.domain.role_definitions import ALLOW, INHERIT
from coursewire.domain.roles import PERMISSIONS, NewRole
from coursewire.sitefile.applying.work import Applier, Differences, Work, values
from coursewire.sitefile.model.access import Placed, Role, RoleAssignment, RoleOverride
from coursewire.sitefile.present.access import LEVELS

_TEXTS = ("name", "description", "archetype")
_NUMBERS: Mapping[str, int] = {word: number for number, word in LEVELS.items()}


def create(work: Work, role: Role) -> None:
    """Make a role; whom its holders may give is said when all roles are there."""
    new = NewRole(
        shortname=role.shortname,
        name=role.name,
        description=role.description,
        archetype=role.archetype,
        capabilities=role.capabilities,
        levels=[_NUMBERS[level] for level in role.assignable_in],
    )
    work.ids.put("role", role.natural_key, roles.create(work.call, new))


def finish(work: Work, role: Role) -> None:
    """Say which roles the holders of a new role may give."""
    targets = [work.id("role", name) for name in role.may_assign]
    if targets:
        roles.set_may_assign(work.call, work.id("role", role.shortname), targets)


def change(work: Work, wanted: Role, present: Role, differences: Differences) -> None:
    """Change a role."""
    changed = values(differences)
    role_id = work.id("role", wanted.shortname)
    texts = {name: changed[name] for name in _TEXTS if name in changed}
    if texts:
        roles.change(work.call, role_id, **texts)
    if "capabilities" in changed:
        gone = set(present.capabilities) - set(wanted.capabilities)
        new = set(wanted.capabilities) - set(present.capabilities)
        settings = {**dict.fromkeys(gone, INHERIT), **dict.fromkeys(new, ALLOW)}
        roles.grant(work.call, role_id, settings, work.call.site.system)
    if "assignable_in" in changed:
        levels = [_NUMBERS[level] for level in wanted.assignable_in]
        roles.set_levels(work.call, role_id, levels)
    if "may_assign" in changed:
        targets = [work.id("role", name) for name in wanted.may_assign]
        roles.set_may_assign(work.call, role_id, targets)


def remove(work: Work, role: Role) -> None:
    """Remove a role."""
    roles.remove(work.call, work.id("role", role.shortname))
    work.ids.drop("role", role.natural_key)


def create_override(work: Work, override: RoleOverride) -> None:
    """Let a role say something else in a place."""
    _override(work, override, PERMISSIONS[override.permission])


def change_override(
    work: Work, wanted: RoleOverride, present: RoleOverride, differences: Differences
) -> None:
    """Let a role say something different from what it says now."""
    del present, differences
    create_override(work, wanted)


def remove_override(work: Work, override: RoleOverride) -> None:
    """Let a role say nothing of its own in a place."""
    _override(work, override, INHERIT)


def _override(work: Work, override: RoleOverride, permission: int) -> None:
    role_id = work.id("role", override.role)
    roles.grant(work.call, role_id, {override.capability: permission}, place_of(work, override))


def create_assignment(work: Work, held: RoleAssignment) -> None:
    """Give a role to a user."""
    role_id, user_id = work.id("role", held.role), work.id("user", held.user)
    role_assignments.assign(work.call, role_id, user_id, place_of(work, held))


def change_assignment(
    work: Work, wanted: RoleAssignment, present: RoleAssignment, differences: Differences
) -> None:
    """An assignment is there or not: it has nothing that could differ."""
    del work, wanted, present, differences


def remove_assignment(work: Work, held: RoleAssignment) -> None:
    """Take a role from a user."""
    role_id, user_id = work.id("role", held.role), work.id("user", held.user)
    role_assignments.unassign(work.call, role_id, user_id, place_of(work, held), component="")


def place_of(work: Work, placed: Placed) -> Context:
    """Return the place that an entry names."""
    session = work.call.session
    kind, name = placed.place
    if kind == "course":
        return contexts.get(session, contexts.COURSE, work.id("course", name))
    if kind == "category":
        return contexts.get(session, contexts.CATEGORY, work.id("category", name))
    return work.call.site.system


ROLES = Applier(create, change, remove)
OVERRIDES = Applier(create_override, change_override, remove_override)
ASSIGNMENTS = Applier(create_assignment, change_assignment, remove_assignment)
