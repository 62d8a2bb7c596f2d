"""Launches and the test of the connection, against the stand-in partner."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from msgspec.structs import replace

from coursewire.domain import enrolments, plugin_settings
from coursewire.domain import services as domain_services
from coursewire.domain.services import Changes
from coursewire.plugin import Call, Values
from coursewire.plugin.outbound import for_call
from coursewire.store import services
from coursewire_percipio import PLUGIN, connection, entries
from coursewire_percipio.contracts import SERVICE
from coursewire_percipio.partner import EARLY, TOKENS, Tokens
from tests.plugins.percipio import documents
from tests.plugins.percipio.documents import PERCIPIOID
from tests.plugins.percipio.partner_calls import PartnerCalls
from tests.support import making, percipio_partner
from tests.support.percipio_partner import CLIENT_ID, ORGANISATION, SCOPE, TOKEN_PATH, Partner
from tests.support.plugins import tell
from tests.support.web import Answer


@pytest.fixture
def there(partner: PartnerCalls) -> Iterator[Partner]:
    """The stand-in partner, and its addresses and secrets in the settings."""
    TOKENS.forget()
    with percipio_partner.partner() as found:
        tell(
            partner.site,
            PLUGIN,
            authenticationmethod="oauth",
            clientid=CLIENT_ID,
            clientsecret=found.client_secret,
            scope=SCOPE,
            oauthurl=found.oauth_url,
            percipiourl=f"{found.url}/",
            organizationid=ORGANISATION,
        )
        yield found


@pytest.fixture
def cmid(partner: PartnerCalls) -> int:
    assert partner.imports(documents.asset()).json["code"] == 200
    entry = entries.find(partner.site.session, PERCIPIOID)
    assert entry is not None
    return entry.course_module_id


def launch(partner: PartnerCalls, cmid: int, token: str | None = None) -> Answer:
    query = f"id={cmid}&token={token or partner.token}"
    return partner.web.request("GET", "/mod/percipio/view.php", query=query.encode())


def _asking(partner: PartnerCalls) -> tuple[Call, Values]:
    """A call that may ask the stand-in partner, and the settings of the plugin."""
    call = partner.site.call()
    call.site = replace(call.site, outbound_loopback=True)
    return call, plugin_settings.read(call.session, PLUGIN.name, PLUGIN.settings)


def learner_token(partner: PartnerCalls, cmid: int, *, enrolled: bool = True) -> str:
    user = making.user(partner.site, "learner")
    entry = entries.by_activity(partner.site.session, cmid)
    assert entry is not None
    if enrolled:
        call = partner.site.call()
        way = enrolments.enabled_instance(call, entry.course_id, "self")
        assert way is not None
        enrolments.enrol(call, {way: [enrolments.Enrolment(user_id=user, role_id=5)]})
    return partner.web.service_token("Percipio-API", user)


def test_a_learner_is_sent_to_the_partner(partner: PartnerCalls, there: Partner, cmid: int) -> None:
    answer = launch(partner, cmid, learner_token(partner, cmid))
    assert answer.status == 303, answer.body
    with urlopen(answer.header("location")) as page:  # noqa: S310 - loopback
        assert json.load(page) == {"launched": True}
    (actor,) = there.actors
    assert set(actor) == {"objectType", "account"}
    assert actor["account"]["homePage"] == "https://moodle.example.com"
    query = parse_qs(urlsplit(answer.header("location")).query)
    assert query["activity_id"] == [documents.ASSET["xapiActivityId"]]
    assert there.refused == []
    assert partner.token not in answer.header("location")


def test_names_are_sent_only_where_that_is_wanted(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    tell(partner.site, PLUGIN, piiinfo="on")
    assert launch(partner, cmid, learner_token(partner, cmid)).status == 303
    (actor,) = there.actors
    assert actor["mbox"].startswith("mailto:")
    assert actor["name"]


def test_the_token_is_fetched_once_for_many_launches(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    for _ in range(3):
        assert launch(partner, cmid).status == 303
    assert [path for _, path in there.asked].count(TOKEN_PATH) == 1


def test_a_token_is_fetched_once_under_load(partner: PartnerCalls, there: Partner) -> None:
    call, values = _asking(partner)
    addresses = [there.url]

    def ask(_number: int) -> str:
        with for_call(call, addresses) as outbound:
            return TOKENS.bearer(call, values, outbound)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(32)))
    assert len(found) == 1
    assert len(there.issued) == 1


def test_a_token_is_renewed_shortly_before_its_end(partner: PartnerCalls, there: Partner) -> None:
    now = 1000.0
    tokens = Tokens(lambda: now)
    call, values = _asking(partner)
    with for_call(call, [there.url]) as outbound:
        first = tokens.bearer(call, values, outbound)
        now += there.life - 61
        assert tokens.bearer(call, values, outbound) == first
        now += 2
        assert tokens.bearer(call, values, outbound) != first


@pytest.mark.parametrize(
    ("life", "seconds"),
    [
        ("600", 600),
        (" 600", 600),
        ("600.5", 600.5),
        (599.5, 599.5),
        (None, 3600),
        ("soon", 3600),
        (True, 3600),
        (10**30, 86_400),
        ("9" * 5000, 86_400),
        ("inf", 86_400),
    ],
)
def test_a_token_whose_end_is_told_oddly_is_used(
    partner: PartnerCalls, there: Partner, life: Any, seconds: float
) -> None:
    there.telling = {"expires_in": life}
    now = 1000.0
    tokens = Tokens(lambda: now)
    call, values = _asking(partner)
    with for_call(call, [there.url]) as outbound:
        first = tokens.bearer(call, values, outbound)
        now += seconds - EARLY - 1
        assert tokens.bearer(call, values, outbound) == first
        now += 2
        assert tokens.bearer(call, values, outbound) != first


@pytest.mark.parametrize("life", [0, "0", -5, "-5", "nan"], ids=repr)
def test_a_token_that_is_over_at_once_is_used_once(
    partner: PartnerCalls, there: Partner, cmid: int, life: Any
) -> None:
    there.telling = {"expires_in": life}
    for _ in range(2):
        assert launch(partner, cmid).status == 303
    assert len(there.issued) == 2


def test_an_answer_without_a_token_is_told(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    there.telling = {"access_token": None}
    assert launch(partner, cmid).status == 400


def test_what_fails_for_a_moment_is_tried_again(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    there.failing = [503, 0]
    assert launch(partner, cmid).status == 303
    assert [path for _, path in there.asked].count(TOKEN_PATH) == 3


def test_a_token_that_the_partner_ended_is_replaced(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    assert launch(partner, cmid).status == 303
    there.failing = [401]
    assert launch(partner, cmid).status == 303
    assert len(there.issued) == 2


def test_a_wrong_secret_is_told_without_it(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    tell(partner.site, PLUGIN, clientsecret="canary-wrong")
    answer = launch(partner, cmid)
    assert answer.status == 400
    assert b"canary" not in answer.body
    assert "invalid_client" in there.refused[0]


def test_the_service_account_token_needs_no_oauth(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    tell(
        partner.site,
        PLUGIN,
        authenticationmethod="service_account_bearer_token",
        bearertoken=there.service_token,
    )
    assert launch(partner, cmid).status == 303
    assert there.issued == []


@pytest.mark.parametrize("query", [b"", b"id=1", b"id=x&token=y", b"token=y"])
def test_a_link_without_a_good_token_leads_nowhere(
    partner: PartnerCalls, there: Partner, query: bytes
) -> None:
    answer = partner.web.request("GET", "/mod/percipio/view.php", query=query)
    assert answer.status == 400
    assert there.asked == []


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("token={}&id={}", "", 400),
        ("tok%65n={}&id={}", "", 400),
        ("id={1}", "token={0}", 303),
        ("id={1}&wstoken=other", "token={0}", 303),
    ],
)
def test_tok_10_the_service_may_forbid_tokens_in_links(
    partner: PartnerCalls, there: Partner, cmid: int, query: str, body: str, status: int
) -> None:
    service = services.by_shortname(partner.site.session, SERVICE)
    assert service is not None
    domain_services.edit(partner.site.call(), service.id, Changes(forbid_query_tokens=True))
    answer = partner.web.request(
        "POST",
        "/mod/percipio/view.php",
        query=query.format(partner.token, cmid).encode(),
        body=body.format(partner.token, cmid).encode(),
    )
    assert answer.status == status
    assert bool(there.asked) is (status == 303)


def test_a_user_who_is_not_in_the_course_leads_nowhere(
    partner: PartnerCalls, there: Partner, cmid: int
) -> None:
    answer = launch(partner, cmid, learner_token(partner, cmid, enrolled=False))
    assert answer.status == 400
    assert there.asked == []


@pytest.mark.usefixtures("there")
def test_the_connection_is_tested_step_by_step(partner: PartnerCalls) -> None:
    call = partner.site.call()
    call.site = replace(call.site, outbound_loopback=True)
    steps = connection.examine(call)
    assert [(step.name, step.ok, step.status) for step in steps] == [
        ("token by OAuth", True, "200"),
        ("content token", True, "200"),
    ]
    tell(partner.site, PLUGIN, scope="everything")
    (only,) = connection.examine(call)
    assert not only.ok
    assert "400" in only.status
    tell(partner.site, PLUGIN, scope=SCOPE, organizationid=str(uuid.uuid4()))
    steps = connection.examine(call)
    assert [step.ok for step in steps] == [True, False]
    assert "404" in steps[1].status


def test_without_settings_the_test_says_what_is_missing(partner: PartnerCalls) -> None:
    (only,) = connection.examine(partner.site.call())
    assert (only.ok, only.status) == (False, "token: the setting bearertoken is empty")
