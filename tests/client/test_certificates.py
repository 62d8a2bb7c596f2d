"""A server's certificate is checked, and the environment has no say in it."""

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from coursewire import Moodle, SiteUnavailable
from tests.client.asking import TOKEN, Shell
from tests.client.hostile import Hostile

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority of our own")])


class Answering(BaseHTTPRequestHandler):
    """Answers every call with an empty list."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is there
        """Keep still."""


class Quiet(HTTPServer):
    """A client that hangs up in the handshake is what the tests are about."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep still."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signed itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(NAME, NAME, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    shell: Shell, secure: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(certificate))
    monkeypatch.setenv("SSL_CERT_DIR", str(certificate.parent))
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    with pytest.raises(SiteUnavailable, match="certificate is not accepted") as raised:
        shell.ask(secure, lambda it: it.core_group_get_groups(groupids=[1]), retries=0)
    assert not raised.value.may_have_run


def test_an_authority_of_ones_own_is_named_in_the_program(
    shell: Shell, secure: str, certificate: Path
) -> None:
    def work(moodle: object) -> object:
        return moodle.core_group_get_groups(groupids=[1])  # type: ignore[attr-defined]

    assert shell.ask(secure, work, ca_file=certificate) == []


def test_a_server_that_is_silent_instead_of_tls_is_told(hostile: Hostile) -> None:
    address = hostile.address.replace("http:", "https:")
    with (
        Moodle(address, TOKEN, retries=0, answer_within=0.3) as moodle,
        pytest.raises(SiteUnavailable) as raised,
    ):
        moodle.core_group_get_groups(groupids=[1])
    assert "127.0.0.1 cannot be reached: The handshake operation timed out" in str(raised.value)
