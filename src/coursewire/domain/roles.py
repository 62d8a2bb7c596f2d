"""Roles: what they are and allow, and how that is changed."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.capabilities import ARCHETYPES
from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import contexts, settings, site
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.known_settings import ROLE_SETTINGS
from coursewire.domain.role_definitions import ALLOW, INHERIT, PREVENT, PROHIBIT
from coursewire.store import roles as rows
from coursewire.store.roles import RoleRecord
from coursewire.store.session import Session

PERMISSIONS: Mapping[str, int] = {
    "allow": ALLOW,
    "prevent": PREVENT,
    "prohibit": PROHIBIT,
    "inherit": INHERIT,
}
# What a site file, a preset and Moodle's own form let a role be called.
_SHORTNAME = re.compile("[a-z0-9_-]{1,100}").fullmatch
_WORDS = {number: word for word, number in PERMISSIONS.items()}


class NewRole(Struct, frozen=True, kw_only=True):
    """A role to create; `capabilities` are allowed in the whole site."""

    shortname: str
    name: str = ""
    description: str = ""
    archetype: str = ""
    capabilities: Collection[str] = ()
    levels: Collection[int] = ()
    may_assign: Collection[int] = ()


def everything(session: Session) -> list[RoleRecord]:
    """Return all roles in their order."""
    return rows.everything(session)


def find(session: Session, shortname: str) -> RoleRecord | None:
    """Return the role of a short name, or None."""
    return next((role for role in rows.everything(session) if role.shortname == shortname), None)


def get(session: Session, role_id: int) -> RoleRecord:
    """Return a role by its id, or raise MissingRecord."""
    found = next((role for role in rows.everything(session) if role.id == role_id), None)
    if found is None:
        raise MissingRecord("role", role_id)
    return found


def hold(session: Session, role_ids: Collection[int]) -> None:
    """Keep roles from being removed until the transaction ends, or raise MissingRecord."""
    gone = set(role_ids) - rows.hold(session, role_ids)
    if gone:
        raise MissingRecord("role", min(gone))


def changing(call: Call, role_id: int) -> RoleRecord:
    """Return a role that nobody else changes or removes meanwhile, or raise MissingRecord."""
    rows.lock(call.session, role_id)
    return get(call.session, role_id)


def create(call: Call, new: NewRole) -> int:
    """Create a role and return its id."""
    session = call.session
    there = rows.everything(session)
    shortname = new.shortname.strip()
    if not shortname:
        raise InvalidParameter("a role needs a short name", remedy="give it one")
    if not _SHORTNAME(shortname):
        raise InvalidParameter(
            f"the short name {shortname[:40]!r} cannot be that of a role",
            remedy="write at most 100 lower-case letters, digits, _ and -",
        )
    if any(role.shortname == shortname for role in there):
        raise _taken(shortname)
    _check_archetype(new.archetype)
    row = {
        "shortname": shortname,
        "name": new.name,
        "description": new.description,
        "archetype": new.archetype,
        "sortorder": max((role.sortorder for role in there), default=0) + 1,
    }
    try:
        role_id = rows.insert_role(session, row)
    except IntegrityError as problem:
        raise _taken(shortname) from problem
    call.audit.record("role.create", _target(shortname), id=role_id)
    set_levels(call, role_id, new.levels)
    set_may_assign(call, role_id, new.may_assign)
    grant(call, role_id, dict.fromkeys(new.capabilities, ALLOW), call.site.system)
    return role_id


def change(call: Call, role_id: int, **values: str) -> None:
    """Change the name or the description of a role."""
    role = changing(call, role_id)
    rows.update_role(call.session, role_id, values)
    settings.roles_changed(call.session)
    call.audit.record("role.change", _target(role.shortname), **values)


def remove(call: Call, role_id: int) -> None:
    """Remove a role with what it allows and everybody's hold of it; one that a setting names stays.

    Nobody gives the role, or names it in a setting, meanwhile.
    """
    rows.lock_alone(call.session, role_id)
    role = get(call.session, role_id)
    require_removable(call.session, role)
    rows.remove_role(call.session, role_id)
    settings.roles_changed(call.session)
    call.audit.record("role.remove", _target(role.shortname), id=role_id)


def require_removable(session: Session, role: RoleRecord) -> None:
    """Refuse to remove a standard role, and one that a setting names."""
    if role.archetype in ARCHETYPES and role.shortname == role.archetype:
        raise InvalidParameter(
            f"{role.shortname!r} is one of the standard roles",
            remedy="keep it and do not assign it",
        )
    _require_unnamed(session, role)


def grant(call: Call, role_id: int, wanted: Mapping[str, int], context: Context) -> None:
    """Set what a role allows (1), prevents (-1), prohibits (-1000) or leaves open (0) in a place.

    Nobody grants what they do not hold themselves (AUTHZ-8).
    """
    contexts.hold(call.session, context)
    role = changing(call, role_id)
    for capability, permission in wanted.items():
        check_capability(call, capability)
        if permission not in _WORDS:
            raise InvalidParameter(
                f"{permission!r} is no permission", remedy=f"use one of {', '.join(PERMISSIONS)}"
            )
        if permission == ALLOW:
            call.permissions.require(capability, context)
    rows.set_permissions(call.session, role_id, context.id, dict(wanted))
    settings.roles_changed(call.session)
    words = {capability: _WORDS[permission] for capability, permission in wanted.items()}
    call.audit.record("role.grant", _target(role.shortname), where=context.where, set=words)


def set_levels(call: Call, role_id: int, levels: Collection[int]) -> None:
    """Say at which levels a role may be assigned."""
    role = changing(call, role_id)
    wrong = sorted(set(levels) - set(contexts.LEVELS))
    if wrong:
        raise InvalidParameter(
            f"{wrong[0]} is no level", remedy=f"use {', '.join(map(str, contexts.LEVELS))}"
        )
    rows.set_levels(call.session, role_id, levels)
    settings.roles_changed(call.session)
    call.audit.record("role.levels", _target(role.shortname), levels=sorted(set(levels)))


def set_may_assign(call: Call, role_id: int, targets: Collection[int]) -> None:
    """Say which roles the holders of a role may give."""
    role = changing(call, role_id)
    hold(call.session, targets)
    rows.set_may_assign(call.session, role_id, targets)
    settings.roles_changed(call.session)
    call.audit.record("role.may_assign", _target(role.shortname), roles=sorted(set(targets)))


def check_capability(call: Call, capability: str) -> None:
    """Refuse the name of a capability that does not exist."""
    if capability in call.site.capabilities:
        return
    close = get_close_matches(capability, call.site.capabilities, n=1)
    raise InvalidParameter(
        f"there is no capability {capability!r}",
        remedy=f"did you mean {close[0]!r}?" if close else "check its spelling",
    )


def _require_unnamed(session: Session, role: RoleRecord) -> None:
    stored = site.read_settings(session)
    for name in sorted(ROLE_SETTINGS):
        value = stored[name]
        if role.id in (value if isinstance(value, tuple) else (value,)):
            reason = f"the setting {name} names the role {role.shortname!r}"
            raise InvalidParameter(reason, remedy="choose another role there first")


def _taken(shortname: str) -> InvalidParameter:
    reason = f"the role {shortname!r} exists already"
    return InvalidParameter(reason, remedy="choose another short name")


def _check_archetype(archetype: str) -> None:
    if archetype and archetype not in ARCHETYPES:
        raise InvalidParameter(
            f"{archetype!r} is no archetype", remedy=f"use one of {', '.join(ARCHETYPES)}"
        )


def _target(shortname: str) -> str:
    return f"role {shortname}"
