"""No password of the list of the most common ones is taken anywhere (AUTH-11)."""

import subprocess
import sys

import pytest

from coursewire.contracts.errors import MoodleError
from coursewire.domain import console_passwords, passwords
from coursewire.domain.well_known_passwords import is_common
from coursewire.store import users as store
from scripts import common_passwords
from tests.support import making
from tests.support.refusals import refused
from tests.support.sites import TestSite

WORDS = common_passwords.LIST.read_text().split()
LONG_ENOUGH = [word for word in WORDS if len(word) >= console_passwords.LEAST]


def test_the_list_is_that_of_the_package() -> None:
    assert common_passwords.LIST.read_text() == common_passwords.content()


def test_auth_11_the_list_holds_ten_thousand_of_the_least_length() -> None:
    assert len(set(WORDS)) >= 30_000
    assert len(set(LONG_ENOUGH)) >= 10_000


def test_auth_11_the_console_refuses_each_of_them(site: TestSite) -> None:
    user = store.get(site.call().session, making.user(site, username="somebody"))
    assert user is not None
    loaded = site.load()
    written = [form for word in LONG_ENOUGH for form in (word, word.upper(), word.title())]
    assert [word for word in written if not console_passwords.failures(word, user, loaded)] == []


def test_auth_11_the_policy_refuses_each_of_them(site: TestSite) -> None:
    for rule in ("digits", "lower", "upper", "nonalphanum"):
        making.setting(site, f"minpassword{rule}", 0)
    loaded = site.load()
    told = {tuple(passwords.policy_failures(word, loaded)) for word in LONG_ENOUGH}
    assert told == {("Passwords must not be among the most common ones.",)}
    with refused(MoodleError) as caught:
        passwords.require_policy(LONG_ENOUGH[0].upper(), loaded)
    assert caught.value.errorcode == "<div>Passwords must not be among the most common ones.</div>"


def test_auth_11_a_site_without_policy_asks_for_nothing(site: TestSite) -> None:
    making.setting(site, "passwordpolicy", False)
    assert passwords.policy_failures(LONG_ENOUGH[0], site.load()) == []


@pytest.mark.parametrize("password", ["", "\n", "123456\npassword", "quiet tapestry 9"])
def test_it_is_not_on_the_list(password: str) -> None:
    assert not is_common(password)


def test_starting_does_not_read_the_list() -> None:
    """The server looks at it when the first new password comes."""
    program = (
        "import coursewire.app, coursewire.console.listing;"
        "from coursewire.domain.well_known_passwords import _common;"
        "assert _common.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
