"""Rows of services, of their functions and of their authorised users."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, func, insert, select, update

from coursewire.store.schema.services import service_functions, service_users, services, tokens
from coursewire.store.schema.users import users
from coursewire.store.session import Session


class ServiceRecord(Struct, frozen=True, gc=False):
    """One service; a `component` makes it a built-in one."""

    id: int
    name: str
    shortname: str
    enabled: int
    restrictedusers: int
    requiredcapability: str
    component: str
    downloadfiles: int
    uploadfiles: int
    forbid_query_tokens: int
    forbid_get_writes: int
    timecreated: int
    timemodified: int


class AuthorisedUser(Struct, frozen=True, gc=False):
    """A user whom a service for authorised users lets in, with limits of their own."""

    user_id: int
    username: str
    iprestriction: str
    validuntil: int
    timecreated: int


_SERVICE = select(*(services.c[name] for name in ServiceRecord.__struct_fields__))
_AUTHORISED = select(
    service_users.c.user_id,
    users.c.username,
    service_users.c.iprestriction,
    service_users.c.validuntil,
    service_users.c.timecreated,
).select_from(service_users.join(users, users.c.id == service_users.c.user_id))


def everything(session: Session) -> list[ServiceRecord]:
    """Return all services by id."""
    return [ServiceRecord(*row) for row in session.rows(_SERVICE.order_by(services.c.id))]


def get(session: Session, service_id: int) -> ServiceRecord | None:
    """Return one service."""
    return _one(session, {"id": service_id})


def by_name(session: Session, name: str) -> ServiceRecord | None:
    """Return the service of a name."""
    return _one(session, {"name": name})


def by_shortname(session: Session, shortname: str) -> ServiceRecord | None:
    """Return the service of a short name; the empty one names none."""
    return _one(session, {"shortname": shortname}) if shortname else None


def _one(session: Session, wanted: Mapping[str, Any]) -> ServiceRecord | None:
    query = _SERVICE
    for name, value in wanted.items():
        query = query.where(services.c[name] == value)
    row = session.one(query)
    return None if row is None else ServiceRecord(*row)


def lock(session: Session, service_id: int) -> None:
    """Let nobody else lock the service before the transaction ends."""
    session.execute(select(services.c.id).where(services.c.id == service_id).with_for_update())


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a service and return its id."""
    return session.insert(insert(services), dict(values))


def change(session: Session, service_id: int, values: Mapping[str, Any]) -> None:
    """Change a service."""
    session.execute(update(services).where(services.c.id == service_id), dict(values))


def remove(session: Session, service_id: int) -> None:
    """Remove a service with its functions, authorised users and tokens."""
    session.execute(delete(services).where(services.c.id == service_id))


def functions(session: Session, service_id: int) -> list[str]:
    """Return the names of a service's functions, in the order they were added."""
    query = select(service_functions.c.function).where(service_functions.c.service_id == service_id)
    return session.scalars(query.order_by(service_functions.c.id))


def add_functions(session: Session, service_id: int, names: Iterable[str]) -> None:
    """Put functions into a service; they must not be in it yet."""
    rows = [{"service_id": service_id, "function": name} for name in names]
    if rows:
        session.execute(insert(service_functions), rows)


def remove_functions(session: Session, service_id: int, names: Collection[str]) -> None:
    """Take functions out of a service."""
    mine = service_functions.c.service_id == service_id
    session.execute(delete(service_functions).where(mine, service_functions.c.function.in_(names)))


def authorised_users(session: Session, service_id: int) -> list[AuthorisedUser]:
    """Return the authorised users of a service, in the order they were added."""
    query = _AUTHORISED.where(service_users.c.service_id == service_id).order_by(service_users.c.id)
    return [AuthorisedUser(*row) for row in session.rows(query)]


def authorised_user(session: Session, service_id: int, user_id: int) -> AuthorisedUser | None:
    """Return one authorised user of a service."""
    row = session.one(
        _AUTHORISED.where(
            service_users.c.service_id == service_id, service_users.c.user_id == user_id
        )
    )
    return None if row is None else AuthorisedUser(*row)


def authorise(session: Session, values: Mapping[str, Any]) -> None:
    """Put a user on a service's list."""
    session.execute(insert(service_users), dict(values))


def change_authorisation(
    session: Session, service_id: int, user_id: int, values: Mapping[str, Any]
) -> None:
    """Change the limits of an authorised user."""
    session.execute(
        update(service_users).where(
            service_users.c.service_id == service_id, service_users.c.user_id == user_id
        ),
        dict(values),
    )


def deauthorise(session: Session, service_id: int, user_id: int) -> None:
    """Take a user off a service's list."""
    session.execute(
        delete(service_users).where(
            service_users.c.service_id == service_id, service_users.c.user_id == user_id
        )
    )


def forget_user(session: Session, user_ids: Collection[int]) -> None:
    """Take deleted users off every list."""
    session.execute(delete(service_users).where(service_users.c.user_id.in_(user_ids)))


def live_tokens(session: Session) -> dict[int, int]:
    """Return how many tokens of each service have not been ended."""
    query = (
        select(tokens.c.service_id, func.count())
        .where(tokens.c.revoked == 0, tokens.c.expired_seen == 0)
        .group_by(tokens.c.service_id)
    )
    return {row[0]: row[1] for row in session.rows(query)}
