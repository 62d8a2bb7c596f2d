"""OPS-3: broken set-ups, each named by the doctor with the smallest change."""

import os
import stat
import time
from pathlib import Path

import pytest

from coursewire.doctor import database as database_checks
from coursewire.doctor.finding import Finding
from coursewire.doctor.installation import worst
from coursewire.store import keys, sqlite_settings
from coursewire.store.database import Database
from tests.doctor.installations import (
    HOST,
    Breaking,
    Place,
    admins_token,
    foreign_keys,
    future_record,
    inside,
    newer,
    once_used_token,
    open_service,
    other_key,
    public,
    put,
    settings,
    site_file_token,
    spoil,
    stale_token,
    tls,
    user_with_token,
)
from tests.support import making
from tests.support.sites import TestSite


@pytest.fixture
def place(site_address: str, tmp_path: Path) -> Place:
    """A fresh site whose every file is as it must be."""
    folder = tmp_path / "place"
    folder.mkdir(mode=0o700)
    keys.create(folder / "keys.json")
    address = site_address
    if site_address.startswith("sqlite"):
        path = Path(site_address.removeprefix("sqlite:///")).rename(folder / "site.sqlite3")
        address = f"sqlite:///{path}"
    return Place(folder, address)


@pytest.fixture
def unmoved(engine_name: str) -> None:
    """A clock that is the database's too: what `make nightly` moves is that of Python alone."""
    if engine_name == "postgres" and "COURSEWIRE_TEST_SHIFT" in os.environ:
        pytest.skip("the clock of PostgreSQL stays as it is")


only_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def bad(findings: list[Finding]) -> list[Finding]:
    return [it for it in findings if it.severity in ("warning", "error")]


@pytest.mark.usefixtures("unmoved")
def test_a_sound_installation_has_nothing_to_change(place: Place) -> None:
    findings = place.look()
    assert bad(findings) == []
    assert worst(findings) in ("ok", "note")
    checks = [it.check for it in findings]
    for wanted in ("bind", "TLS", "proxies", "file modes", "library versions"):
        assert wanted in checks
    for wanted in ("tokens", "services", "clock", "key file", "database"):
        assert wanted in checks


@pytest.mark.usefixtures("unmoved")
def test_a_sound_public_installation_has_nothing_to_change(place: Place) -> None:
    place.certificate()
    assert bad(place.look()) == []
    place.certificate(names=("*.school.example", "192.0.2.7"))
    assert bad(place.look()) == []
    place.settings = {}
    place.public(trusted_proxies=("10.0.0.1",), public_url=f"https://{HOST}")
    assert bad(place.look()) == []


BROKEN: list[tuple[str, Breaking, str, str, str]] = [
    ("plain HTTP outside", public(), "error", "bind", "will not start"),
    ("insecure on purpose", public(insecure_http=True), "warning", "bind", "clear text"),
    (
        "no public address",
        public(trusted_proxies=("10.0.0.1",)),
        "warning",
        "public address",
        "none",
    ),
    (
        "public plain HTTP",
        settings(public_url="http://a.example"),
        "warning",
        "public address",
        "clear text",
    ),
    (
        "untrusted proxy",
        settings(public_url="https://a.example"),
        "warning",
        "proxies",
        "every caller has the proxy's address",
    ),
    (
        "everybody trusted",
        settings(trusted_proxies=("10.0.0.1", "0.0.0.0/0")),
        "error",
        "proxies",
        "0.0.0.0/0 is trusted",
    ),
    ("everybody trusted, IPv6", settings(trusted_proxies=("::/0",)), "error", "proxies", "::/0"),
    (
        "proxy that cannot connect",
        settings(trusted_proxies=("10.0.0.1",)),
        "warning",
        "proxies",
        "only this machine can connect",
    ),
    (
        "public metrics",
        settings(metrics_port=9090, metrics_host="192.0.2.7", metrics_loopback=False),
        "warning",
        "metrics",
        "192.0.2.7:9090",
    ),
    ("no certificate", tls(lambda p: p.cert.unlink()), "error", "TLS", "cannot be read"),
    ("no PEM", tls(lambda p: p.cert.write_text("x")), "error", "TLS", "no certificate in PEM"),
    ("ended certificate", tls(days=-1, begins=-9), "error", "TLS", "ended on"),
    ("ending certificate", tls(days=29), "warning", "TLS", "ends on"),
    ("early certificate", tls(begins=1), "error", "TLS", "not valid before"),
    ("other name", tls(names=("other.example",)), "error", "TLS", f"not for {HOST}"),
    ("no name", tls(names=()), "error", "TLS", "names no host"),
    ("no private key", tls(lambda p: p.key.unlink()), "error", "TLS", "cannot be read"),
    ("broken private key", tls(lambda p: p.key.write_text("x")), "error", "TLS", "no private key"),
    ("readable private key", tls(lambda p: p.key.chmod(0o644)), "error", "TLS", "mode 0644"),
    ("foreign private key", tls(other_key), "error", "TLS", "does not belong"),
    ("root", settings(user_id=0), "warning", "account", "root"),
    ("open folder", spoil(".", 0o755), "error", "file modes", "mode 0755"),
    ("readable keys", spoil("keys.json", 0o640), "error", "file modes", "mode 0640"),
    ("no keys", lambda p: (p.folder / "keys.json").unlink(), "error", "key file", "no key file"),
    ("damaged keys", put("keys.json", b"{"), "error", "key file", "is damaged"),
    ("keys of another site", foreign_keys, "error", "key file", "was not sealed with its keys"),
    ("newer database", inside(newer), "error", "database", "newer than this program"),
    ("future record", inside(future_record), "warning", "clock", "set back"),
    ("clock of the past", settings(now=10), "error", "clock", "years behind"),
    (
        "endless token",
        inside(lambda s: user_with_token(s, validuntil=0)),
        "warning",
        "tokens without an end",
        "1 token never ends",
    ),
    (
        "administrator's token",
        inside(admins_token),
        "warning",
        "tokens of administrators",
        "1 token opens everything",
    ),
    ("unused token", inside(stale_token), "warning", "stale tokens", "not used for 90 days"),
    ("forgotten token", inside(once_used_token), "warning", "stale tokens", "not used for 90 days"),
    ("token in a file", inside(site_file_token), "warning", "tokens of site files", "in a file"),
    ("open service", inside(open_service), "warning", "services open to all", "everybody"),
]
ONLY_SQLITE: list[tuple[str, Breaking, str, str, str]] = [
    ("readable database", spoil("site.sqlite3", 0o644), "error", "file modes", "site.sqlite3"),
    ("readable log", put("site.sqlite3-journal", b""), "error", "file modes", "-journal"),
    (
        "no database",
        lambda p: (p.folder / "site.sqlite3").unlink(),
        "error",
        "database",
        "there is no database",
    ),
    (
        "no database file",
        put("site.sqlite3", b"rubbish" * 999),
        "error",
        "database",
        "cannot be used as a database",
    ),
    ("empty database", put("site.sqlite3", b""), "error", "database", "is empty"),
    (
        "no folder",
        settings(data_folder=Path("/nonexistent/place")),
        "error",
        "file modes",
        "no folder",
    ),
    ("another's folder", settings(user_id=4711), "error", "file modes", "not to user 4711"),
    ("unknown engine", settings(database_url="mysql://localhost/x"), "error", "database", "mysql"),
    (
        "password in settings",
        put("coursewire.toml", b'database = "postgresql+psycopg://a:b@c/d"\n'),
        "error",
        "file modes",
        "coursewire.toml",
    ),
]


@pytest.mark.requirement("OPS-3")
@pytest.mark.parametrize(
    ("broken", "severity", "check", "told"), [pytest.param(*row[1:], id=row[0]) for row in BROKEN]
)
def test_a_broken_set_up_is_named(
    place: Place, broken: Breaking, severity: str, check: str, told: str
) -> None:
    _named(place, broken, severity, check, told)


@only_sqlite
@pytest.mark.parametrize(
    ("broken", "severity", "check", "told"),
    [pytest.param(*row[1:], id=row[0]) for row in ONLY_SQLITE],
)
def test_a_broken_set_up_of_sqlite_is_named(
    place: Place, broken: Breaking, severity: str, check: str, told: str
) -> None:
    previous = os.umask(0o022)
    try:
        _named(place, broken, severity, check, told)
    finally:
        os.umask(previous)


def _named(place: Place, broken: Breaking, severity: str, check: str, told: str) -> None:
    broken(place)
    found = [it for it in place.look() if it.check == check and told in it.fact]
    assert {it.severity for it in found} == {severity}
    assert all(it.remedy for it in found)
    assert worst(place.look()) in ("error", severity)


def test_a_sound_token_wants_no_care(place: Place) -> None:
    place.site(user_with_token)
    (finding,) = [it for it in place.look() if it.check == "tokens"]
    assert finding.fact == "1 in force, none wants care"


@pytest.mark.usefixtures("unmoved")
def test_many_tokens_are_counted_and_some_named(place: Place) -> None:
    def make(site: TestSite) -> None:
        user = making.user(site, "bot")
        service = making.service(site, "s", "core_webservice_get_site_info", users=[user])
        for _ in range(7):
            making.token(site, user, service, validuntil=0)

    place.site(make)
    (finding,) = bad(place.look())
    assert finding.fact.startswith("7 tokens never end: ")
    assert finding.fact.count(", ") == 5


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_forgets_is_named(setting: str) -> None:
    warnings = [f"PostgreSQL runs with {setting} = off: …"]
    database = Database("postgresql+psycopg://nobody@127.0.0.1/none")
    (finding,) = database_checks.durability(database, warnings)
    assert (finding.severity, finding.fact) == ("warning", warnings[0])


@only_sqlite
def test_ops_3_a_site_that_cannot_be_written_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write wherever the disk lets it, so the system's answer is put in its place.
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    (finding,) = bad(place.look())
    assert (finding.check, finding.severity) == ("database", "warning")
    assert "cannot be written" in finding.fact


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_a_server_that_may_lose_commits_is_named(place: Place) -> None:
    place.address += "?options=-csynchronous_commit%3Doff"
    found = [it for it in place.look() if it.check == "database"]
    assert [it.severity for it in found] == ["error"]
    assert "synchronous_commit = off" in found[0].fact


@only_sqlite
@pytest.mark.parametrize(
    ("version", "affected"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)]
)
def test_the_flaw_of_the_library_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], affected: bool
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    assert sqlite_settings.may_corrupt(version) == affected
    found = [it for it in place.look() if it.check == "SQLite library"]
    assert [it.severity for it in found] == (["note"] if affected else [])


MOUNTS = """
/dev/sda1 / ext4 rw 0 0
server:/export /srv/moodle nfs4 rw 0 0
tmpfs /srv/moodle/fast tmpfs rw 0 0
/dev/sdb1 /srv/with\\040space xfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/site.sqlite3", "ext4"),
        ("/srv/moodle/site.sqlite3", "nfs4"),
        ("/srv/moodle/fast/site.sqlite3", "tmpfs"),
        ("/srv/moodlex/site.sqlite3", "ext4"),
        ("/srv/with space/site.sqlite3", "xfs"),
    ],
)
def test_the_file_system_is_read_off_the_mounts(path: str, kind: str) -> None:
    assert database_checks.file_system(Path(path), MOUNTS) == kind
    assert database_checks.file_system(Path(path), "") == ""


@only_sqlite
@pytest.mark.parametrize(("kind", "severity"), [("nfs4", "error"), ("tmpfs", "warning")])
def test_a_place_that_keeps_nothing_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, severity: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"x / {kind} rw 0 0\n")
    monkeypatch.setattr(database_checks, "_MOUNTS", mounts)
    found = [it.severity for it in bad(place.look()) if it.check == "durability"]
    assert found == [severity]


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize(("offset", "severity"), [(30, "warning"), (-3600, "error")])
@pytest.mark.usefixtures("unmoved")
def test_a_clock_that_differs_from_the_servers_is_named(
    place: Place, offset: int, severity: str
) -> None:
    place.settings["now"] = int(time.time()) + offset
    found = [it for it in place.look() if it.check == "clock"]
    assert [it.severity for it in found] == [severity]


def test_nothing_is_changed_by_looking(place: Place) -> None:
    place.site(lambda site: user_with_token(site, validuntil=0))
    before = {p: p.stat().st_mtime_ns for p in place.folder.glob("*.json")}
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in place.folder.iterdir()}
    assert place.look() == place.look()
    assert {p: p.stat().st_mtime_ns for p in place.folder.glob("*.json")} == before
    assert {p: stat.S_IMODE(p.stat().st_mode) for p in place.folder.iterdir()} == modes
