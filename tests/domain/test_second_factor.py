"""The second factor of an account: switched on by a code, off by whoever may (AUTH-11)."""

from collections.abc import Iterator

import pytest

from coursewire.contracts.errors import InvalidParameter, MoodleError
from coursewire.domain import second_factor, totp
from coursewire.domain.call import Call
from coursewire.store import audit
from coursewire.store import second_factors as rows
from tests.domain.doorway import HOME, Door
from tests.support.sites import TestSite


@pytest.fixture
def door(site: TestSite) -> Iterator[Door]:
    found = Door(site)
    yield found
    found.close()


def code(call: Call, secret: str) -> str:
    return totp.code(secret, call.now // 30)


def test_auth_11_it_counts_once_a_code_was_typed(site: TestSite) -> None:
    call = site.call()
    secret = second_factor.prepare(call)
    assert second_factor.prepared(call) == secret
    assert not second_factor.is_on(call.session, call.caller.id)
    assert len(set(second_factor.confirm(call, code(call, secret)))) > 1
    assert second_factor.is_on(call.session, call.caller.id)
    assert second_factor.prepared(call) == ""


def test_auth_11_nobody_puts_another_secret_in_its_place(site: TestSite) -> None:
    call = site.call()
    second_factor.confirm(call, code(call, second_factor.prepare(call)))
    before = rows.get(call.session, call.caller.id)
    with pytest.raises(InvalidParameter) as refused:
        second_factor.prepare(call)
    assert refused.value.reason == "the second factor is on already"
    assert rows.get(call.session, call.caller.id) == before


def test_auth_11_without_a_secret_no_code_fits(site: TestSite) -> None:
    call = site.call()
    with pytest.raises(InvalidParameter) as refused:
        second_factor.confirm(call, "000000")
    assert refused.value.reason == "the code does not fit"
    assert not second_factor.is_on(call.session, call.caller.id)


def test_switching_off_what_is_off_records_nothing(site: TestSite) -> None:
    call = site.call()
    before = len(audit.records(call.session))
    second_factor.switch_off(call, call.caller.id)
    assert len(audit.records(call.session)) == before


def test_no_text_shows_the_secret(site: TestSite) -> None:
    call = site.call()
    second_factor.prepare(call)
    found = rows.get(call.session, call.caller.id)
    assert found is not None
    assert repr(found) == f"FactorRecord(user_id={call.caller.id}, confirmed=0)"


def with_factor(door: Door) -> tuple[int, str]:
    """Return the id of an account that has a second factor, and its secret."""
    ann = door.user("ann")
    own = door.site.call(ann)
    secret = second_factor.prepare(own)
    second_factor.confirm(own, code(own, secret))
    door.site.clock.pass_seconds(totp.STEP)
    return ann, secret


def guess(door: Door, ann: int, given: str, address: str = HOME) -> bool:
    """Type a code, which comes after the password."""
    assert door.knock("ann", address=address) == ann
    try:
        second_factor.require(door.call(address), ann, given, address)
    except MoodleError:
        return False
    return True


def test_auth_4a_the_password_typed_again_gives_no_more_guesses_at_codes(door: Door) -> None:
    ann, secret = with_factor(door)
    for _ in range(5):
        assert not guess(door, ann, "wrong")
    assert not guess(door, ann, code(door.call(), secret))
    assert guess(door, ann, code(door.call(), secret), "198.51.100.1")


def test_auth_4a_a_right_code_clears_the_count_of_wrong_ones(door: Door) -> None:
    ann, secret = with_factor(door)
    for _ in range(2):
        for _ in range(4):
            assert not guess(door, ann, "wrong")
        assert guess(door, ann, code(door.call(), secret))
        door.site.clock.pass_seconds(totp.STEP)


def test_auth_4c_a_password_alone_makes_no_network_familiar_to_codes(door: Door) -> None:
    ann, secret = with_factor(door)
    assert guess(door, ann, code(door.call(), secret))
    door.site.clock.pass_seconds(totp.STEP)
    for number in range(50):
        assert not guess(door, ann, "wrong", f"10.0.{number}.1")
    assert not guess(door, ann, code(door.call(), secret), "10.1.0.1")
    assert guess(door, ann, code(door.call(), secret))
