"""Sites to measure: made by the rules, and where they are large, loaded in bulk."""

import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from coursewire import app
from coursewire.app import Opened
from coursewire.domain import contexts as places
from coursewire.domain import roles, services, settings, token_values
from coursewire.domain.call import Call
from coursewire.domain.services import NewService
from coursewire.settings import Settings
from coursewire.store.schema.access import contexts
from coursewire.store.schema.services import tokens
from coursewire.store.schema.users import users
from coursewire.store.session import Session

SITE_INFO = "core_webservice_get_site_info"
# The functions of the service of 24: those of the first recorded health check and group flows.
FUNCTIONS = (
    SITE_INFO,
    "core_group_add_group_members",
    "core_group_assign_grouping",
    "core_group_create_groupings",
    "core_group_create_groups",
    "core_group_delete_group_members",
    "core_group_delete_groupings",
    "core_group_delete_groups",
    "core_group_get_activity_allowed_groups",
    "core_group_get_activity_groupmode",
    "core_group_get_course_groupings",
    "core_group_get_course_groups",
    "core_group_get_course_user_groups",
    "core_group_get_group_members",
    "core_group_get_groupings",
    "core_group_get_groups",
    "core_group_unassign_grouping",
    "core_group_update_groupings",
    "core_group_update_groups",
    "enrol_manual_enrol_users",
    "core_course_get_courses",
    "core_user_create_users",
    "core_user_get_users",
    "gradereport_overview_get_course_grades",
)
_USER_LEVEL = 30
_BATCH = 10_000


@contextmanager
def folder() -> Generator[Path]:
    """Make a folder for one benchmark and remove it afterwards."""
    found = Path(tempfile.mkdtemp(prefix="coursewire-bench-"))
    try:
        yield found
    finally:
        shutil.rmtree(found, ignore_errors=True)


@contextmanager
def made(data: Path, database: str = "") -> Generator[tuple[Opened, Call]]:
    """Make a site with web services on and open it; the call is the administrator's.

    It is served with an access log in a file; without an address of a database it is on SQLite.
    """
    found = Settings(data=str(data), database=database)
    app.create_site(found)
    (data / "coursewire.toml").write_text(f'access_log = "{data / "access.log"}"\n')
    with app.open_site(found) as opened, opened.database.session() as session:
        call = app.administrator_call(opened, session)
        with call.transaction():
            settings.put(call, "enablewebservices", value=True)
            settings.put(call, "webserviceprotocols", ("rest",))
        yield opened, call


def service(call: Call, shortname: str, functions: Sequence[str]) -> int:
    """Make a service that every user may use."""
    new = NewService(name=shortname, shortname=shortname, enabled=True, restrictedusers=False)
    with call.transaction():
        found = services.create(call, new)
        services.add_functions(call, found.id, functions, lambda _: True)
    return found.id


def people(session: Session, count: int, *, host: str = "school.example") -> range:
    """Load users with their contexts; return their ids."""
    first = int(session.scalar(select(func.max(users.c.id))) or 0) + 1
    ids = range(first, first + count)
    load(session, users, (_person(user_id, host) for user_id in ids))
    place = int(session.scalar(select(func.max(contexts.c.id))) or 0) + 1
    load(
        session,
        contexts,
        (
            {
                "id": place + number,
                "level": _USER_LEVEL,
                "instanceid": user_id,
                "path": f"/1/{place + number}",
                "depth": 2,
            }
            for number, user_id in enumerate(ids)
        ),
    )
    return ids


def issued(opened: Opened, session: Session, owners: Sequence[int], service: int) -> list[str]:
    """Load a token for each of the users; return their values."""
    values = [secrets.token_hex(16) for _ in owners]
    load(session, tokens, _tokens(opened, owners, values, service))
    return values


def course_contexts(session: Session, course_ids: Sequence[int]) -> list[int]:
    """Return the ids of the contexts of courses."""
    return [context.id for context in places.of_courses(session, course_ids).values()]


def load(session: Session, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Insert many rows, in batches of one transaction each."""
    while batch := list(islice(rows, _BATCH)):
        with session.transaction():
            session.execute(table.insert(), batch)


def allow(call: Call, shortname: str, *capabilities: str) -> None:
    """Let every user have capabilities in the whole site."""
    with call.transaction():
        found = roles.find(call.session, shortname)
        if found is None:
            raise LookupError(shortname)
        roles.grant(call, found.id, dict.fromkeys(capabilities, 1), call.site.system)


def _tokens(
    opened: Opened, owners: Sequence[int], values: Sequence[str], service: int
) -> Iterator[dict[str, Any]]:
    for owner, value in zip(owners, values, strict=True):
        digest = opened.keys.digest(value)
        yield {
            "handle": token_values.new_handle(),
            "digest": digest.value,
            "key_number": digest.number,
            "last4": value[-4:],
            "user_id": owner,
            "service_id": service,
            "context_id": 1,
            "creatorid": 2,
            "timecreated": 1_700_000_000,
        }


def _person(user_id: int, host: str) -> dict[str, Any]:
    name = f"user{user_id}"
    email = f"{name}@{host}"
    return {
        "id": user_id,
        "username": name,
        "password": "not a hash",
        "firstname": "First",
        "lastname": name.title(),
        "email": email,
        "firstname_folded": "first",
        "lastname_folded": name,
        "email_folded": email,
        "email_unique": email,
        "timecreated": 1_700_000_000,
    }
