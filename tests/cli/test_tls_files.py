"""Certificates that TLS cannot begin with are told before anything is said to be served."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cli.conftest import Command


def no_key(path: Path) -> None:
    path.write_text("no key at all\n")


def open_key(path: Path) -> None:
    write_key(path, serialization.NoEncryption())


def locked_key(path: Path) -> None:
    write_key(path, serialization.BestAvailableEncryption(b"a passphrase"))


def write_key(path: Path, encryption: serialization.KeySerializationEncryption) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(pem, pkcs8, encryption))


def certificate(path: Path) -> None:
    """Write a certificate of a key that is kept nowhere."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "school.example")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = (
        built.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def test_files_that_are_no_certificates_are_told(command: Command, tmp_path: Path) -> None:
    command("init", "--data", "data")
    no_key(tmp_path / "key.pem")
    asked = ("serve", "--data", "data", "--port", "0", "--tls-key", "key.pem", "--tls-cert")
    error = command.refused(*asked, "key.pem", code=3)
    assert "they are not PEM files" in error
    assert "Coursewire serves" not in error
    assert len(error.rstrip("\n").splitlines()) == 1


def test_a_certificate_that_is_not_there_is_told(command: Command, tmp_path: Path) -> None:
    command("init", "--data", "data")
    no_key(tmp_path / "key.pem")
    asked = ("serve", "--data", "data", "--port", "0", "--tls-cert", "chain.pem")
    error = command.refused(*asked, "--tls-key", "key.pem", code=3)
    assert "tls_cert chain.pem" in error
    assert "No such file" in error


def test_a_key_with_a_passphrase_is_refused_without_asking(
    command: Command, tmp_path: Path
) -> None:
    command("init", "--data", "data")
    locked_key(tmp_path / "key.pem")
    certificate(tmp_path / "chain.pem")
    asked = ("serve", "--data", "data", "--port", "0", "--tls-cert", "chain.pem")
    assert "passphrase" in command.refused(*asked, "--tls-key", "key.pem", code=3)


def test_a_key_of_another_certificate_is_told(command: Command, tmp_path: Path) -> None:
    command("init", "--data", "data")
    certificate(tmp_path / "chain.pem")
    open_key(tmp_path / "key.pem")
    asked = ("serve", "--data", "data", "--port", "0", "--tls-cert", "chain.pem")
    assert "another certificate" in command.refused(*asked, "--tls-key", "key.pem", code=3)
