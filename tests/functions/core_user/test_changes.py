"""Changing users, each by itself, and deleting them, all or none: each refusal once."""

from typing import Any

import pytest

from coursewire.contracts.core_user import users as c
from coursewire.contracts.core_user.profiles import GetUsersByField
from coursewire.contracts.errors import InvalidParameter, MissingRecord, MoodleError, NoPermission
from coursewire.contracts.fields import UNSET
from coursewire.domain import (
    contexts,
    draft_files,
    file_access,
    group_members,
    profile_fields,
    stored_files,
)
from coursewire.domain.stored_files import NewFile
from coursewire.functions.core_user import profiles
from coursewire.functions.core_user import users as bodies
from coursewire.store import audit as audit_rows
from coursewire.store import cohorts, enrolments, interests, preferences, tokens, users
from coursewire.store import profile_fields as field_rows
from coursewire.store.files import FileRecord
from coursewire.store.users import UserRecord
from tests.support import making
from tests.support.hashing import CHEAP
from tests.support.refusals import refused, unchanged
from tests.support.sites import URL, TestSite
from tests.support.web import Web

ADMIN, GUEST, UNKNOWN = 2, 1, 987654
PASSWORD = "Rainy-Day-8!"
PNG = b"\x89PNG\r\n\x1a\n and the rest"


def update(site: TestSite, *changes: c.UserChange, user: int = ADMIN) -> list[tuple[int, str]]:
    """Change users; the warnings as (user, code)."""
    call = site.call(user)
    call.passwords = CHEAP
    answer = bodies.update_users(call, c.UpdateUsers(users=list(changes)))
    warnings = [] if answer.warnings is UNSET else answer.warnings
    return [(int(w.itemid or 0), w.warningcode) for w in warnings]


def change(user_id: int, **values: Any) -> c.UserChange:
    return c.UserChange(id=user_id, **values)


def record(site: TestSite, user_id: int) -> UserRecord:
    found = users.get(site.session, user_id)
    assert found is not None
    return found


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann", idnumber="A-1")


class TestChanges:
    def test_only_what_was_sent_changes(self, site: TestSite, ann: int) -> None:
        before = record(site, ann)
        site.clock.pass_seconds(60)
        sent = {"firstname": "", "lastname": "  ", "city": "Oslo", "country": "NO", "idnumber": ""}
        assert update(site, change(ann, **sent)) == []
        after = record(site, ann)
        assert {name: getattr(after, name) for name in sent} == sent
        assert (after.username, after.email) == (before.username, before.email)
        assert after.timemodified == site.now
        site.clock.pass_seconds(60)
        assert update(site, change(ann, city="Oslo")) == []
        assert record(site, ann).timemodified == after.timemodified

    def test_what_stands_beside_the_row_changes_too(self, site: TestSite, ann: int) -> None:
        call = site.call()
        with call.transaction():
            profile_fields.create(call, "team", "Team")
        sent = change(
            ann,
            interests="chess, go",
            customfields=[
                c.ProfileFieldValue(type="team", value="Blue"),
                c.ProfileFieldValue(type="nofield", value="x"),
            ],
            preferences=[
                c.PreferenceValue(type="htmleditor", value="textarea"),
                c.PreferenceValue(type="nopref", value="1"),
            ],
        )
        assert update(site, sent) == []
        (held,) = field_rows.of_users(site.session, [ann])[ann]
        assert held.value == "Blue"
        assert interests.of_users(site.session, [ann]) == {ann: ["chess", "go"]}
        assert preferences.of_user(site.session, ann) == {"htmleditor": "textarea"}
        # Values may be secret: the record names the fields alone.
        told = audit_rows.records(site.session)[0]
        assert (told.action, told.target) == ("user.update", f"user {ann}")
        assert "custom team" in told.details
        assert "Blue" not in told.details

    def test_unknown_countries_and_calendars_are_replaced(self, site: TestSite, ann: int) -> None:
        assert update(site, change(ann, country="ZZ", calendartype="julian")) == []
        assert (record(site, ann).country, record(site, ann).calendartype) == ("0", "gregorian")

    def test_a_new_password_ends_the_tokens_of_the_old(self, site: TestSite, ann: int) -> None:
        service = making.service(site, "s", users=[ann])
        making.setting(site, "passwordchangetokendeletion", True)
        making.token(site, ann, service)
        assert update(site, change(ann, password=PASSWORD)) == []
        assert CHEAP.check(PASSWORD, record(site, ann).password).ok
        assert tokens.revoke(site.session, tokens.of_user([ann]), site.now, "") == []

    def test_an_account_of_elsewhere_keeps_no_password(self, site: TestSite, ann: int) -> None:
        assert update(site, change(ann, auth="ldap", password=PASSWORD)) == []
        assert record(site, ann).password == "not cached"

    def test_a_picture_can_be_taken_away(self, site: TestSite, ann: int) -> None:
        users.change(site.session, ann, {"picture": 7})
        assert update(site, change(ann, userpicture=UNKNOWN)) == []
        assert record(site, ann).picture == 7
        assert update(site, change(ann, userpicture=0, suspended=True)) == []
        assert (record(site, ann).picture, record(site, ann).suspended) == (0, 1)

    def test_the_first_file_of_a_draft_becomes_the_picture(self, site: TestSite, ann: int) -> None:
        for draft, content in ((5, PNG), (6, b"<svg/>"), (7, PNG + b"2")):
            area = draft_files.area(site.call(), draft)
            draft_files.add(site.call(), area, NewFile(filename="me.png", content=content))
        assert update(site, change(ann, userpicture=5)) == []
        first = record(site, ann).picture
        assert first > 0
        assert update(site, change(ann, userpicture=6)) == []
        assert record(site, ann).picture == first
        assert update(site, change(ann, userpicture=7)) == []
        assert record(site, ann).picture > first
        place = contexts.get(site.session, contexts.USER, ann)
        call = site.call(making.user(site, "ben"))
        path = f"/{place.id}/user/icon/boost/f1"
        found = file_access.readable(call, path, drafts=False)
        assert isinstance(found, FileRecord)
        assert stored_files.content(call, found) == PNG + b"2"
        assert found.mimetype == "image/png"
        details = profiles.get_users_by_field(
            site.call(), GetUsersByField(field="id", values=[str(ann)])
        )
        number = record(site, ann).picture
        address = f"{URL}/webservice/pluginfile.php{path}?rev={number}"
        assert details[0].profileimageurl == address
        assert update(site, change(ann, userpicture=0)) == []
        with refused(MoodleError, "filenotfound"):
            file_access.readable(call, path, drafts=False)

    def test_a_draft_of_somebody_else_is_no_picture(self, site: TestSite, ann: int) -> None:
        area = draft_files.area(site.call(ann), 5)
        draft_files.add(site.call(ann), area, NewFile(filename="me.png", content=PNG))
        assert update(site, change(ann, userpicture=5)) == []
        assert record(site, ann).picture == 0

    def test_a_picture_is_for_those_who_may_see_pictures(self, site: TestSite, ann: int) -> None:
        area = draft_files.area(site.call(), 5)
        draft_files.add(site.call(), area, NewFile(filename="me.png", content=PNG))
        assert update(site, change(ann, userpicture=5)) == []
        for role in ("user", "guest"):
            making.override(site, role, "moodle/user:viewprofilepictures", -1)
        place = contexts.get(site.session, contexts.USER, ann)
        call = site.call(making.user(site, "ben"))
        with refused(MoodleError, "filenotfound"):
            file_access.readable(call, f"/{place.id}/user/icon/boost/f1", drafts=False)


class TestWarnings:
    def test_each_bad_user_is_told_and_the_others_are_changed(
        self, site: TestSite, ann: int
    ) -> None:
        ben, remote = making.user(site, "ben"), making.user(site, "remote")
        gone = making.user(site, "gone")
        users.change(site.session, remote, {"auth": "mnet"})
        users.change(site.session, gone, {"deleted": 1})
        manager = making.user_with(site, "manager2", "moodle/user:update")
        changes = [
            change(ann, city="one"),
            change(UNKNOWN, city="X"),
            change(ADMIN, city="X"),
            change(gone, city="X"),
            change(remote, city="X"),
            change(GUEST, city="X"),
            change(ann, email="nope"),
            change(ann, email="BEN@school.example"),
            change(ann, username="Ann"),
            change(ann, username="a b"),
            change(ann, username="ben"),
            change(ann, firstname="x" * 101),
            change(ann, suspended=True, maildisplay=10**12),
            change(ben, city="two"),
        ]
        assert update(site, *changes, user=manager) == [
            (UNKNOWN, "invaliduserid"),
            (ADMIN, "usernotupdatedadmin"),
            (gone, "usernotupdateddeleted"),
            (remote, "usernotupdatedremote"),
            (GUEST, "usernotupdatedguest"),
            (ann, "useremailinvalid"),
            (ann, "useremailduplicate"),
            (ann, "usernamelowercase"),
            (ann, "invalidusername"),
            (ann, "dmlwriteexception"),
            (ann, "dmlwriteexception"),
            (ann, "dmlwriteexception"),
        ]
        after = record(site, ann)
        assert (after.city, after.firstname, after.suspended) == ("one", "Ann", 0)
        assert record(site, ben).city == "two"

    def test_no_place_is_stored_that_breaks_a_list_of_participants(
        self, site: TestSite, ann: int
    ) -> None:
        city = '<span lang="en" class="multilang">Rome</span>'
        assert update(site, change(ann, city=city)) == [(ann, "invalidparameter")]
        new = c.NewUser(
            username="ben",
            firstname="B",
            lastname="B",
            email="b@ex.com",
            password=PASSWORD,
            city=city,
        )
        with unchanged(site.session), refused(InvalidParameter):
            bodies.create_users(site.call(), c.CreateUsers(users=[new]))

    def test_no_account_becomes_one_of_another_site(self, site: TestSite, ann: int) -> None:
        assert update(site, change(ann, auth="mnet", city="X")) == [(ann, "invalidparameter")]
        assert (record(site, ann).auth, record(site, ann).city) == ("manual", "")
        assert update(site, change(ann, city="Y")) == []

    def test_addresses_may_be_shared_where_the_site_allows_it(
        self, site: TestSite, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        assert update(site, change(ann, email="ANN@school.example")) == []
        making.setting(site, "allowaccountssameemail", True)
        assert update(site, change(ben, email="ann@school.example")) == []
        assert record(site, ben).email == "ann@school.example"

    def test_an_address_that_was_given_up_is_free_for_others(
        self, site: TestSite, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        making.setting(site, "allowaccountssameemail", True)
        assert update(site, change(ann, email="new@school.example")) == []
        making.setting(site, "allowaccountssameemail", False)
        assert update(site, change(ben, email="ann@school.example")) == []
        assert record(site, ben).email == "ann@school.example"

    def test_dur_5_an_address_taken_after_the_check_is_told_as_one_taken_before(
        self, site: TestSite, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        # As another call leaves it that took the address after this one had looked.
        users.change(site.session, ben, {"email_unique": "new@school.example"})
        assert update(site, change(ann, email="new@school.example", city="X")) == [
            (ann, "useremailduplicate")
        ]
        assert record(site, ann).city == ""

    def test_a_weak_password_spoils_the_answer_and_not_the_other_users(
        self, web: Web, ann: int
    ) -> None:
        site, token = web.site, web.token()
        before, ben = record(site, ann), making.user(site, "ben")
        sent = [{"id": ann, "password": "short", "city": "X"}, {"id": ben, "city": "two"}]
        answer = web.call("core_user_update_users", token, users=sent)
        assert answer.error[1] == "invalidresponse"
        assert record(site, ann) == before
        assert record(site, ben).city == "two"

    def test_interests_spoil_no_list_of_users(self, web: Web, ann: int) -> None:
        token = web.token()
        # Languages that are well formed as a whole, and not after the second `x` is left out.
        both = '<lang lang="en">x,y</lang>,<lang lang="en">x,z</lang>'
        sent = [{"id": ann, "interests": both}]
        assert web.call("core_user_update_users", token, users=sent).json == {"warnings": []}
        people = web.call("core_user_get_users_by_field", token, field="id", values=[ADMIN, ann])
        told = 'lang lang="en"x, y/lang, z/lang'
        assert [each.get("interests") for each in people.json] == [None, told]

    def test_without_the_right_nobody_is_changed(self, site: TestSite, ann: int) -> None:
        with unchanged(site.session), refused(NoPermission):
            update(site, change(ann, city="X"), user=ann)


class TestDeletion:
    def test_nothing_about_the_users_is_left(self, site: TestSite, ann: int) -> None:
        ben, course = making.user(site, "ben"), making.course(site, "ALG")
        call = site.call()
        with call.transaction():
            cohort = cohorts.add(site.session, {"context_id": 1, "name": "C", "idnumber": "C"})
        cohorts.add_members(site.session, cohort, [ann], site.now)
        making.enrol(site, ann, course)
        group = making.group(site, course, "Red")
        group_members.add(site.call(), [(group, ann)])
        before = len(audit_rows.records(site.session))
        bodies.delete_users(site.call(), c.DeleteUsers(userids=[ann, GUEST, ben]))
        assert record(site, ann).deleted == record(site, ben).deleted == 1
        assert record(site, ann).username == f"ann@school.example.{site.now}"
        assert record(site, ann).idnumber == ""
        assert record(site, GUEST).deleted == 0
        assert enrolments.courses_of(site.session, [ann]) == {}
        assert group_members.of_groups(site.call(), [group]) == {}
        assert cohorts.members(site.session, cohort) == []
        told = audit_rows.records(site.session)
        assert len(told) == before + 1
        assert (told[0].action, told[0].target) == ("user.delete", f"users {ann}-{ben}")
        assert making.user(site, "ann", email="ann@school.example") > ben

    @pytest.mark.parametrize(
        ("extended", "name"), [(False, "oneiltag@ex.com"), (True, "o'neil+tag@ex.com")]
    )
    def test_the_name_that_stays_is_a_user_name_whatever_the_address(
        self, site: TestSite, web: Web, extended: bool, name: str
    ) -> None:
        making.setting(site, "extendedusernamechars", extended)
        gone = making.user(site, "gone", email="O'Neil+tag@ex.com")
        bodies.delete_users(site.call(), c.DeleteUsers(userids=[gone]))
        function, token = "core_user_get_users_by_field", web.token()
        (told,) = web.call(function, token, field="id", values=[gone]).json
        assert told["username"] == f"{name}.{site.now}"

    def test_one_who_cannot_be_deleted_keeps_all(self, site: TestSite, ann: int) -> None:
        deleter = making.user_with(site, "deleter", "moodle/user:delete")
        gone = making.user(site, "gone")
        bodies.delete_users(site.call(deleter), c.DeleteUsers(userids=[gone]))
        refusals = [
            ([ann, UNKNOWN], MissingRecord, "invalidrecordunknown"),
            ([ann, gone], MissingRecord, "invalidrecordunknown"),
            ([ann, ann], MissingRecord, "invalidrecordunknown"),
            ([ann, ADMIN], MoodleError, "useradminodelete"),
            ([ann, deleter], MoodleError, "usernotdeletederror"),
        ]
        with unchanged(site.session):
            for ids, kind, code in refusals:
                with refused(kind, code):
                    bodies.delete_users(site.call(deleter), c.DeleteUsers(userids=ids))
            with refused(NoPermission):
                bodies.delete_users(site.call(ann), c.DeleteUsers(userids=[ann]))
            bodies.delete_users(site.call(deleter), c.DeleteUsers(userids=[GUEST]))
