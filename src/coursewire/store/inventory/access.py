"""All roles as they are held, and all services with their people."""

from collections.abc import Sequence

from sqlalchemy import select

from coursewire.store.schema.access import contexts, role_assignments, role_capabilities
from coursewire.store.schema.services import service_functions, service_users, services, tokens
from coursewire.store.schema.users import users
from coursewire.store.session import AnyRow, Session


def assignments(session: Session) -> Sequence[AnyRow]:
    """Return (username, role_id, level, instanceid, component), oldest first."""
    return session.rows(
        select(
            users.c.username,
            role_assignments.c.role_id,
            contexts.c.level,
            contexts.c.instanceid,
            role_assignments.c.component,
        )
        .join_from(role_assignments, users, users.c.id == role_assignments.c.user_id)
        .join(contexts, contexts.c.id == role_assignments.c.context_id)
        .order_by(role_assignments.c.id)
    )


def permissions(session: Session) -> Sequence[AnyRow]:
    """Return (role_id, capability, permission, level, instanceid), oldest first."""
    columns = role_capabilities.c
    return session.rows(
        select(
            columns.role_id,
            columns.capability,
            columns.permission,
            contexts.c.level,
            contexts.c.instanceid,
        )
        .join(contexts, contexts.c.id == columns.context_id)
        .order_by(columns.id)
    )


def functions(session: Session) -> dict[int, list[str]]:
    """Return the functions of each service, in the order they were added."""
    found: dict[int, list[str]] = {}
    columns = service_functions.c
    statement = select(columns.service_id, columns.function).order_by(columns.id)
    for service_id, function in session.rows(statement):
        found.setdefault(service_id, []).append(function)
    return found


def authorised(session: Session) -> Sequence[AnyRow]:
    """Return (service_id, username, iprestriction, validuntil), in the order they were added."""
    columns = service_users.c
    return session.rows(
        select(columns.service_id, users.c.username, columns.iprestriction, columns.validuntil)
        .join(users, users.c.id == columns.user_id)
        .order_by(columns.id)
    )


def live_tokens(session: Session) -> Sequence[AnyRow]:
    """Return (id, name, username, service_id, iprestriction, validuntil, origin) by id."""
    columns = tokens.c
    return session.rows(
        select(
            columns.id,
            columns.name,
            users.c.username,
            columns.service_id,
            columns.iprestriction,
            columns.validuntil,
            columns.origin,
        )
        .join_from(tokens, users, users.c.id == columns.user_id)
        .join(services, services.c.id == columns.service_id)
        .where(columns.revoked == 0, columns.expired_seen == 0)
        .order_by(columns.id)
    )
