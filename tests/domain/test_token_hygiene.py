"""What of tokens needs care: each flag at its border, and only there."""

import pytest
from msgspec.structs import replace

from coursewire.audit.calls import CallRow
from coursewire.domain import services, token_hygiene, tokens
from coursewire.domain.token_hygiene import DAY
from coursewire.domain.tokens import Issued, NewToken
from coursewire.domain.user_fields import NOT_CACHED
from coursewire.functions import catalogue
from coursewire.store import audit
from coursewire.store import tokens as token_rows
from tests.support import making
from tests.support.sites import TestSite

FUNCTION = "core_webservice_get_site_info"
BUILT_IN = catalogue.built_in()


@pytest.fixture
def service(site: TestSite) -> int:
    making.setting(site, "enablewebservices", value=True)
    making.setting(site, "webserviceprotocols", value=("rest",))
    making.role(site, "svc", ["webservice/rest:use"])
    holder = making.user(site, "svc", password_hash=NOT_CACHED)
    making.assign(site, "svc", holder)
    return making.service(site, "svc", FUNCTION, users=[holder, 2])


def issue(site: TestSite, service: int, user: str = "svc", **values: object) -> Issued:
    call = site.call()
    from coursewire.domain import users  # noqa: PLC0415

    holder = users.by_username(call.session, user)
    new = replace(NewToken(user_id=holder.id, service_id=service), **values)
    return tokens.issue(call, new)


def flags(site: TestSite) -> list[str]:
    call = site.call()
    found = token_hygiene.everything(
        call, tokens.list_of(call, ended=True), lambda name: BUILT_IN.require(name).contract
    )
    return [each.flag for _, some in found for each in some]


def test_a_good_token_has_no_flag(site: TestSite, service: int) -> None:
    issue(site, service)
    assert flags(site) == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [(14.1, []), (14, ["expiring"]), (3.1, ["expiring"]), (3, ["urgent"]), (0, ["urgent"])],
)
def test_tokens_that_end_soon(
    site: TestSite, service: int, days: float, expected: list[str]
) -> None:
    issue(site, service, validuntil=site.now + 100 * DAY)
    call = site.call()
    token = tokens.list_of(call)[0]
    tokens.extend(call, token.id, site.now + int(days * DAY))
    assert flags(site) == expected


def test_a_token_past_its_end_is_cleaned_up(site: TestSite, service: int) -> None:
    issue(site, service, validuntil=site.now + 1)
    site.clock.pass_seconds(2)
    assert flags(site) == ["expired"]


def test_a_token_that_ended_long_ago_is_named_again_once_it_is_used(
    site: TestSite, service: int
) -> None:
    made = issue(site, service, validuntil=site.now + 1)
    site.clock.pass_seconds(30 * DAY + 1)
    assert flags(site) == ["expired"]
    site.clock.pass_seconds(1)
    # Nobody is likely to use it, such as one that was rotated, and it stays for good.
    assert flags(site) == []
    token_rows.change(site.session, made.id, {"expired_seen": site.now})
    assert flags(site) == ["expired"]


@pytest.mark.parametrize(
    ("validuntil", "rules", "expected"),
    [(0, "", ["no limits"]), (0, "10.0.0.0/8", []), (None, "", [])],
)
def test_tokens_without_limits(
    site: TestSite, service: int, validuntil: int | None, rules: str, expected: list[str]
) -> None:
    issue(site, service, validuntil=validuntil, iprestriction=rules)
    assert flags(site) == expected


def test_tokens_that_nobody_uses(site: TestSite, service: int) -> None:
    issue(site, service, validuntil=site.now + 365 * DAY)
    site.clock.pass_seconds(14 * DAY - 1)
    assert flags(site) == []
    site.clock.pass_seconds(1)
    assert flags(site) == ["never used"]
    from coursewire.store import tokens as rows  # noqa: PLC0415

    with site.session.transaction():
        rows.touch(site.session, {tokens.list_of(site.call())[0].id: site.now})
    site.clock.pass_seconds(60 * DAY - 1)
    assert flags(site) == []
    site.clock.pass_seconds(1)
    assert flags(site) == ["unused"]


def test_settings_move_the_borders(site: TestSite, service: int) -> None:
    issue(site, service)
    making.setting(site, "tokenexpiringdays", value=90)
    assert flags(site) == ["expiring"]


def test_administrators_and_people(site: TestSite, service: int) -> None:
    making.role(site, "rest", ["webservice/rest:use"])
    issue(site, service, "admin")
    assert "administrator" in flags(site)
    person = making.user(site, "ann", password_hash="a hash")
    making.assign(site, "svc", person)
    from coursewire.domain import authorised_users  # noqa: PLC0415

    authorised_users.authorise(site.call(), service, person)
    issue(site, service, "ann")
    assert "person" in flags(site)


def test_two_tokens_of_one_account_are_one_too_many_but_for_a_rotation(
    site: TestSite, service: int
) -> None:
    first = issue(site, service, name="one")
    tokens.rotate(site.call(), first.id, DAY)
    assert "duplicate" not in flags(site)
    issue(site, service, name="two")
    assert flags(site).count("duplicate") == 3


def test_rights_that_no_function_needs(site: TestSite, service: int) -> None:
    issue(site, service)
    making.override(site, "svc", "moodle/user:delete", 1)
    assert flags(site) == ["over-privileged"]


def test_a_token_that_fails_now_or_failed_often(site: TestSite, service: int) -> None:
    issued = issue(site, service)
    call = CallRow(
        time_ms=site.now * 1000,
        request_id="r",
        function=FUNCTION,
        token_handle=issued.handle,
        user_id=3,
        address="",
        outcome="ok",
        failed_check="",
        reason="",
        token_in_query=0,
        microseconds=1,
    )
    with site.session.transaction():
        audit.append_calls(site.session, [call] * 8 + [replace(call, outcome="no")] * 2)
    assert flags(site) == []
    with site.session.transaction():
        audit.append_calls(site.session, [replace(call, outcome="no")])
    assert flags(site) == ["broken"]
    services.edit(site.call(), service, services.Changes(enabled=False))
    assert flags(site) == ["broken"]
    tokens.disable(site.call(), issued.id)
    assert flags(site) == []


def test_every_flag_has_an_action() -> None:
    assert all(token_hygiene.ACTIONS.values())
