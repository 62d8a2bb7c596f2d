"""The TLS certificate and its key: there, private, in date, of one another and of the site."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from coursewire.doctor.facts import Installation
from coursewire.doctor.finding import Finding, error, ok, warning

CHECK = "TLS"
_SOON = timedelta(days=30)


def look(it: Installation) -> Iterator[Finding]:
    """Look at the certificate, where this program ends TLS itself."""
    if not it.has_tls:
        yield ok(CHECK, "not ended here")
        return
    found = list(_wrong(it))
    yield from found or [ok(CHECK, f"{it.tls_cert} is in date and belongs to its key")]


def _wrong(it: Installation) -> Iterator[Finding]:
    certificate = _certificate(Path(it.tls_cert))
    if isinstance(certificate, Finding):
        yield certificate
        return
    now = datetime.fromtimestamp(it.now, UTC)  # noqa: TID251 - the clock
    yield from _dates(certificate, now)
    yield from _names(certificate, urlsplit(it.public_url).hostname)
    yield from _key(certificate, Path(it.tls_key))


def _certificate(path: Path) -> x509.Certificate | Finding:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except OSError as problem:
        fact = f"the certificate {path} cannot be read: {problem.strerror}"
    except ValueError:
        fact = f"{path} holds no certificate in PEM form"
    return error(CHECK, fact, "name the certificate chain in tls_cert")


def _dates(certificate: x509.Certificate, now: datetime) -> Iterator[Finding]:
    end, begin = certificate.not_valid_after_utc, certificate.not_valid_before_utc
    renew = "renew the certificate"
    if now > end:
        yield error(CHECK, f"the certificate ended on {end:%Y-%m-%d}", renew)
    elif now + _SOON > end:
        yield warning(CHECK, f"the certificate ends on {end:%Y-%m-%d}", renew)
    if now < begin:
        fact = f"the certificate is not valid before {begin:%Y-%m-%d %H:%M UTC}"
        yield error(CHECK, fact, "look at the clock, or wait")


def _names(certificate: x509.Certificate, host: str | None) -> Iterator[Finding]:
    if not host:
        return
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        fact = "the certificate names no host: clients will refuse it"
        yield error(CHECK, fact, "get one with the site's name as subject alternative name")
        return
    known = [str(name).lower() for name in names.get_values_for_type(x509.DNSName)]
    known += [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    if host not in known and f"*.{host.partition('.')[2]}" not in known:
        fact = f"the certificate is for {', '.join(known)}, not for {host}"
        yield error(CHECK, fact, f"get one for {host}, or correct public_url")


def _key(certificate: x509.Certificate, path: Path) -> Iterator[Finding]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as problem:
        fact = f"the private key {path} cannot be read: {problem.strerror}"
        yield error(CHECK, fact, "name the private key in tls_key")
        return
    except (ValueError, TypeError):
        fact = f"{path} holds no private key in PEM form without a password"
        yield error(CHECK, fact, "name the private key in tls_key")
        return
    if mode & 0o077:
        fact = f"others may read the private key {path} (mode {mode:04o})"
        yield error(CHECK, fact, f"chmod 600 {path}, and think about who has read it")
    if _written(key.public_key()) != _written(certificate.public_key()):
        fact = f"the private key {path} does not belong to the certificate"
        yield error(CHECK, fact, "give tls_cert and tls_key that belong together")


def _written(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
