"""A site behind a real proxy, with a certificate of its own."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy.proxies import NAME, Certificate, certificate
from tests.support.served import run, serving

SITE_INFO = {
    "wsfunction": "core_webservice_get_site_info",
    "moodlewsrestformat": "json",
}


@pytest.fixture(scope="session")
def made_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for the name in the examples."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with web services on."""
    folder = tmp_path_factory.mktemp("site") / "data"
    for command in (("init",), ("webservices", "on"), ("protocol", "rest", "on")):
        run(*command, "--data", str(folder))
    return folder


@pytest.fixture(scope="session")
def token(data: Path) -> str:
    """A token that may be used from 127.0.0.5 only."""
    issued = ("token", "issue", "--preset", "health-check", "--new-user", "bot")
    shown = run(*issued, "--ip", "127.0.0.5", "--json", "--data", str(data))
    found = httpx.Response(200, text=shown).json()["token"]
    assert isinstance(found, str)
    return found


@pytest.fixture
def node(data: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a node that believes a proxy on loopback."""
    environ = {
        "COURSEWIRE_TRUSTED_PROXIES": "127.0.0.1",
        "COURSEWIRE_PUBLIC_URL": f"https://{NAME}",
    }
    with serving(("--data", str(data)), tmp_path / "node.log", environ=environ) as address:
        yield address


class Caller:
    """Calls through a proxy, from an address of our choice."""

    def __init__(self, port: int, made: Certificate, token: str) -> None:
        self._port = port
        self._trust = ssl.create_default_context(cafile=made.chain)
        self._token = token

    def site_info(self, come_from: str, headers: dict[str, str] | None = None) -> httpx.Response:
        transport = httpx.HTTPTransport(local_address=come_from, verify=self._trust)
        with httpx.Client(transport=transport, trust_env=False) as client:
            return client.post(
                f"https://127.0.0.1:{self._port}/webservice/rest/server.php",
                data={**SITE_INFO, "wstoken": self._token},
                headers={"Host": NAME, **(headers or {})},
                extensions={"sni_hostname": NAME},
            )

    def asked_by_address(self, length: int) -> str:
        """Call with nothing but an address of that length, most of it unknown; give the error."""
        asked = str(httpx.QueryParams({**SITE_INFO, "wstoken": self._token, "more": ""}))
        target = f"/webservice/rest/server.php?{asked}"
        transport = httpx.HTTPTransport(local_address="127.0.0.5", verify=self._trust)
        with httpx.Client(transport=transport, trust_env=False) as client:
            answer = client.get(
                f"https://127.0.0.1:{self._port}{target}{'x' * (length - len(target))}",
                headers={"Host": NAME},
                extensions={"sni_hostname": NAME},
            )
        assert answer.headers["Content-Type"].startswith("application/json"), answer.text
        errorcode = answer.json()["errorcode"]
        assert isinstance(errorcode, str)
        return errorcode
