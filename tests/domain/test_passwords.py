"""The password policy of a site (functions.md 4.8, AUTH-11)."""

import pytest

from coursewire.contracts.errors import MoodleError
from coursewire.domain import passwords
from tests.support import making
from tests.support.refusals import refused
from tests.support.sites import TestSite


@pytest.mark.parametrize(
    "password", ["Ok-Pass1", "Pässwörd-1", " Lead-1a", "Aa1" + "-" * 125, "\u0416\u0436-55555"]
)
def test_auth_11_passwords_that_pass(site: TestSite, password: str) -> None:
    passwords.require_policy(password, site.load())


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("", 5),
        ("   ", 4),
        ("short", 4),
        ("alllowercase1!", 1),
        ("NOUPPER", 4),
        ("NOLOWER-1", 1),
        ("NoDigits!", 1),
        ("NoSymbol1", 1),
        ("Sh0rt-1", 1),
        ("Aa1-" + "x" * 125, 1),
        ("x" * 132, 4),
        ("password", 4),
    ],
)
def test_auth_11_all_broken_rules_are_told_together(
    site: TestSite, password: str, broken: int
) -> None:
    with refused(MoodleError) as caught:
        passwords.require_policy(password, site.load())
    assert caught.value.errorcode is not None
    assert caught.value.errorcode.count("<div>") == broken
    assert caught.value.message == f"error/{caught.value.errorcode}"
    assert not password or password not in caught.value.reason


def test_auth_11_rules_are_settings(site: TestSite) -> None:
    making.setting(site, "maxconsecutiveidentchars", 2)
    making.setting(site, "minpasswordlength", 12)
    found = passwords.policy_failures("Aaa1-bbbb", site.load())
    assert [failure.split(" at ")[1][:8] for failure in found] == ["least 12", "most 2 e"]
    assert passwords.policy_failures("Aabb-11-ccdd", site.load()) == []
    making.setting(site, "passwordpolicy", False)
    assert passwords.policy_failures("x", site.load()) == []
    assert len(passwords.policy_failures("x" * 129, site.load())) == 1
