"""Built-in TLS (NET-7)."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from coursewire.server.guard import Guard
from coursewire.server.listen import configuration
from coursewire.server.protocol import guarded
from coursewire.server.types import Receive, Scope, Send


async def nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer nobody."""


def key_and_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "school.example")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = (
        built.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(pem))


def offered(context: ssl.SSLContext, version: ssl.TLSVersion) -> str | None:
    """What a server agrees on with a client that speaks one version; None if on nothing."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ours.check_hostname, ours.verify_mode = False, ssl.CERT_NONE
    ours.set_ciphers("ALL:@SECLEVEL=0")
    ours.minimum_version = ours.maximum_version = version
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ours.wrap_bio(back, there)
    server = context.wrap_bio(there, back, server_side=True)
    for one in (client, server) * 3:
        try:
            one.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLError:
            return None
    return server.version()


# Naming an old version is warned of.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_net_7_tls_begins_at_1_2(tmp_path: Path) -> None:
    chain = tmp_path / "chain.pem"
    key_and_certificate(chain)
    config = configuration(nothing, guarded(Guard()), tls_cert=str(chain), tls_key=str(chain))
    config.load()
    assert config.ssl is not None
    # Whatever this machine's library would allow besides.
    config.ssl.set_ciphers("ALL:@SECLEVEL=0")
    agreed = {one: offered(config.ssl, one) for one in ssl.TLSVersion if one > 0}
    assert agreed.pop(ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    assert agreed.pop(ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    assert set(agreed.values()) == {None}
