"""TOK-9: whatever a server remembers between calls, triggers count its changes."""

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, text, update

from coursewire.domain import permissions, readiness, service_functions
from coursewire.domain import site as sites
from coursewire.domain.call import Origin
from coursewire.functions import core_webservice
from coursewire.store import access, audit, facts, preferences, user_accesses
from coursewire.store import tokens as token_rows
from coursewire.store.account_states import MUST_CHANGE_PASSWORD
from coursewire.store.database import Database
from coursewire.store.migrations.facts_watched import UNWATCHED, WATCHED
from coursewire.store.schema import metadata
from coursewire.store.schema.audit import calls
from coursewire.store.schema.courses import courses
from coursewire.store.schema.services import service_functions as functions
from coursewire.store.schema.services import services, tokens
from coursewire.store.schema.site import settings
from coursewire.store.schema.users import (
    profile_fields,
    profile_values,
    user_preferences,
    users,
)
from tests.support import making
from tests.support.sites import TestSite

ONLY_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SITE_INFO = "core_webservice_get_site_info"
CAPABILITIES = ("webservice/rest:use", "moodle/user:manageownfiles", "moodle/site:config")
Change = Callable[[TestSite], object]


def token_of_a_user(site: TestSite) -> str:
    user = making.user_with(site, "reader", *CAPABILITIES[:2])
    return making.token(site, user, making.service(site, "info", SITE_INFO, users=[user]))


@ONLY_SQLITE
def test_all_that_is_remembered_is_watched(site: TestSite, site_address: str) -> None:
    """Told by SQLite itself: the columns that it reads for what is kept between calls."""
    value = token_of_a_user(site)
    read: set[tuple[str, str]] = set()

    def note(action: int, table: str | None, column: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_READ:
            read.add((table or "", column or ""))
        return sqlite3.SQLITE_OK

    anew = Database(site_address)
    with anew.session() as session:
        session.driver.set_authorizer(note)
        loaded = sites.load(session, "http://here.example", implemented={SITE_INFO: "moodle"})
        found = access.read(session, site.keys.digests(value), SITE_INFO)
        assert found is not None
        asking = permissions.of_access(session, found, loaded)
        assert asking.may(CAPABILITIES[0], loaded.system)
        assert not asking.may(CAPABILITIES[2], loaded.front_page)
        call = site.call(found.user_id)
        call.session, call.site = session, loaded
        service_functions.versions(call)
        # Once by what the gate read, and once by what a call without a token reads itself.
        for origin in (Origin(access=found), Origin()):
            call.origin = origin
            core_webservice._own(call, found)
        assert readiness.hindrance(session, "manual", asking, loaded) is None
        session.driver.set_authorizer(None)
    anew.close()
    in_part = {"courses", "user_preferences"}
    assert {table for table, _ in read} - {"sqlite_master"} <= {*WATCHED, *in_part}
    assert len(read) > 50
    # The time of the last use tells only whether it is written again soon.
    unwatched = {(table, column) for table, column in read if column in UNWATCHED}
    assert unwatched == {("tokens", "lastaccess")}


@ONLY_SQLITE
def test_every_column_is_watched_but_times_written_behind(site: TestSite) -> None:
    for table in WATCHED:
        times = UNWATCHED & {column.name for column in metadata.tables[table].c}
        watched = ", ".join(it.name for it in metadata.tables[table].c if it.name not in UNWATCHED)
        changed = f"UPDATE OF {watched}" if times else "UPDATE"
        assert events(site, table) == ["DELETE", "INSERT", changed], table


def events(site: TestSite, table: str) -> list[str]:
    """When the triggers of a table run."""
    rows = site.session.rows(
        text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
        {"table": table},
    )
    return sorted(str(row[0]).partition(" AFTER ")[2].partition(f" ON {table}")[0] for row in rows)


def _prefer(site: TestSite, name: str, value: str) -> None:
    preferences.put(site.session, 2, {name: value})


CHANGES: dict[str, Change] = {
    "a setting": lambda site: making.setting(site, "maintenance_enabled", value=True),
    "a role": lambda site: making.user_with(site, "other", "moodle/site:config"),
    "a function taken from a service": lambda site: site.session.execute(delete(functions)),
    "a token revoked": lambda site: site.session.execute(update(tokens).values(revoked=1)),
    "a password to be changed": lambda site: _prefer(site, MUST_CHANGE_PASSWORD, "1"),
    "a password still to be changed": lambda site: _prefer(site, MUST_CHANGE_PASSWORD, "2"),
    "a password that need not be changed": lambda site: site.session.execute(
        delete(user_preferences)
    ),
    "a field of profiles": lambda site: site.session.execute(
        insert(profile_fields).values(id=7, shortname="badge", required=1)
    ),
    "what stands in a profile": lambda site: site.session.execute(
        insert(profile_values).values(user_id=2, field_id=7, value="12")
    ),
    "a user suspended": lambda site: site.session.execute(update(users).values(suspended=1)),
    # Tokens go with their service, which no statement says.
    "a service removed": lambda site: site.session.execute(delete(services)),
    "the name of the site": lambda site: site.session.execute(
        update(courses).where(courses.c.id == 1).values(fullname="Another")
    ),
}


def test_a_change_is_seen(site: TestSite) -> None:
    token_of_a_user(site)
    for name, change in CHANGES.items():
        before = site.database.facts_version()
        change(site)
        assert before != site.database.facts_version(), name


NO_CHANGES: dict[str, Change] = {
    "a group": lambda site: making.group(site, 1, "Some"),
    "a preference": lambda site: _prefer(site, "theme", "dark"),
    "another preference": lambda site: _prefer(site, "theme", "light"),
    "a preference removed": lambda site: site.session.execute(delete(user_preferences)),
    "another course's name": lambda site: site.session.execute(
        update(courses).where(courses.c.id != 1).values(fullname="Another")
    ),
    "the last use of a token": lambda site: token_rows.touch(site.session, {1: 4711}),
    "the last use by a user": lambda site: user_accesses.touch(site.session, {2: 4711}),
    "a line of the call log": lambda site: audit.append_calls(site.session, []),
    "a call": lambda site: site.session.execute(insert(calls).values(request_id="one")),
}


def test_what_nobody_remembers_changes_nothing(site: TestSite) -> None:
    token_of_a_user(site)
    making.course(site, "other")
    before = site.database.facts_version()
    for name, change in NO_CHANGES.items():
        change(site)
        assert before == site.database.facts_version(), name


def test_what_is_undone_is_no_change(site: TestSite) -> None:
    before = site.database.facts_version()
    with pytest.raises(InterruptedError):
        _fail(site)
    assert before == site.database.facts_version()


def _fail(site: TestSite) -> None:
    with site.session.transaction():
        site.session.execute(delete(settings))
        raise InterruptedError


def test_it_can_be_told(site: TestSite) -> None:
    before = site.database.facts_version()
    with site.session.transaction():
        facts.changed(site.session)
    assert before != site.database.facts_version()


ONLY_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)


@ONLY_POSTGRESQL
def test_writers_do_not_wait_for_one_another_to_count(site: TestSite) -> None:
    first, second = making.user(site, "first"), making.user(site, "second")
    before = site.database.facts_version()
    change = update(users).values(suspended=1)
    with site.database.session() as other, site.session.transaction():
        site.session.execute(change.where(users.c.id == first))
        other.execute(text("SET lock_timeout = '1s'"))
        other.execute(change.where(users.c.id == second))
        between = site.database.facts_version()
        assert between != before
    assert site.database.facts_version() not in {before, between}
