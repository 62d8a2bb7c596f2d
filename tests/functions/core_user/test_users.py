"""Users: created all or none, each refusal once, in the order of the rules."""

from collections.abc import Callable
from typing import Any

import pytest

from coursewire.contracts.core_user import users as c
from coursewire.contracts.errors import (
    DatabaseWrite,
    InvalidParameter,
    MoodleError,
    NoPermission,
    RestrictedContext,
)
from coursewire.domain import contexts, preferences, profile_fields
from coursewire.domain.call import Call, Origin
from coursewire.domain.hashing import Passwords
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.functions.core_user import users as bodies
from coursewire.store import audit as audit_rows
from coursewire.store import interests, users
from coursewire.store import preferences as preference_rows
from coursewire.store import profile_fields as field_rows
from coursewire.store.users import UserRecord
from coursewire.text.types.letters import tag
from tests.support import making
from tests.support.hashing import CHEAP, Cheap
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite

PASSWORD = "Rainy-Day-8!"


def new(username: str = "ann", **values: Any) -> c.NewUser:
    named: dict[str, Any] = {
        "username": username,
        "password": PASSWORD,
        "firstname": "Ann",
        "lastname": "Alder",
        "email": f"{username}@new.example",
    }
    return c.NewUser(**(named | values))


def create(site: TestSite, *news: c.NewUser, user: int = 2) -> list[c.CreatedUser]:
    return bodies.create_users(calling(site, user), c.CreateUsers(users=list(news)))


def calling(site: TestSite, user: int = 2) -> Call:
    call = site.call(user)
    call.passwords = CHEAP
    return call


def stored(site: TestSite, created: c.CreatedUser) -> UserRecord:
    record = users.get(site.session, created.id)
    assert record is not None
    return record


def without(user: c.NewUser, *names: str) -> c.NewUser:
    fields = {name: getattr(user, name) for name in user.__struct_fields__ if name not in names}
    return c.NewUser(**fields)


class TestCreation:
    def test_the_ids_come_in_the_order_of_the_list(self, site: TestSite) -> None:
        made = create(site, new("zoe"), new("ann"))
        assert made == [c.CreatedUser(id=3, username="zoe"), c.CreatedUser(id=4, username="ann")]

    def test_what_was_not_sent_has_its_default(self, site: TestSite) -> None:
        (made,) = create(site, new())
        record = stored(site, made)
        assert (record.auth, record.confirmed, record.suspended, record.deleted) == (
            "manual",
            1,
            0,
            0,
        )
        assert (record.maildisplay, record.mailformat, record.lang, record.timezone) == (
            2,
            1,
            "en",
            "99",
        )
        assert (record.description, record.department, record.country) == (None, "", "")
        assert record.firstaccess == record.lastaccess == 0
        assert record.timecreated == record.timemodified == site.now

    def test_what_was_sent_is_stored(self, site: TestSite) -> None:
        fields: dict[str, Any] = {
            "auth": "nologin",
            "idnumber": "<b>I-1</b>",
            "maildisplay": 0,
            "mailformat": 5,
            "city": "Zürich",
            "country": "CH",
            "timezone": "Mars/Base",
            "description": "",
            "institution": "Inst & Co",
            "department": "Dept",
            "phone1": "+44 1",
            "phone2": "abc",
            "address": "Street 1\nTown",
            "theme": "classic",
            "firstnamephonetic": "Fff",
            "lastnamephonetic": "Lll",
            "middlename": "Mid",
            "alternatename": "Alt",
        }
        (made,) = create(site, new(**fields))
        record = stored(site, made)
        assert {name: getattr(record, name) for name in fields} == fields

    def test_names_are_stored_untrimmed(self, site: TestSite) -> None:
        (made,) = create(site, new(firstname=" Pad "))
        assert stored(site, made).firstname == " Pad "

    def test_the_user_has_a_context_of_their_own(self, site: TestSite) -> None:
        (made,) = create(site, new())
        place = contexts.user(site.session, made.id)
        assert place is not None
        assert place.path == f"/1/{place.id}"

    def test_one_record_tells_of_the_whole_call(self, site: TestSite) -> None:
        before = len(audit_rows.records(site.session))
        made = create(site, new("ann"), new("ben"))
        records = audit_rows.records(site.session)
        assert len(records) == before + 1
        assert (records[0].action, records[0].target) == ("user.create", "users 3-4")
        assert str(made[0].id) in records[0].details
        assert PASSWORD not in records[0].details

    @pytest.mark.parametrize("country", ["gb", "XX", "", "GBR"])
    def test_an_unknown_country_becomes_none(self, site: TestSite, country: str) -> None:
        (made,) = create(site, new(country=country))
        assert stored(site, made).country == "0"

    def test_an_unknown_country_becomes_that_of_the_site(self, site: TestSite) -> None:
        making.setting(site, "country", "GB")
        made = create(site, new("ann", country="XX"), new("ben"))
        assert [stored(site, each).country for each in made] == ["GB", "GB"]

    def test_an_unknown_calendar_becomes_the_standard_one(self, site: TestSite) -> None:
        (made,) = create(site, new(calendartype="nope"))
        assert stored(site, made).calendartype == "gregorian"

    def test_interests_are_the_items_of_the_list(self, site: TestSite) -> None:
        (made,) = create(site, new(interests="a, b ,, A,c"))
        assert interests.of_users(site.session, [made.id]) == {made.id: ["a", "b", "c"]}

    def test_interests_are_kept_as_tags(self, site: TestSite) -> None:
        (made,) = create(site, new(interests=f"a < b, c\t  d ,`e`,A  &lt;,{'x' * 300},`,a b"))
        found = interests.of_users(site.session, [made.id])[made.id]
        assert found == ["a b", "c d", "e", "A &lt;", "x" * 255]
        assert all(tag(each) for each in found)

    def test_known_profile_fields_are_kept(self, site: TestSite) -> None:
        call = site.call()
        with call.transaction():
            field = profile_fields.create(call, "team", "Team")
        sent = [
            c.ProfileFieldValue(type="team", value="Red"),
            c.ProfileFieldValue(type="x", value="1"),
        ]
        (made,) = create(site, new(customfields=sent))
        (held,) = field_rows.of_users(site.session, [made.id])[made.id]
        assert (held.field.id, held.value) == (field, "Red")

    def test_two_accounts_may_have_one_id_number(self, site: TestSite) -> None:
        assert len(create(site, new("ann", idnumber="I"), new("ben", idnumber="I"))) == 2

    def test_a_deleted_users_name_and_address_are_free(self, site: TestSite) -> None:
        (made,) = create(site, new())
        users.change(site.session, made.id, {"deleted": 1, "username": "x", "email_unique": None})
        assert create(site, new())[0].id == made.id + 1


class TestPasswords:
    def test_a_password_is_stored_as_a_hash(self, site: TestSite) -> None:
        (made,) = create(site, new())
        record = stored(site, made)
        assert CHEAP.check(PASSWORD, record.password).ok
        assert PASSWORD not in record.password

    def test_no_hash_is_made_inside_a_transaction(self, site: TestSite) -> None:
        call = site.call()

        class Watching(Cheap):
            def hash(self, password: bytes) -> str:
                assert not call.session.in_transaction
                return super().hash(password)

        call.passwords = Passwords(Watching(), threads=1)
        bodies.create_users(call, c.CreateUsers(users=[new("ann"), new("ben")]))
        assert users.by_username(site.session, "ben") is not None

    def test_nothing_is_hashed_for_a_call_that_is_refused(self, site: TestSite) -> None:
        class Untouched(Cheap):
            def hash(self, password: bytes) -> str:
                raise AssertionError(password)

        call = site.call()
        call.passwords = Passwords(Untouched(), threads=1)
        with refused(InvalidParameter):
            bodies.create_users(call, c.CreateUsers(users=[new("ann"), new("admin")]))

    def test_a_password_to_be_created_wins_over_one_that_was_sent(self, site: TestSite) -> None:
        (made,) = create(site, new(createpassword=True, password="weak"))
        assert stored(site, made).password == "to be generated"
        held = preference_rows.of_user(site.session, made.id)
        assert held == {"auth_forcepasswordchange": "1"}

    def test_an_account_of_another_system_keeps_no_password(self, site: TestSite) -> None:
        (made,) = create(site, without(new(auth="ldap"), "password"))
        assert stored(site, made).password == "not cached"
        (made,) = create(site, new("ben", auth="ldap"))
        assert stored(site, made).password == "not cached"

    @pytest.mark.parametrize(
        "password", ["short", "alllowercase1!", "NOUPPER", "NoDigits!", "NoSymbol1", "   "]
    )
    def test_a_weak_password_is_refused_with_the_rules_as_the_code(
        self, site: TestSite, password: str
    ) -> None:
        with unchanged(site.session), refused(MoodleError) as caught:
            create(site, new(password=password))
        code = caught.value.errorcode
        assert code is not None
        assert code.startswith("<div>")
        assert code.endswith("</div>")
        assert caught.value.message == f"error/{code}"

    def test_all_broken_rules_are_told_at_once(self, site: TestSite) -> None:
        with refused(MoodleError) as caught:
            create(site, new(password="x"))
        assert str(caught.value.errorcode).count("<div>") == 4


class TestPreferences:
    def test_what_the_creator_may_set_is_kept(self, site: TestSite) -> None:
        sent = [
            c.PreferenceValue(type=FORCE_PASSWORD_CHANGE, value="1"),
            c.PreferenceValue(type="htmleditor", value="textarea"),
        ]
        (made,) = create(site, new(preferences=sent))
        assert preference_rows.of_user(site.session, made.id) == {
            "auth_forcepasswordchange": "1",
            "htmleditor": "textarea",
        }

    def test_authz_7_unknown_and_foreign_preferences_are_left_out(self, site: TestSite) -> None:
        creator = making.user_with(site, "creator", "moodle/user:create")
        sent = [
            c.PreferenceValue(type="bogus", value="1"),
            c.PreferenceValue(type="create_password", value="1"),
            c.PreferenceValue(type="htmleditor", value="textarea"),
            c.PreferenceValue(type=FORCE_PASSWORD_CHANGE, value="1"),
        ]
        (made,) = create(site, new(preferences=sent), user=creator)
        # A creator may force a password change while the account is fresh, and nothing else.
        assert preference_rows.of_user(site.session, made.id) == {"auth_forcepasswordchange": "1"}

    def test_the_creators_right_ends_soon(self, site: TestSite) -> None:
        creator = making.user_with(site, "creator", "moodle/user:create")
        (made,) = create(site, new(), user=creator)
        site.clock.pass_seconds(preferences.FRESH_SECONDS + 1)
        call = site.call(creator)
        assert not preferences.may_set(call, stored(site, made), FORCE_PASSWORD_CHANGE)


def broken(**values: Any) -> Callable[[], c.NewUser]:
    return lambda: new(**values)


class TestRefusals:
    @pytest.mark.parametrize(
        "user",
        [
            pytest.param(broken(username="  "), id="blank user name"),
            pytest.param(broken(firstname="   "), id="blank first name"),
            pytest.param(broken(lastname=""), id="no last name"),
            pytest.param(broken(username="admin"), id="user name taken"),
            pytest.param(broken(auth="nope"), id="unknown log-in"),
            pytest.param(broken(auth="webservice"), id="closed log-in"),
            pytest.param(broken(auth="mnet"), id="remote log-in"),
            pytest.param(broken(auth=""), id="no log-in"),
            pytest.param(broken(lang="xx"), id="language"),
            pytest.param(broken(theme="nope"), id="theme"),
            pytest.param(lambda: without(new(), "password"), id="no password"),
            pytest.param(broken(password=""), id="empty password"),
            pytest.param(broken(password="0"), id="password that PHP takes for none"),
            pytest.param(broken(email=""), id="no address"),
            pytest.param(broken(email="plain"), id="no domain"),
            pytest.param(broken(email="a@localhost"), id="domain without a dot"),
            pytest.param(broken(email="<a@new.example>"), id="angle brackets"),
            pytest.param(broken(email="ü@new.example"), id="not ASCII"),
            pytest.param(broken(email="Admin@Example.COM"), id="address taken, other case"),
        ],
    )
    def test_a_bad_user_is_refused(self, site: TestSite, user: Callable[[], c.NewUser]) -> None:
        with unchanged(site.session), refused(InvalidParameter):
            create(site, user())

    def test_capitals_in_a_user_name_are_refused(self, site: TestSite) -> None:
        with unchanged(site.session), refused(MoodleError, "usernamelowercase"):
            create(site, new("aNN"))

    @pytest.mark.parametrize("name", ["us er", "a+b", "a/b", "cünï"])
    def test_odd_characters_in_a_user_name_are_refused(self, site: TestSite, name: str) -> None:
        with unchanged(site.session), refused(MoodleError, "invalidusername"):
            create(site, new(name, email="x@new.example"))

    @pytest.mark.parametrize("name", ["cünï+x", "o'neil", "north/ann", "ann of b", "<b>", "a,b;c"])
    def test_a_site_may_allow_all_characters(self, site: TestSite, name: str) -> None:
        making.setting(site, "extendedusernamechars", value=True)
        assert create(site, new(name, email="x@new.example"))[0].username == name

    @pytest.mark.parametrize("name", [" ann", "ann\t", "a\x01b", "a\nb"])
    def test_blanks_around_and_control_characters_are_never_allowed(
        self, site: TestSite, name: str
    ) -> None:
        making.setting(site, "extendedusernamechars", value=True)
        with unchanged(site.session), refused(MoodleError, "invalidusername"):
            create(site, new(name, email="x@new.example"))

    @pytest.mark.parametrize(
        ("field", "limit"),
        [
            ("username", 100),
            ("idnumber", 255),
            ("firstname", 100),
            ("lastname", 100),
            ("city", 120),
            ("institution", 255),
            ("department", 255),
            ("address", 255),
            ("phone1", 20),
            ("phone2", 20),
        ],
    )
    def test_a_text_that_is_too_long_cannot_be_stored(
        self, site: TestSite, field: str, limit: int
    ) -> None:
        create(site, new("fits", **({} if field == "username" else {field: "x" * limit})))
        with unchanged(site.session), refused(DatabaseWrite):
            create(site, new(**{"email": "long@new.example", field: "x" * (limit + 1)}))

    def test_an_address_that_is_too_long_cannot_be_stored(self, site: TestSite) -> None:
        fits = f"a@{'b' * 50}.{'c' * 47}"
        assert len(fits) == 100
        create(site, new("fits", email=fits))
        with refused(DatabaseWrite):
            create(site, new(email=fits + "c"))

    @pytest.mark.parametrize("field", ["mailformat", "maildisplay"])
    def test_a_code_that_is_too_large_cannot_be_stored(self, site: TestSite, field: str) -> None:
        with unchanged(site.session), refused(DatabaseWrite):
            create(site, new("ann", **{field: 40_000}))

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_one_bad_user_keeps_all_from_being_created(self, site: TestSite, place: int) -> None:
        good = [new("ann"), new("ben"), new("cat")]
        good[place] = new("admin")
        with unchanged(site.session), refused(InvalidParameter):
            create(site, *good)

    def test_a_user_name_twice_in_a_call_is_refused(self, site: TestSite) -> None:
        with unchanged(site.session), refused(InvalidParameter):
            create(site, new("ann"), new("ann", email="other@new.example"))

    def test_an_address_twice_in_a_call_is_refused(self, site: TestSite) -> None:
        with unchanged(site.session), refused(InvalidParameter):
            create(site, new("ann"), new("ben", email="ANN@new.example"))

    def test_a_site_may_let_accounts_share_an_address(self, site: TestSite) -> None:
        making.setting(site, "allowaccountssameemail", value=True)
        assert len(create(site, new("ann"), new("ben", email="ann@new.example"))) == 2

    def test_the_first_bad_thing_of_a_user_is_told(self, site: TestSite) -> None:
        bad = new("admin", password="weak", email="plain", lang="xx")
        with refused(InvalidParameter) as caught:
            create(site, bad)
        assert "taken" in caught.value.reason

    def test_a_name_that_was_taken_while_the_password_was_hashed_is_refused(
        self, site: TestSite
    ) -> None:
        class Slow(Cheap):
            def hash(self, password: bytes) -> str:
                making.user(site, "ann", email="first@new.example")
                return super().hash(password)

        call = site.call()
        call.passwords = Passwords(Slow(), threads=1)
        with refused(InvalidParameter):
            bodies.create_users(call, c.CreateUsers(users=[new("ann")]))
        assert len(users.search(site.session, {"username": "ann"}, {}, 9)) == 1

    def test_what_only_the_database_sees_is_the_same_refusal(self, site: TestSite) -> None:
        other = making.user(site, "other")
        users.change(site.session, other, {"email_unique": "ann@new.example"})
        with unchanged(site.session), refused(InvalidParameter):
            create(site, new("ann"))

    @pytest.mark.parametrize("role", ["student", "teacher", "editingteacher", "coursecreator"])
    def test_who_may_not_create_users_is_refused(self, site: TestSite, role: str) -> None:
        user = making.user(site, "somebody")
        making.assign(site, role, user)
        with unchanged(site.session), refused(NoPermission):
            create(site, new(), user=user)

    def test_the_right_in_a_course_is_not_enough(self, site: TestSite) -> None:
        user = making.user(site, "somebody")
        course = making.course(site, "ALG")
        making.assign(site, "manager", user, making.course_context(site, course))
        with refused(NoPermission):
            create(site, new(), user=user)

    def test_the_right_is_asked_for_before_the_users_are_looked_at(self, site: TestSite) -> None:
        with refused(NoPermission):
            create(site, new("admin"), user=making.user(site, "somebody"))

    def test_a_token_confined_to_a_course_creates_nobody(self, site: TestSite) -> None:
        course = making.course_context(site, making.course(site, "ALG"))
        call = site.call(origin=Origin(context_path=course.path))
        with refused(RestrictedContext):
            bodies.create_users(call, c.CreateUsers(users=[new()]))
