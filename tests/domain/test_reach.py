"""AUTHZ-8: nobody is given a token by which they could do more than they may."""

import pytest

from coursewire.contracts.errors import MoodleError
from coursewire.domain import console_rights, token_holders
from coursewire.domain.role_definitions import ALLOW, PROHIBIT
from tests.support import making
from tests.support.sites import TestSite

LOOK = "moodle/user:viewdetails"
UPDATE = "moodle/user:update"
ASSIGN = "moodle/role:assign"


@pytest.fixture
def operator(site: TestSite) -> int:
    return making.user_with(site, "operator", LOOK, ASSIGN)


def refusal(site: TestSite, operator: int, holder: int) -> str:
    """Why the operator gets no token of an account, '' where nothing speaks against it."""
    call = site.call(operator)
    assert token_holders.is_within_reach(call, operator)
    if token_holders.is_within_reach(call, holder):
        return ""
    with pytest.raises(MoodleError) as refused:
        token_holders.require_within_reach(call, holder)
    assert refused.value.errorcode == "nopermissions"
    return refused.value.message


def test_authz_8_who_may_do_less_is_within_reach(site: TestSite, operator: int) -> None:
    assert refusal(site, operator, making.user_with(site, "less", LOOK)) == ""
    assert refusal(site, operator, making.user(site, "none")) == ""


def test_authz_8_more_in_the_whole_site_is_beyond(site: TestSite, operator: int) -> None:
    more = making.user_with(site, "more", UPDATE)
    told = f"The account more may do more than you: {UPDATE} in the whole site"
    assert refusal(site, operator, more) == told


def test_authz_8_more_in_one_course_is_beyond(site: TestSite, operator: int) -> None:
    place = making.course_context(site, making.course(site, "ALG"))
    making.role(site, "assistant", [UPDATE])
    making.assign(site, "assistant", tina := making.user(site, "tina"), place)
    assert UPDATE in refusal(site, operator, tina)


def test_authz_8_what_a_course_below_adds_is_beyond(site: TestSite, operator: int) -> None:
    holder = making.user_with(site, "holder", LOOK)
    below = making.course_context(site, making.course(site, "ALG"))
    assert refusal(site, operator, holder) == ""
    making.override(site, "holder", UPDATE, ALLOW, below)
    assert UPDATE in refusal(site, operator, holder)


def test_authz_8_what_a_course_below_takes_from_the_operator_is_beyond(
    site: TestSite, operator: int
) -> None:
    holder = making.user_with(site, "holder", LOOK)
    below = making.course_context(site, making.course(site, "ALG"))
    making.override(site, "operator", LOOK, PROHIBIT, below)
    assert LOOK in refusal(site, operator, holder)


def test_authz_8_who_may_give_more_roles_is_beyond(site: TestSite, operator: int) -> None:
    holder = making.user(site, "holder")
    making.role(site, "giver", [ASSIGN], may_assign=["student"])
    making.assign(site, "giver", holder)
    assert ASSIGN in refusal(site, operator, holder)
    making.assign(site, "giver", operator)
    assert refusal(site, operator, holder) == ""


def test_authz_8_the_same_role_in_more_places_reaches_as_far(site: TestSite, operator: int) -> None:
    course = making.course(site, "ALG")
    making.enrol(site, holder := making.user(site, "holder"), course, "editingteacher")
    making.assign(site, "editingteacher", operator)
    assert refusal(site, operator, holder) == ""


def test_authz_8_the_way_into_the_console_is_beyond_all_but_its_owners(
    site: TestSite, operator: int
) -> None:
    owner = making.user(site, "owner")
    console_rights.grant(site.call(), owner, "owner")
    console_rights.grant(site.call(), operator, "operator")
    assert "Only an owner of the console" in refusal(site, operator, owner)
    console_rights.grant(site.call(), operator, "owner")
    assert refusal(site, operator, owner) == ""


def test_authz_8_the_right_to_use_the_protocol_opens_nothing(site: TestSite, operator: int) -> None:
    assert refusal(site, operator, making.user_with(site, "bot", "webservice/rest:use")) == ""
