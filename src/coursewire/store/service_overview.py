"""Services as lists show them: with counts of what they hold, their people, and their changes."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from coursewire.store.call_log import SPAN, Look
from coursewire.store.schema.audit import audit_records
from coursewire.store.schema.services import service_functions, service_users, services, tokens
from coursewire.store.schema.users import users
from coursewire.store.services import ServiceRecord
from coursewire.store.session import Session
from coursewire.store.users import fold


class Holdings(Struct, frozen=True, gc=False):
    """How much a service holds, and when one of its tokens was used last."""

    functions: int = 0
    users: int = 0
    live_tokens: int = 0
    lastaccess: int = 0


class Authorisation(Struct, frozen=True, gc=False):
    """A user on a service's list, as the list shows them."""

    user_id: int
    username: str
    firstname: str
    lastname: str
    email: str
    suspended: int
    iprestriction: str
    validuntil: int
    timecreated: int


_AUTHORISATION = (
    service_users.c.user_id,
    users.c.username,
    users.c.firstname,
    users.c.lastname,
    users.c.email,
    users.c.suspended,
    service_users.c.iprestriction,
    service_users.c.validuntil,
    service_users.c.timecreated,
)


def holdings(session: Session, now: int) -> dict[int, Holdings]:
    """Return what each service holds; three reads however many there are."""
    functions = _counted(
        session,
        select(service_functions.c.service_id, func.count()).group_by(
            service_functions.c.service_id
        ),
    )
    people = _counted(
        session,
        select(service_users.c.service_id, func.count()).group_by(service_users.c.service_id),
    )
    live = func.sum(case((_live(now), 1), else_=0))
    query = select(tokens.c.service_id, live, func.max(tokens.c.lastaccess))
    used = {row[0]: row for row in session.rows(query.group_by(tokens.c.service_id))}
    none = (0, 0, 0)
    return {
        each: Holdings(
            functions.get(each, 0), people.get(each, 0), *map(int, used.get(each, none)[1:])
        )
        for each in functions.keys() | people.keys() | used.keys()
    }


def _counted(session: Session, query: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.rows(query)}


def _live(now: int) -> ColumnElement[bool]:
    return and_(
        tokens.c.revoked == 0,
        tokens.c.expired_seen == 0,
        or_(tokens.c.validuntil == 0, tokens.c.validuntil >= now),
    )


def authorised(
    session: Session, service_id: int, search: str, *, offset: int, limit: int
) -> list[Authorisation]:
    """Return some of the authorised users by user name: those in whose names a text stands."""
    query = (
        select(*_AUTHORISATION)
        .select_from(service_users.join(users, users.c.id == service_users.c.user_id))
        .where(*_wanted(service_id, search))
        .order_by(users.c.username)
        .offset(offset)
        .limit(limit)
    )
    return [Authorisation(*row) for row in session.rows(query)]


def count_authorised(session: Session, service_id: int, search: str) -> int:
    """Return how many of a service's users match."""
    joined = service_users.join(users, users.c.id == service_users.c.user_id)
    query = select(func.count()).select_from(joined).where(*_wanted(service_id, search))
    return int(session.scalar(query))


def _wanted(service_id: int, search: str) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [service_users.c.service_id == service_id]
    if search:
        text = fold(search)
        columns = (
            users.c.username,
            users.c.firstname_folded,
            users.c.lastname_folded,
            users.c.email_folded,
        )
        conditions.append(or_(*(column.contains(text, autoescape=True) for column in columns)))
    return conditions


def holding(session: Session, function: str) -> list[ServiceRecord]:
    """Return the services that hold a function, by name."""
    query = (
        select(*(services.c[name] for name in ServiceRecord.__struct_fields__))
        .join(service_functions, service_functions.c.service_id == services.c.id)
        .where(service_functions.c.function == function)
        .order_by(services.c.name)
    )
    return [ServiceRecord(*row) for row in session.rows(query)]


def changes(session: Session, target: str, *, before_id: int, limit: int) -> Look:
    """Return the newest records of changes of one thing first, out of one span of the record."""
    newest: int = session.scalar(select(func.coalesce(func.max(audit_records.c.id), 0)))
    top = min(before_id or newest + 1, newest + 1)
    bottom = max(0, top - SPAN)
    query = select(audit_records).where(
        audit_records.c.id < top, audit_records.c.id >= bottom, audit_records.c.target == target
    )
    found = session.rows(query.order_by(audit_records.c.id.desc()).limit(limit + 1))
    if len(found) > limit:
        return Look(rows=list(found[:limit]), next_id=found[limit - 1].id)
    return Look(rows=list(found), next_id=bottom)
