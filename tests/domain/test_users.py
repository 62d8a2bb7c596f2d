"""Accounts: who can take part, whose account who may change, and what deletion leaves."""

import hashlib

import pytest
from sqlalchemy import select

from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.domain import (
    console_rights,
    contexts,
    enrolments,
    grade_items,
    grades,
    group_members,
    preferences,
    profile_fields,
    user_deletion,
)
from coursewire.domain import users as accounts
from coursewire.store import audit as audit_rows
from coursewire.store import tokens, users
from coursewire.store.schema import metadata
from coursewire.store.schema.audit import audit_records
from coursewire.store.users import UserRecord
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite

ADMIN, GUEST = 2, 1


def record(site: TestSite, user: int) -> UserRecord:
    found = users.get(site.session, user)
    assert found is not None
    return found


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann", idnumber="S-1")


class TestTakingPart:
    def test_an_account_in_order_can(self, site: TestSite, ann: int) -> None:
        assert accounts.require_active(site.call(), ann).username == "ann"

    def test_a_suspended_one_can(self, site: TestSite, ann: int) -> None:
        users.change(site.session, ann, {"suspended": 1})
        assert accounts.require_active(site.call(), ann).id == ann

    def test_an_unknown_user_is_a_missing_record(self, site: TestSite) -> None:
        with refused(MissingRecord):
            accounts.require_active(site.call(), UNKNOWN)
        with refused(MissingRecord):
            accounts.by_username(site.session, "nobody")
        assert accounts.by_username(site.session, "admin").id == ADMIN

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"deleted": 1, "confirmed": 0}, "userdeleted"),
            ({"confirmed": 0}, "usernotconfirmed"),
        ],
    )
    def test_what_is_wrong_is_told_in_order(
        self, site: TestSite, ann: int, change: dict[str, int], code: str
    ) -> None:
        users.change(site.session, ann, change)
        with refused(MoodleError, code):
            accounts.require_active(site.call(), ann)

    def test_the_guest_cannot(self, site: TestSite) -> None:
        with refused(MoodleError, "guestsarenotallowed"):
            accounts.require_active(site.call(), GUEST)


class TestAuthz8:
    """AUTHZ-8: only administrators change administrators; some accounts nobody changes."""

    def test_authz_8_a_manager_does_not_change_an_administrator(
        self, site: TestSite, ann: int
    ) -> None:
        making.assign(site, "manager", ann)
        call = site.call(ann)
        with unchanged(site.session):
            with refused(MoodleError, "usernotupdatedadmin"):
                accounts.suspend(call, ADMIN, suspended=True)
            with refused(MoodleError, "usernotupdatedadmin"):
                accounts.set_password(call, ADMIN, "hash")

    @pytest.mark.parametrize("right", ["viewer", "operator", "owner"])
    def test_authz_8_a_manager_does_not_change_who_may_use_the_console(
        self, site: TestSite, ann: int, right: console_rights.Right
    ) -> None:
        making.assign(site, "manager", ann)
        ben = making.user(site, "ben")
        console_rights.grant(site.call(), ben, right)
        call = site.call(ann)
        with unchanged(site.session):
            with refused(MoodleError, "usernotupdatedadmin"):
                accounts.set_password(call, ben, "hash")
            with refused(MoodleError, "usernotupdatedadmin"):
                accounts.suspend(call, ben, suspended=True)
            with refused(MoodleError, "useradminodelete"):
                user_deletion.delete(call, ben)

    def test_authz_8_owners_of_the_console_and_they_themselves_change_who_may_use_it(
        self, site: TestSite, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        console_rights.grant(site.call(), ann, "owner")
        console_rights.grant(site.call(), ben, "operator")
        accounts.set_password(site.call(ben), ben, "one")
        assert record(site, ben).password == "one"
        accounts.set_password(site.call(ann), ben, "two")
        assert record(site, ben).password == "two"
        user_deletion.delete(site.call(ann), ben)
        assert record(site, ben).deleted

    def test_authz_8_administrators_change_each_other(self, site: TestSite, ann: int) -> None:
        making.setting(site, "siteadmins", (ADMIN, ann))
        accounts.set_password(site.call(), ann, "hash")
        assert record(site, ann).password == "hash"

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"deleted": 1}, "usernotupdateddeleted"), ({"auth": "mnet"}, "usernotupdatedremote")],
    )
    def test_authz_8_nobody_changes_deleted_and_remote_accounts(
        self, site: TestSite, ann: int, change: dict[str, object], code: str
    ) -> None:
        users.change(site.session, ann, change)
        with unchanged(site.session), refused(MoodleError, code):
            accounts.suspend(site.call(), ann, suspended=True)

    def test_authz_8_nobody_changes_the_guest(self, site: TestSite) -> None:
        with unchanged(site.session), refused(MoodleError, "usernotupdatedguest"):
            accounts.set_password(site.call(), GUEST, "hash")

    def test_authz_8_nobody_deletes_administrators_or_themselves(
        self, site: TestSite, ann: int
    ) -> None:
        with unchanged(site.session):
            with refused(MoodleError, "useradminodelete"):
                user_deletion.delete(site.call(ann), ADMIN)
            with refused(MoodleError, "useradminodelete"):
                user_deletion.delete(site.call(), ADMIN)
            with refused(MoodleError, "usernotdeletederror"):
                user_deletion.delete(site.call(ann), ann)


class TestState:
    def test_an_account_is_suspended_and_opened_again(self, site: TestSite, ann: int) -> None:
        site.clock.pass_seconds(60)
        accounts.suspend(site.call(), ann, suspended=True)
        assert (record(site, ann).suspended, record(site, ann).timemodified) == (1, site.now)
        assert audit_rows.records(site.session, limit=1)[0].action == "user.suspend"
        accounts.suspend(site.call(), ann, suspended=False)
        assert record(site, ann).suspended == 0
        assert audit_rows.records(site.session, limit=1)[0].action == "user.unsuspend"

    def test_what_is_so_already_is_not_written(self, site: TestSite, ann: int) -> None:
        with unchanged(site.session):
            accounts.suspend(site.call(), ann, suspended=False)

    def test_a_new_password_is_recorded_without_it(self, site: TestSite, ann: int) -> None:
        accounts.set_password(site.call(), ann, "$hash$")
        assert record(site, ann).password == "$hash$"
        newest = audit_rows.records(site.session, limit=1)[0]
        assert newest.action == "user.password"
        assert "$hash$" not in repr(newest)


class TestDeletion:
    def test_a_tombstone_stays_and_names_are_free(self, site: TestSite, ann: int) -> None:
        user_deletion.delete(site.call(), ann)
        left = record(site, ann)
        assert (left.deleted, left.idnumber, left.email_unique) == (1, "", None)
        assert left.username == f"ann@school.example.{site.now}"
        assert left.email == hashlib.md5(b"ann", usedforsecurity=False).hexdigest()
        assert left.firstname == "Ann"
        assert making.user(site, "ann") == ann + 1
        newest = [row.action for row in audit_rows.records(site.session, limit=2)]
        assert newest == ["user.create", "user.delete"]

    def test_two_tombstones_of_one_second_differ(self, site: TestSite, ann: int) -> None:
        user_deletion.delete(site.call(), ann)
        again = making.user(site, "ann")
        user_deletion.delete(site.call(), again)
        assert record(site, again).username == f"ann@school.example.{site.now + 1}"

    def test_a_long_address_leaves_room_for_the_time(self, site: TestSite) -> None:
        address = f"A@{'b' * 50}.{'c' * 47}"
        ben = making.user(site, "ben", email=address)
        user_deletion.delete(site.call(), ben)
        assert record(site, ben).username == f"{address.lower()[:89]}.{site.now}"

    def test_nothing_else_about_the_user_is_left(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        making.enrol(site, ann, course)
        making.assign(site, "teacher", ann)
        group = making.group(site, course, "Red")
        group_members.add(site.call(), [(group, ann)])
        item = grade_items.add_manual(site.call(), course, "Test")
        grades.set_grades(site.call(), item, {ann: 5})
        call = site.call()
        with call.transaction():
            profile_fields.create(call, "team", "Team")
            profile_fields.put(call, ann, {"team": "Red"})
            preferences.save(call, record(site, ann), [("htmleditor", "tiny")])
        service = making.service(site, "health", users=[ann])
        making.token(site, ann, service)
        user_deletion.delete(site.call(), ann)
        assert rows_about(site, ann) == {"tokens"}
        (token,) = tokens.listed(site.session, user_id=ann, ended=True)
        assert token.revoked
        assert not enrolments.is_enrolled(site.session, ann, course)
        assert contexts.user(site.session, ann) is not None

    def test_the_guest_stays_without_an_error(self, site: TestSite) -> None:
        with unchanged(site.session):
            user_deletion.delete(site.call(), GUEST)

    def test_who_is_deleted_already_is_a_missing_record(self, site: TestSite, ann: int) -> None:
        user_deletion.delete(site.call(), ann)
        with refused(MissingRecord):
            user_deletion.delete(site.call(), ann)
        with refused(MissingRecord):
            user_deletion.delete(site.call(), UNKNOWN)


def rows_about(site: TestSite, user: int) -> set[str]:
    """The tables that have a row about a user, the user's own row and the audit trail aside."""
    return {
        table.name
        for table in metadata.sorted_tables
        if table is not audit_records
        and "user_id" in table.c
        and site.session.one(select(table).where(table.c.user_id == user)) is not None
    }
