"""The second factor of an account: switched on by a code, off by whoever may (AUTH-11)."""

import pytest

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import second_factor, totp
from coursewire.domain.call import Call
from coursewire.store import audit
from coursewire.store import second_factors as rows
from tests.support.sites import TestSite


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
