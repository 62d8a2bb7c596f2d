"""The shipped examples of nginx and HAProxy, run for real: addresses, TLS, nodes that stop."""

import re
import time
from pathlib import Path

from coursewire.server.guard import HeadLimits
from coursewire.server.listen import configuration
from coursewire.server.protocol import GuardedProtocol
from coursewire.server.types import Receive, Scope, Send
from tests.deploy.conftest import Caller
from tests.deploy.proxies import Certificate, changed, haproxy, nginx
from tests.support.served import running, serving

ALLOWED, OTHER = "127.0.0.5", "127.0.0.6"


def is_let_in(caller: Caller, come_from: str, headers: dict[str, str] | None = None) -> bool:
    answer = caller.site_info(come_from, headers)
    assert answer.status_code == 200, answer.text
    return "sitename" in answer.json()


def test_nginx_hands_on_the_address_that_it_sees(
    node: str, made_certificate: Certificate, token: str, tmp_path: Path
) -> None:
    with nginx(tmp_path, made_certificate, node) as port:
        caller = Caller(port, made_certificate, token)
        assert is_let_in(caller, ALLOWED)
        assert not is_let_in(caller, OTHER)
        for name in ("X-Forwarded-For", "X-Real-IP", "Client-IP", "Forwarded"):
            assert not is_let_in(caller, OTHER, {name: ALLOWED})
        answer = caller.site_info(ALLOWED).json()
        assert answer["siteurl"] == "https://moodle.example.com"
    log = (tmp_path / "access.log").read_text()
    assert "POST /webservice/rest/server.php 200" in log
    assert token not in log


def test_proxies_take_as_long_addresses_as_the_node_does(
    node: str, made_certificate: Certificate, token: str, tmp_path: Path
) -> None:
    """Clients that send everything in the address would be refused by the proxy alone."""
    target = HeadLimits().target - 1_000
    with nginx(tmp_path, made_certificate, node) as port:
        assert Caller(port, made_certificate, token).asked_by_address(target) == "invalidparameter"
    with haproxy(tmp_path, made_certificate, (node, node)) as port:
        assert Caller(port, made_certificate, token).asked_by_address(target) == "invalidparameter"


def test_nginx_lets_idle_connections_go_before_the_node_does() -> None:
    """A request on a connection that the node closes at that moment would be answered 502."""
    (upstream,) = re.findall(
        r"upstream coursewire \{(.*?)\n\}", changed("nginx.conf", {}), re.DOTALL
    )
    (kept,) = re.findall(r"^    keepalive_timeout ([0-9]+)s;$", upstream, re.MULTILINE)
    assert int(kept) < configuration(nobody, GuardedProtocol).timeout_keep_alive


async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Never called."""


def test_haproxy_shares_calls_out_and_goes_on_when_a_node_stops(
    data: Path, made_certificate: Certificate, token: str, tmp_path: Path
) -> None:
    """Two processes on one SQLite site may only be tested one after the other; the second place
    is taken by a node that comes up when the first has gone.
    """
    environ = {
        "COURSEWIRE_TRUSTED_PROXIES": "127.0.0.1",
        "COURSEWIRE_PUBLIC_URL": "https://moodle.example.com",
    }
    place = ("--data", str(data))
    with running(place, tmp_path / "one.log", environ=environ) as first:
        reserved = first.port
    with serving(place, tmp_path / "two.log", environ=environ) as second:
        nodes = (f"http://127.0.0.1:{reserved}", second)
        with haproxy(tmp_path, made_certificate, nodes) as port:
            caller = Caller(port, made_certificate, token)
            until = time.monotonic() + 10
            while caller.site_info(ALLOWED).status_code == 503 and time.monotonic() < until:
                time.sleep(0.2)  # until HAProxy has seen that the first node is gone
            assert all(is_let_in(caller, ALLOWED) for _ in range(6))
            assert not is_let_in(caller, OTHER, {"X-Forwarded-For": ALLOWED})
