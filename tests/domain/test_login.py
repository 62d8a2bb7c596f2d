"""Logging in by password: one answer to every failure, at the same cost (AUTH-3, AUTH-8)."""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import pytest

from coursewire.contracts.errors import MoodleError
from coursewire.domain import login, user_deletion, users
from coursewire.domain.hashing import Busy, Passwords
from coursewire.domain.password_hashes import NO_MATCH, Argon2, Verified
from coursewire.store import audit
from coursewire.store import users as rows
from tests.domain.doorway import HOME, PASSWORD, Door, log_in
from tests.domain.hashers import Counting
from tests.domain.test_password_hashes import KINDS
from tests.support import making
from tests.support.refusals import refused
from tests.support.seeds import told
from tests.support.sites import TestSite
from tests.support.sizes import size

PAIRS = size(12, 2_000)


@pytest.fixture
def door(site: TestSite) -> Iterator[Door]:
    found = Door(site)
    yield found
    found.close()


def test_the_right_password_logs_in_and_is_written_down(door: Door) -> None:
    ann = door.user("ann")
    begun = door.site.now
    assert door.knock("ann") == ann
    door.site.clock.pass_seconds(100)
    assert door.knock(" ANN ") == ann
    user = rows.get(door.site.session, ann)
    assert user is not None
    assert (user.lastlogin, user.currentlogin) == (begun, begun + 100)
    assert (user.firstaccess, user.lastaccess) == (begun, begun + 100)
    record = audit.records(door.site.session, action="login.success")[0]
    assert (record.target, record.address, record.request_id) == (f"user {ann}", HOME, "r-1")


# What stands in the way, the name to try, and the reason in the record.
WAYS = {
    "wrong password": ("ann", "wrong password"),
    "unknown": ("nobody", "unknown account"),
    "empty name": ("", "unknown account"),
    "deleted": ("gone", "unknown account"),
    "suspended": ("sus", "the account is suspended"),
    "nologin": ("nolog", "accounts of kind 'nologin' do not log in by password here"),
    "other kind": ("ldap", "accounts of kind 'ldap' do not log in by password here"),
    "webservice": ("ws", "accounts of kind 'webservice' do not log in by password here"),
    "no password": ("fresh", "wrong password"),
    "by e-mail": ("ann@school.example", "log-in by e-mail address is off"),
    "moodle's hash": ("old", "wrong password"),
    "bcrypt": ("older", "wrong password"),
    "locked": ("locked", "too many failures by account and network"),
}


def arrange(door: Door) -> None:
    """People in every state in which nobody logs in."""
    door.user("ann")
    door.user("gone")
    door.user("sus", suspended=True)
    door.user("nolog", auth="nologin")
    for name, auth in (("ldap", "ldap"), ("ws", "webservice")):
        user_id = door.user(name)
        rows.change(door.site.session, user_id, {"auth": auth})
    door.user("fresh", password_hash="", createpassword=True)
    door.user("old", password_hash=KINDS["sha512"](PASSWORD))
    door.user("older", password_hash=KINDS["bcrypt"](PASSWORD))
    door.user("locked")
    call = door.site.call()
    user_deletion.delete(call, users.by_username(call.session, "gone").id)
    for _ in range(5):
        door.knock("locked", "wrong")


def test_auth_3_every_way_to_fail_costs_one_computation_and_looks_the_same(door: Door) -> None:
    arrange(door)
    answers: set[tuple[str, str | None, str]] = set()
    for way, (name, reason) in WAYS.items():
        before = door.hasher.computations
        call = door.call(f"198.51.{len(answers)}.1" if way != "locked" else HOME)
        password = "wrong" if reason == "wrong password" else PASSWORD
        with refused(MoodleError, "invalidlogin") as caught:
            log_in(call, name, password, call.origin.address)
        answers.add((caught.value.exception, caught.value.errorcode, caught.value.message))
        assert door.hasher.computations == before + 1, way
        assert caught.value.reason == reason, way
        assert audit.records(door.site.session, action="login.failure")[0].reason == reason, way
    assert len(answers) == 1


def test_auth_3_a_success_costs_one_computation_too(door: Door) -> None:
    arrange(door)
    for name in ("ann", "old", "older", "ann"):
        before = door.hasher.computations
        assert door.knock(name)
        assert door.hasher.computations == before + 1, name


def test_auth_2_an_old_hash_is_replaced_in_the_store(door: Door) -> None:
    ann = door.user("ann", password_hash=KINDS["sha512"](PASSWORD))
    assert door.knock("ann") == ann
    stored = rows.get(door.site.session, ann)
    assert stored is not None
    assert stored.password.startswith("$argon2id$")
    assert door.knock("ann") == ann
    assert not door.knock("ann", "wrong")


def test_log_in_by_address_where_the_site_allows_it(door: Door) -> None:
    ann = door.user("ann", email="Ann@School.example")
    assert not door.knock("ann@school.example")
    making.setting(door.site, "authloginviaemail", True)
    assert door.knock(" ANN@school.EXAMPLE ") == ann
    assert not door.knock("bob@school.example")
    making.setting(door.site, "allowaccountssameemail", True)
    door.user("bob", email="Ann@School.example")
    assert not door.knock("ann@school.example")
    assert door.knock("ann") == ann


def test_a_user_name_goes_before_the_address_of_another(door: Door) -> None:
    making.setting(door.site, "authloginviaemail", True)
    door.user("bob", email="ann@school.example")
    ann = door.user("ann@school.example", email="ann@home.example")
    assert door.knock("ann@school.example") == ann


@pytest.mark.parametrize("extended", [False, True])
def test_in_7_what_no_database_takes_in_a_text_is_no_name(door: Door, extended: bool) -> None:
    making.setting(door.site, "extendedusernamechars", extended)
    making.setting(door.site, "authloginviaemail", True)
    ann = door.user("ann")
    for sign in ("\0", "\udcff", "\ud800", "\uffff"):
        assert not door.knock(f"{sign}nobody")
        assert not door.knock(f"a{sign}@nowhere.example")
        assert not door.knock(sign, f"a{sign}")
    assert door.knock("a\0nn\udcff") == ann
    assert door.knock("\0ann@school.example") == ann
    assert not door.knock("ann", f"{PASSWORD}\udcff")


def test_extended_names_are_taken_as_they_are_where_the_site_allows_them(door: Door) -> None:
    making.setting(door.site, "extendedusernamechars", True)
    user_id = door.user("änn+1", email="ann@school.example")
    assert door.knock(" ÄNN+1 ") == user_id
    making.setting(door.site, "extendedusernamechars", False)
    assert not door.knock("änn+1")


class Watching(Counting):
    """Notes whether a transaction is open while it computes."""

    def __init__(self, site: TestSite) -> None:
        super().__init__()
        self.site = site
        self.inside: list[bool] = []

    def verify(self, password: bytes, stored: str) -> bool:
        self.inside.append(self.site.session.in_transaction)
        return super().verify(password, stored)


def test_auth_8_no_hash_is_computed_inside_a_transaction(site: TestSite) -> None:
    hasher = Watching(site)
    door = Door(site, hasher)
    ann = door.user("ann")
    assert door.knock("ann") == ann
    assert not door.knock("bob")
    assert hasher.inside == [False, False]
    door.close()


def test_auth_8_a_full_pool_gives_the_place_back(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = door.user("ann")

    def full(_self: Passwords, _password: str, _stored: str | None) -> Verified:
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(Passwords, "check", full)
        for _ in range(20):
            with pytest.raises(Busy):
                log_in(door.call(), "ann", PASSWORD, HOME)
    assert door.knock("ann") == ann
    refused_attempt = login.begin(door.call("198.51.100.1"), "ann", "198.51.100.1")
    login.abandon(door.call(), refused_attempt)


def test_an_attempt_that_was_refused_has_no_place_to_give_back(door: Door) -> None:
    door.user("ann")
    for _ in range(5):
        door.knock("ann", "wrong")
    attempt = login.begin(door.call(), "ann", HOME)
    assert attempt.obstacle
    login.abandon(door.call(), attempt)
    assert not door.knock("ann")


@pytest.mark.parametrize(
    "change", [{"password": "other"}, {"suspended": 1}, {"auth": "nologin"}, {"deleted": 1}]
)
def test_what_changed_while_the_hash_was_computed_counts(
    door: Door, change: dict[str, object]
) -> None:
    ann = door.user("ann")
    call = door.call()
    attempt = login.begin(call, "ann", HOME)
    verified = call.passwords.check(PASSWORD, attempt.stored)
    assert verified.ok
    rows.change(door.site.session, ann, change)
    with refused(MoodleError, "invalidlogin"):
        login.finish(door.call(), attempt, verified)


def test_a_verdict_without_a_hash_opens_nothing(door: Door) -> None:
    door.user("sus", suspended=True)
    attempt = login.begin(door.call(), "sus", HOME)
    assert attempt.stored is None
    with refused(MoodleError, "invalidlogin"):
        login.finish(door.call(), attempt, Verified(ok=True))


def test_nothing_shows_a_hash(door: Door) -> None:
    door.user("ann")
    attempt = login.begin(door.call(), "ann", HOME)
    assert attempt.stored
    assert repr(attempt) == f"Attempt(user_id={attempt.user_id}, obstacle='')"
    with refused(MoodleError):
        login.finish(door.call(), attempt, NO_MATCH)


def test_before_anybody_is_known_nobody_acts_and_may_nothing(door: Door) -> None:
    call = door.call()
    # To read only: a guest, as whom nobody counts, may change nothing whatever else holds.
    assert not call.permissions.may("moodle/course:viewhiddencourses", call.site.system)
    with refused(MoodleError, "invalidlogin"):
        log_in(call, "nobody", PASSWORD, HOME)
    [record] = audit.records(door.site.session, action="login.failure")
    assert (record.actor_id, record.actor, record.target) == (0, "", "unknown account")


def test_the_call_of_who_logged_in_keeps_everything_else(door: Door) -> None:
    admin = rows.get(door.site.session, 2)
    assert admin is not None
    call = door.call()
    acting = login.acting_as(call, admin)
    assert acting.caller.is_admin
    assert not acting.caller.is_guest
    assert acting.caller.username == "admin"
    for name in ("session", "site", "now", "function", "origin", "text", "clock", "passwords"):
        assert getattr(acting, name) is getattr(call, name)
    assert acting.keys is call.keys


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_auth_3_unknown_and_known_names_take_the_same_time(site: TestSite) -> None:
    """By day few pairs, enough to see a hash that was not computed; at night the distributions."""
    making.setting(site, "lockoutthreshold", 0)
    door = Door(site)
    door.user("ann", password_hash=Argon2().hash(PASSWORD.encode()))
    door.passwords = Passwords(Argon2(), threads=1)
    known: list[float] = []
    unknown: list[float] = []
    for number in range(PAIRS):
        for name, taken in (("ann", known), (f"nobody{number}", unknown)):
            begin = time.process_time()
            assert not door.knock(name, "wrong")
            taken.append(time.process_time() - begin)
    door.close()
    ratio = sorted(unknown)[PAIRS // 2] / sorted(known)[PAIRS // 2]
    assert 0.6 < ratio < 1.6
    if PAIRS >= 1_000:
        area = _area(known, unknown)
        told(f"{PAIRS} pairs, area under the curve {area:.3f}")
        assert 0.46 < area < 0.54


def _area(some: list[float], others: list[float]) -> float:
    """How often one of the others took longer than one of these; by half of them: no difference."""
    ordered = sorted(some)
    longer = sum((bisect_left(ordered, it) + bisect_right(ordered, it)) / 2 for it in others)
    return longer / len(some) / len(others)


def test_the_area_tells_distributions_apart() -> None:
    assert _area([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 0.5
    assert _area([1.0, 2.0], [3.0, 4.0]) == 1.0
    assert _area([3.0, 4.0], [1.0, 2.0]) == 0.0
