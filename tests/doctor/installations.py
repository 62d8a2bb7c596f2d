"""A sound installation, and ways to break it."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import text, update

from coursewire.audit import sealing
from coursewire.doctor.facts import DAY, Installation
from coursewire.doctor.finding import Finding
from coursewire.doctor.installation import examine
from coursewire.domain import services
from coursewire.store import keys
from coursewire.store.schema.services import tokens
from tests.support import making
from tests.support.sites import TestSite, opened

NOW = int(time.time())
HOST = "moodle.school.example"


class Place:
    """A sound installation in a folder of the test, to be broken."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.address = address
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self.settings: dict[str, Any] = {}

    def site(self, change: Callable[[TestSite], object]) -> None:
        """Change what is in the site."""
        with opened(self.address, self.folder) as site:
            site.clock.set(NOW)
            change(site)

    def look(self) -> list[Finding]:
        sound = Installation(
            host="127.0.0.1",
            port=8080,
            loopback=True,
            public_url="",
            tls_cert="",
            tls_key="",
            insecure_http=False,
            trusted_proxies=(),
            metrics_host="127.0.0.1",
            metrics_port=0,
            metrics_loopback=True,
            data_folder=self.folder,
            key_path=self.folder / "keys.json",
            settings_path=self.folder / "coursewire.toml",
            database_url=self.address,
            user_id=os.geteuid(),
            now=int(time.time()),
        )
        found = examine(msgspec.structs.replace(sound, **self.settings))
        return [it for it in found if not self._of_the_test_machine(it)]

    def _of_the_test_machine(self, finding: Finding) -> bool:
        """Leave out what tests bring: root, perhaps, and a cluster that is thrown away."""
        as_root = "user_id" not in self.settings and finding.fact.startswith("this runs as root")
        return as_root or (finding.check == "durability" and "runs with" in finding.fact)

    def certificate(
        self, *, days: int = 90, begins: int = -1, names: tuple[str, ...] = (HOST,)
    ) -> None:
        """Write a certificate and its key, and use them."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.fromtimestamp(NOW, UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now + timedelta(days=begins))
            .not_valid_after(now + timedelta(days=days))
        )
        if names:
            known = [
                x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
                for name in names
            ]
            builder = builder.add_extension(x509.SubjectAlternativeName(known), critical=False)
        self.cert.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
        self.key.touch(0o600)
        written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.key.write_bytes(written)
        self.public(tls_cert=str(self.cert), tls_key=str(self.key), public_url=f"https://{HOST}")

    def public(self, **values: Any) -> None:
        """Listen on an address that others can reach."""
        self.settings |= {"host": "192.0.2.7", "loopback": False} | values


Breaking: TypeAlias = Callable[["Place"], object]


def user_with_token(site: TestSite, **values: Any) -> int:
    user = making.user(site, "bot")
    service = making.service(site, "s", "core_webservice_get_site_info", users=[user])
    making.token(site, user, service, **values)
    return user


def admins_token(site: TestSite) -> None:
    service = making.service(site, "s", "core_webservice_get_site_info", users=[2])
    making.token(site, 2, service)


def stale_token(site: TestSite) -> None:
    user_with_token(site, validuntil=NOW + 900 * DAY)
    site.session.execute(update(tokens).values(timecreated=NOW - 91 * DAY))


def once_used_token(site: TestSite) -> None:
    stale_token(site)
    site.session.execute(update(tokens).values(lastaccess=NOW - 90 * DAY - 60))


def site_file_token(site: TestSite) -> None:
    user_with_token(site)
    site.session.execute(update(tokens).values(origin="sitefile"))


def open_service(site: TestSite) -> None:
    made = making.service(site, "everybody", "core_webservice_get_site_info")
    services.edit(site.call(), made, services.Changes(restrictedusers=False))


def future_record(site: TestSite) -> None:
    site.clock.set(NOW + 3600)
    call = site.call()
    with call.transaction():
        call.audit.record("test.change", "nothing")


def seal(site: TestSite) -> None:
    future_record(site)
    assert sealing.seal_waiting(site.session, site.keys, NOW * 1000)


def foreign_keys(place: Place) -> None:
    place.site(seal)
    path = place.folder / "keys.json"
    path.unlink()
    keys.create(path)


def newer(site: TestSite) -> None:
    site.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def spoil(name: str, mode: int) -> Breaking:
    return lambda place: (place.folder / name).chmod(mode)


def put(name: str, content: bytes) -> Breaking:
    def write(place: Place) -> None:
        (place.folder / name).write_bytes(content)

    return write


def settings(**values: Any) -> Breaking:
    return lambda place: place.settings.update(values)


def public(**values: Any) -> Breaking:
    return lambda place: place.public(**values)


def tls(spoiled: Breaking = lambda _: None, **values: Any) -> Breaking:
    def make(place: Place) -> None:
        place.certificate(**values)
        spoiled(place)

    return make


def inside(change: Callable[[TestSite], object]) -> Breaking:
    return lambda place: place.site(change)


def other_key(place: Place) -> None:
    certificate = place.cert.read_bytes()
    place.certificate()
    place.cert.write_bytes(certificate)
