"""nginx and HAProxy of this machine, run with the shipped examples."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "moodle.example.com"
EXAMPLES = Path(__file__).resolve().parents[2] / "deploy"
START_WITHIN = 10.0
# Debian keeps servers in a folder that is not on everybody's path.
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class ProxyMissing(Exception):
    """The program is not on this machine; the text says what to install."""


class NotStarted(Exception):
    """The proxy did not come up; the text holds what it wrote."""


class Certificate(NamedTuple):
    """Files of a certificate for NAME: chain, key, and both in one as HAProxy wants them."""

    chain: Path
    key: Path
    both: Path


def certificate(folder: Path) -> Certificate:
    """Make a certificate that its own chain vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    files = Certificate(folder / "chain.pem", folder / "key.pem", folder / "both.pem")
    files.chain.write_bytes(chain)
    files.key.write_bytes(private)
    files.both.write_bytes(chain + private)
    return files


def program(name: str) -> str:
    """Return the path of a proxy."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        msg = f"{name} is needed and was not found: apt-get install {name}"
        raise ProxyMissing(msg)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def changed(example: str, changes: dict[str, str]) -> str:
    """Return an example with other places in it; each of them must occur, so none is forgotten."""
    content = (EXAMPLES / example).read_text("utf-8")
    for old, new in changes.items():
        if old not in content:
            msg = f"deploy/{example} does not say {old!r} any more"
            raise LookupError(msg)
        content = content.replace(old, new)
    return content


@contextmanager
def nginx(folder: Path, made: Certificate, node: str) -> Iterator[int]:
    """nginx with the example before a node; gives its port."""
    port = free_port()
    site = changed(
        "nginx.conf",
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "server 127.0.0.1:8080;": f"server {node.removeprefix('http://')};",
            "/etc/ssl/certs/moodle.example.com.pem": str(made.chain),
            "/etc/ssl/private/moodle.example.com.key": str(made.key),
            "/var/log/nginx/coursewire.log": str(folder / "access.log"),
        },
    )
    paths = "".join(
        f"{name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {folder / 'pid'};\nerror_log stderr;\n"
        f"events {{}}\nhttp {{\n{paths}{site}\n}}\n"
    )
    with _running([program("nginx"), "-p", str(folder), "-c", str(config)], folder, port):
        yield port


@contextmanager
def haproxy(folder: Path, made: Certificate, nodes: tuple[str, str]) -> Iterator[int]:
    """HAProxy with the example before two nodes; gives its port."""
    port = free_port()
    one, two = (node.removeprefix("http://") for node in nodes)
    config = folder / "haproxy.cfg"
    config.write_text(
        changed(
            "haproxy.cfg",
            {
                "bind :443 ssl crt /etc/haproxy/moodle.example.com.pem": (
                    f"bind 127.0.0.1:{port} ssl crt {made.both}"
                ),
                "server one 127.0.0.1:8081": f"server one {one}",
                "server two 127.0.0.1:8082": f"server two {two}",
            },
        )
    )
    with _running([program("haproxy"), "-f", str(config)], folder, port):
        yield port


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait(process, port, log)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise NotStarted(re.sub(r"\s+", " ", log.read_text()))
