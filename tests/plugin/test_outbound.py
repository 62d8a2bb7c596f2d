"""NET-8: plugins reach only the hosts in their settings, at public addresses, by https."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from coursewire.plugin.destinations import configured, place_of
from coursewire.plugin.outbound import Failed, Outbound, Unreachable

PUBLIC = "93.184.216.34"


class Handler(BaseHTTPRequestHandler):
    """Answers by path: plainly, with a redirect, too much, or drop by drop."""

    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers["host"]))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("location", "http://169.254.169.254/")
            self.end_headers()
        elif self.path == "/large":
            self._body(b"x" * 100_000)
        elif self.path == "/slow":
            self.send_response(200)
            for _ in range(100):
                self.wfile.write(b"x-drop: 1\r\n")
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self._body(b'{"ok": true}')

    def _body(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return


class Place:
    """A program on this machine."""

    def __init__(self, server: HTTPServer, handler: type[Handler]) -> None:
        self.port = server.server_port
        self.seen = handler.seen


@contextmanager
def program(context: ssl.SSLContext | None = None) -> Iterator[Place]:
    handler = type("Own", (Handler,), {"seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Place(server, handler)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def public(_host: str, _port: int) -> list[str]:
    return [PUBLIC]


@pytest.mark.parametrize(
    "url",
    [
        # other schemes, and https left out
        "http://api.example.com/",
        "ftp://api.example.com/",
        "file:///etc/passwd",
        "gopher://api.example.com/",
        "javascript:alert(1)",
        "//api.example.com/",
        "api.example.com",
        "",
        # userinfo
        "https://user@api.example.com/",
        "https://user:secret@api.example.com/",
        "https://api.example.com@169.254.169.254/",
        "https://api.example.com:443@127.0.0.1/",
        # other ports, and ports that are none
        "https://api.example.com:8443/",
        "https://api.example.com:22/",
        "https://api.example.com:99999/",
        "https://api.example.com:x/",
        # other hosts, and tricks with the known one
        "https://evil.example.com/",
        "https://api.example.com.evil.example/",
        "https://evil.example/api.example.com",
        "https://evil.example#@api.example.com/",
        "https://evil.example\\@api.example.com/",
        "https://evil.example\\.api.example.com/",
        "https://api.example.com\t.evil.example/",
        "https://api.example.com /",
        "https://api.example.com\r\nhost: x/",
        "https://\u0430pi.example.com/",
        "https://api%2eexample.com/",
        # addresses of this machine and of its neighbours, in every spelling
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.000.000.001/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://0/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fc00::1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[",
    ],
)
def test_net_8_an_address_that_is_not_in_the_settings_is_refused(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC]

    with (
        Outbound(["https://api.example.com"], resolve=resolve) as outbound,
        pytest.raises(Unreachable),
    ):
        outbound.get(url)
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - is refused
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001::1",
        "2001:db8::1",
    ],
)
def test_net_8_a_name_that_leads_to_a_place_that_is_not_public_is_refused(address: str) -> None:
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        with (
            Outbound(["api.example.com"], resolve=lambda *_, at=found: at) as outbound,
            pytest.raises(Unreachable, match="not public"),
        ):
            outbound.get("https://api.example.com/")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1", "fe80::1"])
def test_net_8_an_address_in_the_settings_must_be_public_as_well(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with (
        Outbound([f"https://{host}/"]) as outbound,
        pytest.raises(Unreachable, match="not public"),
    ):
        outbound.get(f"https://{host}/")


@pytest.mark.parametrize("error", [OSError("no such host"), UnicodeError("label")])
def test_a_host_that_cannot_be_found_is_refused(error: Exception) -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise error

    with (
        Outbound(["api.example.com"], resolve=resolve) as outbound,
        pytest.raises(Unreachable, match="cannot be found"),
    ):
        outbound.get("https://api.example.com/")


def test_a_host_without_addresses_is_refused() -> None:
    with (
        Outbound(["api.example.com"], resolve=lambda *_: []) as outbound,
        pytest.raises(Unreachable, match="cannot be found"),
    ):
        outbound.get("https://api.example.com/")


def test_programs_of_this_machine_are_called_only_where_that_is_said() -> None:
    with program() as there:
        url = f"http://127.0.0.1:{there.port}/"
        with Outbound([url], loopback=True) as outbound:
            answer = outbound.get(url)
        assert (answer.status, answer.kind, answer.json()) == (
            200,
            "application/json",
            {"ok": True},
        )
        with Outbound([url]) as outbound, pytest.raises(Unreachable, match="https only"):
            outbound.get(url)
        assert len(there.seen) == 1


def test_loopback_does_not_let_other_hosts_be_called_without_tls() -> None:
    with (
        Outbound(["http://api.example.com"], loopback=True, resolve=public) as outbound,
        pytest.raises(Unreachable, match="https only"),
    ):
        outbound.get("http://api.example.com/")


def test_net_8_a_name_is_looked_up_once_and_the_checked_address_is_called() -> None:
    """DNS rebinding: the second answer of the name server is never asked for."""
    with program() as there:
        answers = iter([["127.0.0.1"], [PUBLIC]])
        asked: list[str] = []

        def resolve(host: str, _port: int) -> list[str]:
            asked.append(host)
            return next(answers)

        url = f"http://localhost:{there.port}/x"
        with Outbound([url], loopback=True, resolve=resolve) as outbound:
            assert outbound.get(url).status == 200
        assert asked == ["localhost"]
        assert there.seen == [("/x", f"localhost:{there.port}")]


def test_net_8_redirects_are_not_followed() -> None:
    with program() as there:
        url = f"http://127.0.0.1:{there.port}"
        with Outbound([url], loopback=True) as outbound:
            assert outbound.get(f"{url}/redirect").status == 302
        assert len(there.seen) == 1


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    with program() as there:
        url = f"http://127.0.0.1:{there.port}"
        with (
            Outbound([url], loopback=True) as outbound,
            pytest.raises(Failed, match="more than 1000 bytes"),
        ):
            outbound.get(f"{url}/large", largest=1000)


@pytest.mark.alone
def test_a_server_that_drips_is_given_up() -> None:
    with program() as there:
        url = f"http://127.0.0.1:{there.port}"
        started = time.monotonic()
        with (
            Outbound([url], loopback=True) as outbound,
            pytest.raises(Failed, match="did not answer"),
        ):
            outbound.get(f"{url}/slow", within=0.4)
        assert time.monotonic() - started < 2


def test_nobody_listens() -> None:
    with program() as there:
        port = there.port
    with (
        Outbound([f"http://127.0.0.1:{port}"], loopback=True) as outbound,
        pytest.raises(Failed, match=r"127\.0\.0\.1"),
    ):
        outbound.get(f"http://127.0.0.1:{port}/")


def test_the_certificate_must_be_for_the_host_name(tmp_path: Path) -> None:
    """The connection goes to an address; the name in the certificate is what counts."""
    context = _certificate(tmp_path, "good.example.com")
    with program(context) as there:
        both = [f"https://good.example.com:{there.port}", f"https://bad.example.com:{there.port}"]
        with Outbound(
            both,
            loopback=True,
            ca_file=tmp_path / "certificate.pem",
            resolve=lambda *_: ["127.0.0.1"],
        ) as outbound:
            assert outbound.get(f"{both[0]}/").status == 200
            with pytest.raises(Failed, match=r"(?i)certificate"):
                outbound.get(f"{both[1]}/")


def test_a_certificate_of_nobody_is_refused(tmp_path: Path) -> None:
    context = _certificate(tmp_path, "good.example.com")
    with program(context) as there:
        url = f"https://good.example.com:{there.port}"
        with (
            Outbound([url], loopback=True, resolve=lambda *_: ["127.0.0.1"]) as outbound,
            pytest.raises(Failed, match=r"(?i)certificate"),
        ):
            outbound.get(f"{url}/")


def test_settings_name_places_by_address_or_by_name() -> None:
    found = configured(["https://API.example.com/path", " cdn.example.com:8443 ", "", "  "])
    assert {place.name for place in found} == {"api.example.com", "cdn.example.com:8443"}
    assert place_of("https://[2606:4700::1]/").name == "[2606:4700::1]"


def _certificate(folder: Path, host: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
