"""A call goes by what the gate met for as long as that is true, and looks again where it is not."""

import sqlite3

import pytest

from coursewire.contracts.errors import MoodleError, NoPermission
from coursewire.domain import contexts, course_places, gate, role_assignments, validation
from coursewire.domain.call import Call
from coursewire.store import access as accesses
from coursewire.store import facts, preferences
from coursewire.store.access import Access
from coursewire.store.account_states import MUST_CHANGE_PASSWORD
from tests.support import making
from tests.support.sites import TestSite

CREATE_GROUPS = "core_group_create_groups"
MANAGE = "moodle/course:managegroups"
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def access(site: TestSite) -> Access:
    user = making.user_with(site, "organiser", MANAGE, "moodle/course:view")
    token = making.token(site, user, making.service(site, "groups", CREATE_GROUPS, users=[user]))
    found = accesses.read(site.session, site.keys.digests(token), CREATE_GROUPS)
    assert found is not None
    return found


def call_by(site: TestSite, access: Access) -> Call:
    """A call that has just come through the gate."""
    seen = site.load()
    return Call(
        session=site.session,
        caller=gate.caller(access, seen),
        site=seen,
        now=site.now,
        clock=site.clock,
        keys=site.keys,
        function=CREATE_GROUPS,
        origin=gate.origin(access, "request", "192.0.2.1"),
        version=site.database.facts_version(),
    )


def test_the_version_is_that_of_the_database(site: TestSite) -> None:
    assert facts.version(site.session) == site.database.facts_version()
    making.user(site, "another")
    assert facts.version(site.session) == site.database.facts_version()


@ON_SQLITE
def test_what_the_gate_read_is_not_read_again(site: TestSite, access: Access) -> None:
    """Told by SQLite itself: the tables that it reads."""
    course = making.course(site, "C")
    first, second = call_by(site, access), call_by(site, access)
    second.site = first.site
    place = validation.wrap_soft(first, course)
    read: set[str] = set()

    def note(action: int, table: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_READ:
            read.add(table or "")
        return sqlite3.SQLITE_OK

    with second.transaction():
        site.session.driver.set_authorizer(note)
        assert course_places.find(second, course) == place
        assert second.hindrance is None
        assert second.permissions.may(MANAGE, place)
        site.session.driver.set_authorizer(None)
    assert read - {"sqlite_master"} <= {"facts_version"}


def test_a_right_that_was_withdrawn_since_is_missed_in_the_transaction(
    site: TestSite, access: Access
) -> None:
    place = making.course_context(site, making.course(site, "C"))
    call = call_by(site, access)
    assert call_by(site, access).permissions.may(MANAGE, place)
    administrator = site.call()
    role = making.role_id(site, "organiser")
    role_assignments.unassign(administrator, role, access.user_id, administrator.site.system)
    with call.transaction(), pytest.raises(NoPermission):
        call.permissions.require(MANAGE, place)


def test_a_course_that_has_moved_since_is_met_where_it_is(site: TestSite, access: Access) -> None:
    course = making.course(site, "C")
    call, late = call_by(site, access), call_by(site, access)
    late.site = call.site
    before = course_places.find(call, course)
    assert before is not None
    making.setting(site, "timezone", "UTC")
    category = making.context(site, contexts.CATEGORY, making.category(site, "Elsewhere"))
    with site.session.transaction():
        contexts.move(site.session, before, category)
    found = course_places.find(late, course)
    assert found is not None
    assert found.path == f"{category.path}/{before.id}"


def test_a_course_that_is_not_there_is_looked_for_each_time(site: TestSite, access: Access) -> None:
    call = call_by(site, access)
    for _ in range(2):
        assert course_places.find(call, 99) is None
    with pytest.raises(MoodleError, match="context of this course"):
        validation.wrap_soft(call, 99)


def test_what_a_call_works_out_that_is_undone_is_remembered_by_nobody(
    site: TestSite, access: Access
) -> None:
    place = making.course_context(site, making.course(site, "C"))
    call = call_by(site, access)
    with call.transaction():
        assert call.is_as_met
        call.permissions.may(MANAGE, place)
    assert (MANAGE, place.id) not in access.verdicts


def test_a_password_that_must_be_changed_since_keeps_the_caller_out(
    site: TestSite, access: Access
) -> None:
    course = making.course(site, "C")
    first, call = call_by(site, access), call_by(site, access)
    call.site = first.site
    assert first.hindrance is None
    preferences.put(site.session, access.user_id, {MUST_CHANGE_PASSWORD: "1"})
    with call.transaction(), pytest.raises(MoodleError, match="context of this course"):
        validation.wrap_soft(call, course)


def test_what_is_found_among_changes_that_are_undone_is_remembered_by_nobody(
    site: TestSite, access: Access
) -> None:
    preferences.put(site.session, access.user_id, {MUST_CHANGE_PASSWORD: "1"})
    call, next_call = call_by(site, access), call_by(site, access)
    next_call.site = call.site
    with pytest.raises(InterruptedError):
        _allow_and_fail(call)
    assert next_call.hindrance is not None


def _allow_and_fail(call: Call) -> None:
    with call.transaction():
        assert call.is_as_met
        preferences.drop(call.session, call.caller.id, [MUST_CHANGE_PASSWORD])
        assert call.hindrance is None
        raise InterruptedError
