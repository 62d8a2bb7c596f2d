"""`login/token.php`: its checks in their order, and the tokens it gives out (protocol.md 6.5)."""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select, update

from coursewire.contracts.errors import CodingError, MoodleError
from coursewire.contracts.registry import MOBILE_SERVICE
from coursewire.domain import (
    authorised_users,
    login_token,
    login_tokens,
    services,
    settings,
    token_ends,
    tokens,
    users,
)
from coursewire.domain.authorised_users import Limits
from coursewire.domain.hashing import Busy, Passwords
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.login_token import Given, SiteCheck
from coursewire.domain.password_hashes import Verified
from coursewire.domain.services import Changes, NewService
from coursewire.domain.tokens import NewToken
from coursewire.store import audit, preferences
from coursewire.store import tokens as token_rows
from coursewire.store import users as rows
from coursewire.store.schema.services import tokens as table
from coursewire.store.schema.users import users as user_table
from tests.domain.doorway import HOME, PASSWORD, Door, token_by_password
from tests.domain.gatehouse import FUNCTION, knock, read
from tests.support import making
from tests.support.refusals import everything, refused, unchanged
from tests.support.sites import TestSite

CREATE = login_tokens.CREATE


@pytest.fixture
def door(site: TestSite) -> Iterator[Door]:
    making.setting(site, "lockoutthreshold", 0)
    site.session.execute(update(user_table).where(user_table.c.id == 2), {"password": "x"})
    call = site.call()
    with call.transaction():
        settings.store(site.session, "enablewebservices", True)
    found = Door(site)
    yield found
    found.close()


def ask(door: Door, address: str = HOME, **fields: object) -> Given | SiteCheck:
    return token_by_password(door.call(address), fields, address)


def token(door: Door, username: str = "ann", service: str = "health", address: str = HOME) -> str:
    given = ask(door, address, username=username, password=PASSWORD, service=service)
    assert isinstance(given, Given)
    assert given.privatetoken is None
    return given.token


def code(door: Door, address: str = HOME, **fields: object) -> str | None:
    """The code of the refusal, None when there is none."""
    usual: dict[str, object] = {"username": "ann", "password": PASSWORD, "service": "health"}
    wanted = {name: value for name, value in (usual | fields).items() if value is not None}
    try:
        token_by_password(door.call(address), wanted, address)
    except MoodleError as refusal:
        return refusal.errorcode
    return None


@pytest.fixture
def ann(door: Door) -> int:
    """A user who may make tokens at log-in."""
    user_id = door.user("ann")
    making.role(door.site, "tokens", [CREATE, "webservice/rest:use"])
    making.assign(door.site, "tokens", user_id)
    return user_id


@pytest.fixture
def health(door: Door, ann: int) -> int:
    return making.service(door.site, "health", FUNCTION, users=[ann])


@pytest.mark.usefixtures("health")
def test_tok_7_the_same_token_again_and_another_after_it_is_gone(door: Door) -> None:
    first = token(door)
    assert token(door) == first
    assert knock(door.site, first) == ""
    door.site.session.execute(table.delete())
    third = token(door)
    assert third != first
    assert knock(door.site, first) == "invalidtoken"
    assert knock(door.site, third) == ""


def test_tok_7_a_revoked_token_is_not_given_out_again(door: Door, health: int) -> None:
    first = token(door)
    [listed] = tokens.list_of(door.site.call())
    assert (listed.origin, listed.service_id) == ("login", health)
    tokens.revoke(door.site.call(), listed.id)
    second = token(door)
    assert second != first
    assert knock(door.site, second) == ""


def test_tok_7_a_token_made_by_an_administrator_is_never_given_out(
    door: Door, ann: int, health: int
) -> None:
    made = tokens.issue(door.site.call(), NewToken(user_id=ann, service_id=health))
    given = token(door)
    assert given != made.token
    assert len(tokens.list_of(door.site.call())) == 2


@pytest.mark.usefixtures("health")
def test_tok_7_nothing_in_the_database_reveals_the_value(door: Door) -> None:
    value = token(door)
    whole = repr(everything(door.site.session))
    assert value not in whole
    assert value not in repr(login_token.Given(value))
    row: Any = door.site.session.one(select(table))
    assert len(row.salt) == 16
    assert row.digest == door.site.keys.digest(value).value
    assert row.last4 == value[-4:]


@pytest.mark.usefixtures("health")
def test_tok_7_one_live_token_for_user_and_service_also_at_the_same_moment(door: Door) -> None:
    found: list[str] = []
    start = threading.Barrier(6)

    def log_in() -> None:
        with door.site.database.session() as session:
            call = door.call(session=session)
            start.wait(30)
            fields = {"username": "ann", "password": PASSWORD, "service": "health"}
            given = token_by_password(call, fields, HOME)
            assert isinstance(given, Given)
            found.append(given.token)

    threads = [threading.Thread(target=log_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 6
    assert len(set(found)) == 1
    assert len(tokens.list_of(door.site.call())) == 1


@pytest.mark.usefixtures("health")
def test_tok_7_whoever_comes_second_finds_the_token_of_the_first(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = token(door)
    real = token_rows.given_at_login

    def blind(*_: object) -> list[object]:
        """A look-up that happened before the other log-in committed."""
        monkeypatch.setattr(token_rows, "given_at_login", real)
        return []

    monkeypatch.setattr(token_rows, "given_at_login", blind)
    assert token(door) == first


VALUE = "0123456789abcdef0123456789abcdef"


def test_a_token_of_a_site_file_is_the_accounts_own(door: Door, ann: int, health: int) -> None:
    tokens.place(door.site.call(), NewToken(user_id=ann, service_id=health), VALUE)
    assert token(door) == VALUE
    assert len(tokens.list_of(door.site.call())) == 1


def test_of_several_tokens_the_last_created_is_given(door: Door, ann: int, health: int) -> None:
    tokens.place(door.site.call(), NewToken(user_id=ann, service_id=health), "ab" * 16)
    door.site.clock.pass_seconds(10)
    tokens.place(door.site.call(), NewToken(user_id=ann, service_id=health), VALUE)
    assert token(door) == VALUE


def test_a_token_for_other_addresses_is_left_out(door: Door, ann: int, health: int) -> None:
    limited = NewToken(user_id=ann, service_id=health, iprestriction="10.0.0.1")
    tokens.place(door.site.call(), limited, VALUE)
    assert token(door) != VALUE
    assert token(door, address="10.0.0.1") != VALUE  # the one made now is newer
    assert len(tokens.list_of(door.site.call())) == 2


@pytest.mark.usefixtures("health")
def test_tok_7_no_second_token_beside_one_that_was_limited_to_other_addresses(door: Door) -> None:
    first = token(door)
    [made] = tokens.list_of(door.site.call())
    tokens.edit(door.site.call(), made.id, tokens.Changes(iprestriction="10.0.0.1"))
    assert code(door) == "cannotcreatetoken"
    assert token(door, address="10.0.0.1") == first
    tokens.revoke(door.site.call(), made.id)
    assert token(door) != first


@pytest.mark.usefixtures("health")
def test_a_token_whose_time_is_over_is_replaced(door: Door) -> None:
    first = token(door)
    door.site.clock.pass_seconds(door.site.load().tokenduration + 1)
    second = token(door)
    assert second != first
    assert knock(door.site, first) == "invalidtoken"


@pytest.mark.usefixtures("health")
def test_tok_7_a_token_that_was_used_after_its_time_is_replaced(door: Door) -> None:
    first = token(door)
    for _ in range(2):
        door.site.clock.pass_seconds(door.site.load().tokenduration + 1)
        use_after_its_time(door, first)
        second = token(door)
        assert second != first
        assert token(door) == second
        assert knock(door.site, second) == ""
        assert knock(door.site, first) == "invalidtoken"
        first = second


def use_after_its_time(door: Door, value: str) -> None:
    """What a call with a token does whose time is over."""
    session = door.site.session
    found = read(door.site, value)
    assert found is not None
    with session.transaction():
        token_ends.mark_expired(session, found, door.site.now)


def test_a_token_whose_time_is_over_ends_although_no_new_one_may_be_made(door: Door) -> None:
    bob = door.user("bob")
    making.role(door.site, "calls", ["webservice/rest:use"])
    making.assign(door.site, "calls", bob)
    service = making.service(door.site, "other", FUNCTION, users=[bob])
    value, end = "0123456789abcdef" * 2, door.site.now + 10
    new = NewToken(user_id=bob, service_id=service, validuntil=end)
    tokens.place(door.site.call(), new, value)
    door.site.clock.pass_seconds(11)
    assert code(door, username="bob", service="other") == "cannotcreatetoken"
    assert knock(door.site, value) == "invalidtoken"


@pytest.mark.usefixtures("health")
def test_tok_8_twelve_weeks_unless_the_site_says_otherwise(door: Door) -> None:
    token(door)
    [first] = tokens.list_of(door.site.call())
    assert first.validuntil == door.site.now + 7_257_600
    assert first.creatorid == first.user_id
    making.setting(door.site, "tokenduration", 0)
    tokens.revoke(door.site.call(), first.id)
    token(door)
    [second] = tokens.list_of(door.site.call())
    assert second.validuntil == 0


@pytest.mark.usefixtures("health")
def test_each_gift_is_a_use_and_is_recorded(door: Door) -> None:
    token(door)
    door.site.clock.pass_seconds(100)
    token(door)
    [listed] = tokens.list_of(door.site.call())
    assert listed.lastaccess == door.site.now
    actions = [row.action for row in audit.records(door.site.session, limit=4)]
    assert actions == ["token.send", "login.success", "token.create", "login.success"]
    assert audit.records(door.site.session)[0].actor == "ann"


@pytest.mark.usefixtures("health")
def test_a_password_that_opens_a_service_is_an_entry_and_no_other(door: Door, ann: int) -> None:
    """Recorded in users_by_field."""
    code(door, service="nosuch")
    assert entries(door, ann) == (0, 0, 0, 0)
    first = door.site.now
    token(door)
    assert entries(door, ann) == (first, first, 0, first)
    door.site.clock.pass_seconds(100)
    token(door)
    assert entries(door, ann) == (first, first + 100, first, first + 100)


def entries(door: Door, user_id: int) -> tuple[int, int, int, int]:
    """When a user was there first and last, and came in the last time but one and the last."""
    user = rows.get(door.site.session, user_id)
    assert user is not None
    return user.firstaccess, user.lastaccess, user.lastlogin, user.currentlogin


@pytest.mark.usefixtures("health")
def test_row_1_web_services_off(door: Door) -> None:
    settings.store(door.site.session, "enablewebservices", False)
    assert code(door) == "enablewsdescription"
    assert code(door, appsitecheck="1") == "enablewsdescription"


# More digits than Python reads as a number.
DIGITS = 5000


@pytest.mark.parametrize(
    "given",
    [
        *("1", "7", "-1", " 1x"),
        pytest.param(" " * 20 + "1", id="blanks"),
        pytest.param("-" + "0" * 20 + "1", id="zeros"),
        pytest.param("9" * DIGITS, id="digits"),
    ],
)
def test_an_application_asks_whether_this_is_a_moodle_site(door: Door, given: str) -> None:
    assert ask(door, appsitecheck=given) == SiteCheck("ok")
    assert ask(door, appsitecheck=given, username="ann", password="x") == SiteCheck("ok")


@pytest.mark.parametrize(
    "given",
    [
        *("0", "", "x", "00", "0.5", "- 1"),
        pytest.param(" " * 20 + "0", id="blanks"),
        pytest.param("0" * DIGITS, id="zeros"),
    ],
)
@pytest.mark.usefixtures("health")
def test_an_application_that_does_not_really_ask(door: Door, given: str) -> None:
    assert code(door, appsitecheck=given) is None


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, "username"),
        ({"password": "x"}, "username"),
        ({"username": "ann"}, "password"),
        ({"username": "ann", "service": "health"}, "password"),
        ({"username": "ann", "password": PASSWORD}, "service"),
    ],
)
@pytest.mark.usefixtures("health")
def test_row_2_what_is_missing_is_named(
    door: Door, fields: Mapping[str, object], missing: str
) -> None:
    with refused(MoodleError, "missingparam") as caught, unchanged(door.site.session):
        token_by_password(door.call(), fields, HOME)
    assert f"({missing})" in caught.value.message


@pytest.mark.parametrize("name", ["username", "password", "service", "appsitecheck"])
@pytest.mark.usefixtures("health")
def test_row_2_a_list_is_refused(door: Door, name: str) -> None:
    fields: dict[str, object] = {"username": "ann", "password": PASSWORD, "service": "health"}
    with refused(CodingError), unchanged(door.site.session):
        token_by_password(door.call(), fields | {name: {"0": "x"}}, HOME)


@pytest.mark.usefixtures("health")
def test_row_4_a_wrong_password_hides_everything_else(door: Door) -> None:
    making.setting(door.site, "maintenance_enabled", True)
    for fields in ({"password": "wrong"}, {"username": "nobody"}, {"username": ""}):
        assert code(door, service="nosuch", **fields) == "invalidlogin"
    assert code(door, password="") == "invalidlogin"
    assert code(door, password=PASSWORD + " ") == "invalidlogin"


@pytest.mark.usefixtures("health")
def test_row_5_maintenance(door: Door) -> None:
    making.setting(door.site, "maintenance_enabled", True)
    assert code(door, service="nosuch") == "sitemaintenance"


def test_row_6_the_guest(door: Door) -> None:
    stored = door.hasher.hash(PASSWORD.encode())
    change = update(user_table).where(user_table.c.id == 1)
    door.site.session.execute(change, {"password": stored, "confirmed": 0})
    assert code(door, username="guest", service="nosuch") == "noguest"


def test_row_7_an_unconfirmed_account(door: Door) -> None:
    door.user("ann", confirmed=False)
    assert code(door, service="nosuch") == "usernotconfirmed"


@pytest.mark.usefixtures("health")
def test_tok_11_d18_a_forced_password_change(door: Door, ann: int) -> None:
    preferences.put(door.site.session, ann, {FORCE_PASSWORD_CHANGE: "1"})
    assert code(door, service="nosuch") == "forcepasswordchangenotice"
    preferences.put(door.site.session, ann, {FORCE_PASSWORD_CHANGE: "0"})
    assert code(door) is None


@pytest.mark.parametrize("service", ["nosuch", "", "HEALTH", "!", "Health check"])
@pytest.mark.usefixtures("health")
def test_row_9_a_service_that_is_not_there(door: Door, service: str) -> None:
    assert code(door, service=service) == "servicenotavailable"


def test_row_9_a_disabled_service_and_a_cleaned_name(door: Door, health: int) -> None:
    assert code(door, service=" he!al/th ") is None
    services.edit(door.site.call(), health, Changes(enabled=False))
    assert code(door) == "servicenotavailable"


def test_rows_11_to_15_in_their_order(door: Door) -> None:
    user_id = door.user("ann")
    service = services.create(
        door.site.call(),
        NewService(
            name="H", shortname="health", enabled=True, requiredcapability="moodle/user:create"
        ),
    )
    assert code(door) == "missingrequiredcapability"
    making.role(door.site, "creator", ["moodle/user:create"])
    making.assign(door.site, "creator", user_id)
    assert code(door) == "usernotallowed"
    limits = Limits(validuntil=door.site.now - 1, iprestriction="10.0.0.1")
    authorised_users.authorise(door.site.call(), service.id, user_id, limits)
    assert code(door) == "invalidtimedtoken"
    authorised_users.change(door.site.call(), service.id, user_id, Limits(validuntil=door.site.now))
    assert code(door) == "invalidiptoken"
    for address, told in ((HOME, HOME), ("", "an unknown address")):
        wanted = {"username": "ann", "password": PASSWORD, "service": "health"}
        with pytest.raises(MoodleError) as refused:
            token_by_password(door.call(address), wanted, address)
        assert refused.value.reason == f"{told} is not on the list '10.0.0.1'"
    assert code(door, address="10.0.0.1") == "cannotcreatetoken"
    making.override(door.site, "creator", CREATE, 1)
    assert code(door, address="10.0.0.1") is None


def test_d3_the_date_of_an_authorised_user_is_the_right_way_round(
    door: Door, ann: int, health: int
) -> None:
    end = door.site.now + 100
    authorised_users.change(door.site.call(), health, ann, Limits(validuntil=end))
    for passed, expected in ((99, None), (1, None), (1, "invalidtimedtoken")):
        door.site.clock.pass_seconds(passed)
        assert code(door) == expected


def test_row_15_an_administrator_makes_tokens_elsewhere(door: Door) -> None:
    stored = door.hasher.hash(PASSWORD.encode())
    door.site.session.execute(update(user_table).where(user_table.c.id == 2), {"password": stored})
    making.service(door.site, "health", FUNCTION, users=[2])
    assert code(door, username="admin") == "cannotcreatetoken"
    tokens.place(door.site.call(), NewToken(user_id=2, service_id=1), VALUE)
    assert token(door, "admin") == VALUE


def test_row_15_everybody_makes_tokens_of_the_mobile_service(door: Door) -> None:
    door.user("ann")
    mobile = NewService(
        name="Mobile",
        shortname=MOBILE_SERVICE,
        enabled=True,
        restrictedusers=False,
        component="moodle",
    )
    services.create(door.site.call(), mobile)
    assert code(door, service=MOBILE_SERVICE) is None
    making.override(door.site, "user", login_tokens.CREATE_MOBILE, -1)
    [made] = tokens.list_of(door.site.call())
    tokens.revoke(door.site.call(), made.id)
    assert code(door, service=MOBILE_SERVICE) == "cannotcreatetoken"


@pytest.mark.usefixtures("health")
def test_tok_9_a_new_password_ends_the_token(door: Door, ann: int) -> None:
    first = token(door)
    users.set_password(door.site.call(), ann, door.hasher.hash(PASSWORD.encode()))
    assert knock(door.site, first) == "invalidtoken"
    assert token(door) != first


@pytest.mark.usefixtures("health")
def test_auth_8_a_full_pool_gives_the_place_back(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.setting(door.site, "lockoutthreshold", 5)

    def full(_self: Passwords, _password: str, _stored: str | None) -> Verified:
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(Passwords, "check", full)
        for _ in range(10):
            with pytest.raises(Busy):
                ask(door, username="ann", password=PASSWORD, service="health")
    assert code(door) is None


def test_a_request_shows_no_password(door: Door) -> None:
    fields = {"username": "ann", "password": PASSWORD, "service": "health"}
    assert PASSWORD not in repr(login_token.read(door.call(), fields))


@pytest.mark.usefixtures("health")
def test_a_row_without_salt_and_seal_is_a_fault_that_names_the_token(door: Door) -> None:
    token(door)
    door.site.session.execute(update(table), {"salt": None})
    with pytest.raises(LookupError, match="neither salt nor sealed"):
        token(door)


@pytest.mark.usefixtures("ann", "health")
def test_tok_13_the_private_token_is_always_null(door: Door) -> None:
    """Files that need it are not served, so it is not implemented; over TLS neither."""
    given = ask(door, username="ann", password=PASSWORD, service="health")
    assert isinstance(given, Given)
    assert given.privatetoken is None
