"""Roles and who holds them, services and tokens as they are now."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from coursewire.domain import contexts, role_definitions
from coursewire.domain.role_definitions import ALLOW, PREVENT, PROHIBIT
from coursewire.sitefile.ids import Ids
from coursewire.sitefile.model.access import (
    AuthorisedUser,
    Level,
    Permission,
    Role,
    RoleAssignment,
    RoleOverride,
    Service,
    Token,
)
from coursewire.store import services as service_rows
from coursewire.store.inventory import access as rows
from coursewire.store.session import AnyRow, Session

LEVELS: Mapping[int, Level] = {
    contexts.SYSTEM: "system",
    contexts.USER: "user",
    contexts.CATEGORY: "coursecat",
    contexts.COURSE: "course",
    contexts.MODULE: "module",
    contexts.BLOCK: "block",
}
WORDS: Mapping[int, Permission] = {ALLOW: "allow", PREVENT: "prevent", PROHIBIT: "prohibit"}


def roles(session: Session, ids: Ids) -> tuple[Role, ...]:
    """Read the roles with what they allow in the whole site."""
    definitions = role_definitions.read(session)
    system = contexts.system(session).id
    for role in definitions.roles.values():
        ids.put("role", (role.shortname,), role.id)
    return tuple(
        Role(
            shortname=role.shortname,
            name=role.name,
            description=role.description,
            archetype=role.archetype,
            capabilities=tuple(
                name
                for name, settings in sorted(definitions.permissions.get(role.id, {}).items())
                if settings.get(system) == ALLOW
            ),
            assignable_in=tuple(
                LEVELS[level] for level in sorted(definitions.levels.get(role.id, ()))
            ),
            may_assign=tuple(
                ids.name("role", target)
                for target in sorted(definitions.may_assign.get(role.id, ()))
            ),
        )
        for role in sorted(definitions.roles.values(), key=lambda role: (role.sortorder, role.id))
    )


def overrides(session: Session, ids: Ids) -> tuple[RoleOverride, ...]:
    """Read what roles say otherwise in places, and what they forbid in the whole site."""
    found: list[RoleOverride] = []
    for row in rows.permissions(session):
        place = _place(ids, row.level, row.instanceid)
        if place is None or (place.system and row.permission == ALLOW):
            continue
        found.append(
            RoleOverride(
                role=ids.name("role", row.role_id),
                capability=row.capability,
                permission=WORDS[row.permission],
                system=place.system,
                category=place.category,
                course=place.course,
            )
        )
    return tuple(found)


def assignments(session: Session, ids: Ids) -> tuple[RoleAssignment, ...]:
    """Read who holds which role in the whole site, a category or a course."""
    found: list[RoleAssignment] = []
    for row in rows.assignments(session):
        place, role = _place(ids, row.level, row.instanceid), ids.name("role", row.role_id)
        # A role without a name has come since the roles were read.
        if place is None or row.component or not role:
            continue
        found.append(
            RoleAssignment(
                user=row.username,
                role=role,
                system=place.system,
                category=place.category,
                course=place.course,
            )
        )
    return tuple(found)


def services(session: Session, ids: Ids) -> tuple[Service, ...]:
    """Read the services with their functions and authorised users."""
    functions = rows.functions(session)
    authorised = _authorised(rows.authorised(session))
    found: list[Service] = []
    for row in service_rows.everything(session):
        service = Service(
            shortname=row.shortname,
            name=row.name,
            enabled=bool(row.enabled),
            authorised_users_only=bool(row.restrictedusers),
            functions=tuple(functions.get(row.id, ())),
            required_capability=row.requiredcapability,
            download_files=bool(row.downloadfiles),
            upload_files=bool(row.uploadfiles),
            authorised_users=tuple(authorised.get(row.id, ())),
        )
        ids.put("service", service.natural_key, row.id)
        found.append(service)
    return tuple(found)


def tokens(session: Session, ids: Ids) -> dict[int, Token]:
    """Read the live tokens by id, without values; log-in makes its own ones again, so not those.

    While a token is rotated there are two of one name.
    """
    found: dict[int, Token] = {}
    for row in rows.live_tokens(session):
        if row.origin == "login":
            continue
        token = Token(
            name=row.name,
            user=row.username,
            service=ids.name("service", row.service_id),
            ip_restriction=row.iprestriction,
            valid_until=row.validuntil,
        )
        ids.alias("token", token.natural_key, row.id)
        found[row.id] = token
    return found


def _authorised(pairs: Iterable[AnyRow]) -> dict[int, list[AuthorisedUser]]:
    found: dict[int, list[AuthorisedUser]] = {}
    for row in pairs:
        user = AuthorisedUser(
            user=row.username, ip_restriction=row.iprestriction, valid_until=row.validuntil
        )
        found.setdefault(row.service_id, []).append(user)
    return found


class _Place(Struct, frozen=True, kw_only=True):
    system: bool = False
    category: str = ""
    course: str = ""


def _place(ids: Ids, level: int, instance_id: int) -> _Place | None:
    """Return a place as site files name it; None for one that they do not reach."""
    if level == contexts.SYSTEM:
        return _Place(system=True)
    if level == contexts.CATEGORY:
        return _Place(category=ids.name("category", instance_id))
    if level == contexts.COURSE:
        return _Place(course=ids.name("course", instance_id))
    return None
