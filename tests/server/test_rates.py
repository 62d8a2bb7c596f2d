"""AUTH-10: how often tokens may be guessed at and used, on the wire and by the counts behind it."""

import ipaddress
import resource
import secrets
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from coursewire import app
from coursewire.domain import tokens
from coursewire.domain.addresses import network
from coursewire.domain.call import Call
from coursewire.domain.tokens import Changes
from coursewire.server.rates import CAPACITY, MARK, Rates
from coursewire.settings import Settings
from tests.support.sites import TestSite
from tests.support.web import Answer, Web, web

HEALTH = "core_webservice_get_site_info"
LIMIT = 60
HERE, NEAR, FAR = "192.0.2.7", "192.0.2.250", "192.0.3.7"
MEMORY = 64 * 1024 * 1024


@pytest.fixture
def limited(site: TestSite) -> Generator[Web]:
    with web(site, unknown_tokens=LIMIT) as found:
        yield found


def _ask(on: Web, token: str, address: str = HERE, format_: str = "json") -> Answer:
    body = f"wstoken={token}&wsfunction={HEALTH}&moodlewsrestformat={format_}"
    return on.request(body=body.encode(), address=address)


def _guess(on: Web, address: str = HERE) -> Answer:
    return _ask(on, secrets.token_hex(16), address)


def test_auth_10_the_61st_unknown_token_of_a_network_is_refused(limited: Web) -> None:
    good = limited.token()
    for _ in range(LIMIT):
        answer = _guess(limited)
        assert (answer.status, answer.error[1]) == (200, "invalidtoken")
    for address in (HERE, NEAR):
        answer = _guess(limited, address)
        assert (answer.status, answer.error[1]) == (429, "toomanyrequests")
        assert answer.header("retry-after") == "60"
    assert _guess(limited, FAR).status == 200
    # Valid tokens go on working from there.
    assert _ask(limited, good).json["userid"]
    limited.site.clock.pass_seconds(60)
    assert _guess(limited).status == 200


def test_auth_10_the_error_document_has_the_asked_format(limited: Web) -> None:
    for _ in range(LIMIT):
        _guess(limited)
    answer = _ask(limited, secrets.token_hex(16), format_="xml")
    assert answer.status == 429
    assert b"<ERRORCODE>toomanyrequests</ERRORCODE>" in answer.body


def test_auth_10_one_wrong_token_again_and_again_is_one(limited: Web) -> None:
    wrong = secrets.token_hex(16)
    for _ in range(3 * LIMIT):
        assert _ask(limited, wrong).error[1] == "invalidtoken"
    # Nor is a request without a token a guess.
    for _ in range(2 * LIMIT):
        assert limited.request(body=b"wsfunction=x&moodlewsrestformat=json").status == 200


def test_auth_10_known_tokens_that_ended_do_not_count(limited: Web) -> None:
    site = limited.site
    ended = [limited.token() for _ in range(LIMIT + 5)]
    call = site.call()
    for record in tokens.list_of(call):
        tokens.revoke(call, record.id)
    assert {_ask(limited, token).error[1] for token in ended} == {"invalidtoken"}
    soon = limited.token(validuntil=site.clock.now() + 10)
    site.clock.pass_seconds(11)
    assert _ask(limited, soon).error[1] == "accessexception"
    assert _ask(limited, soon).error[1] == "invalidtoken"
    assert _guess(limited).status == 200


def test_auth_10_guesses_at_the_file_scripts_count_as_well(limited: Web) -> None:
    def read(token: str) -> Answer:
        path = "/webservice/pluginfile.php/1/core/x/y"
        return limited.request("GET", path, query=f"token={token}".encode(), address=HERE)

    good = limited.token()
    for _ in range(LIMIT):
        assert read(secrets.token_hex(16)).status != 429
    answer = read(secrets.token_hex(16))
    assert answer.status == 429
    assert answer.json["errorcode"] == "toomanyrequests"
    assert answer.header("retry-after") == "60"
    limited.site.clock.pass_seconds(20)
    assert read(secrets.token_hex(16)).header("retry-after") == "40"
    assert _guess(limited).status == 429
    assert read(good).status != 429


def test_auth_10_a_token_has_the_rate_that_it_was_given(limited: Web) -> None:
    clock = limited.site.clock
    token, free = limited.token(rate=30, burst=5), limited.token()
    assert [_ask(limited, token).status for _ in range(7)] == [200] * 5 + [429] * 2
    refused = _ask(limited, token)
    assert refused.error[1] == "toomanyrequests"
    assert refused.header("retry-after") == "2"
    clock.pass_seconds(2)
    assert [_ask(limited, token).status for _ in range(2)] == [200, 429]
    clock.pass_seconds(3600)
    assert [_ask(limited, token).status for _ in range(6)] == [200] * 5 + [429]
    assert {_ask(limited, free).status for _ in range(50)} == {200}


def test_auth_10_a_rate_holds_from_the_next_call_on(limited: Web) -> None:
    token = limited.token()
    assert {_ask(limited, token).status for _ in range(10)} == {200}
    call = limited.site.call()
    [record] = tokens.list_of(call)
    tokens.edit(call, record.id, Changes(rate=2))
    assert [_ask(limited, token).status for _ in range(3)] == [200, 200, 429]
    tokens.edit(limited.site.call(), record.id, Changes(rate=0))
    assert {_ask(limited, token).status for _ in range(5)} == {200}


def test_auth_10_processes_and_machines_share_the_rate_of_a_token(site: TestSite) -> None:
    """On PostgreSQL, where there can be several."""
    with ExitStack() as stack:
        count = 1 if site.engine_name == "sqlite" else 4
        nodes = [stack.enter_context(web(site, processes=count)) for _ in range(count)]
        token = nodes[0].token(rate=60, burst=20)
        # One connection, and so one process, gets all of it.
        assert [_ask(nodes[0], token).status for _ in range(10)] == [200] * 10
        rest = [_ask(node, token).status for _ in range(10) for node in nodes]
        assert (rest[:10].count(200), rest.count(200)) == (10, 10)
        path = "/webservice/pluginfile.php/1/core/x/y"
        read = nodes[-1].request("GET", path, query=f"token={token}".encode())
        assert read.status == 429


def test_auth_10_a_read_that_turns_out_to_write_counts_once(web: Web) -> None:
    bound = web.catalogue.require(HEALTH)

    def writing(call: Call, params: Any) -> Any:
        with call.transaction():
            return bound.body(call, params)

    web.catalogue._bound[HEALTH] = replace(bound, body=writing)
    token = web.token(rate=6, burst=3)
    assert [_ask(web, token).status for _ in range(4)] == [200, 200, 200, 429]


def test_auth_10_the_limit_is_off_in_development(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path / "site"))
    app.create_site(settings)
    with app.open_site(settings) as opened:
        for development, limits in ((False, True), (True, False)):
            server = app.build_server(opened, development=development)
            assert server.runtime.rates.limits_guesses is limits


def test_auth_10_several_processes_divide_the_limit_of_guesses() -> None:
    nodes = [Rates(LIMIT, processes=4) for _ in range(4)]
    passed = sum(
        node.guess("n", secrets.token_bytes(MARK), 0.0) is None for node in nodes for _ in range(99)
    )
    assert passed == LIMIT


def test_auth_10_a_network_that_is_refused_is_forgotten_last() -> None:
    rates = Rates(1, capacity=10)
    rates.guess("attacker", bytes(MARK), 0.0)
    assert rates.guess("attacker", bytes([1] * MARK), 0.0) is not None
    for number in range(100):
        assert rates.guess(str(number), bytes(MARK), 1.0) is None
    assert rates.guess("attacker", bytes(MARK), 2.0) is not None
    # Refusals that are over make room before anything else.
    for number in range(9):
        assert rates.guess(f"later {number}", bytes(MARK), 61.0) is None
    assert rates.guess("one more", bytes(MARK), 61.0) is None
    assert all(rates.guess(f"later {n}", bytes([1] * MARK), 62.0) for n in range(9))
    assert rates.guess("attacker", bytes(MARK), 62.0) is None


def test_auth_10_the_counts_of_tokens_are_bounded() -> None:
    rates = Rates(0, capacity=10)
    assert not rates.limits_guesses
    assert all(rates.call(number, 1, 1, 0.0) is None for number in range(20))
    assert rates.call(19, 1, 1, 0.0) is not None
    # What was forgotten may begin anew.
    assert rates.call(0, 1, 1, 0.0) is None


@pytest.mark.slow
@pytest.mark.requirement("AUTH-9")
def test_auth_10_a_million_networks_take_little_memory() -> None:
    rates = Rates(LIMIT)
    marks = [secrets.token_bytes(MARK) for _ in range(64)]
    before = _resident()
    for number in range(1_000_000):
        address = str(ipaddress.IPv6Address((0x20010DB8 << 96) + (number << 72)))
        rates.guess(network(address), marks[number % 64], number / 100_000)
    assert rates.networks == CAPACITY
    assert _resident() - before <= MEMORY


def _resident() -> int:
    """The memory in use now, not at its highest."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
