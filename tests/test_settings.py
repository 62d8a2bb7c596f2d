"""Settings come from defaults, file, environment and options, and wrong ones are named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursewire import settings
from coursewire.settings import RANGES, SettingsError

NGINX = Path(__file__).resolve().parents[1] / "deploy/nginx.conf"


def test_options_win_over_environment_and_environment_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "coursewire.toml").write_text('port = 1\nhost = "::1"\nlog_level = "error"\n')
    environ = {"COURSEWIRE_PORT": "2", "COURSEWIRE_LOG_LEVEL": "warning"}
    found = settings.load({"data": str(tmp_path), "port": 3}, environ)
    assert (found.port, found.log_level, found.host) == (3, "warning", "::1")


def test_lists_come_from_the_environment_separated_by_commas() -> None:
    found = settings.load({}, {"COURSEWIRE_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1"})
    assert found.trusted_proxies == ["10.0.0.0/8", "192.0.2.1"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"port": 70000}, "port"),
        ({"workers": 0}, "workers"),
        ({"metrics_port": -1}, "metrics_port"),
        ({"metrics_port": 65536}, "metrics_port"),
        ({"workers": 2}, "postgresql"),
        ({"tls_cert": "a.pem"}, "tls_key"),
        ({"public_url": "example.com"}, "public_url"),
        ({"public_url": "https://"}, "public_url"),
        ({"public_url": "https://school.example/?a=b"}, "public_url"),
        ({"public_url": "https://school.example/#top"}, "public_url"),
        ({"public_url": "https://me@school.example"}, "public_url"),
        ({"public_url": "https://school.example:x"}, "public_url"),
        ({"public_url": "http://[::1"}, "public_url"),
        (
            {"public_url": "https://m\N{LATIN SMALL LETTER U WITH DIAERESIS}nchen.example"},
            "public_url",
        ),
        ({"public_url": "https://school.example/a|b"}, "public_url"),
        ({"public_url": "http://moodle_web:8080"}, "public_url"),
        ({"database": "mysql://x"}, "database"),
        ({"trusted_proxies": ["proxy"]}, "trusted_proxies"),
        ({"compatibility": "3.9"}, "compatibility"),
        ({"access_log_bytes": -1}, "access_log_bytes"),
        ({"access_log_kept": 0}, "access_log_kept"),
        ({"forwarded_header": "x y"}, "forwarded_header"),
        ({"forwarded_header": ""}, "forwarded_header"),
        ({"forwarded_header": "X-Forwarded-For:"}, "forwarded_header"),
        ({"forwarded_header": "x-forwarded-for\n"}, "forwarded_header"),
        ({"data": ""}, "data"),
        ({"host": ""}, "host: '' is not an address"),
        ({"metrics_host": ""}, "metrics_host: '' is not an address"),
    ],
)
def test_a_wrong_setting_is_named(options: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        settings.load(options, {})


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("PORT", "port: 'perhaps' is not a whole number"),
        ("INSECURE_HTTP", "insecure_http: 'perhaps' is not true or false"),
        ("LOG_LEVEL", "log_level: 'perhaps' is not one of debug, info, warning, error"),
        ("COMPATIBILITY", "compatibility: 'perhaps' is not one of 5.1, 4.5"),
    ],
)
def test_what_a_setting_may_be_is_told(variable: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load({}, {f"COURSEWIRE_{variable}": "perhaps"})
    assert str(caught.value) == f"{told} (in COURSEWIRE_{variable})"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("trusted_proxies = 5", "trusted_proxies: 5 is not a list of texts"),
        ("host = 5", "host: 5 is not a text in quotes"),
        ('database = ["postgresql+psycopg://me:secret@db/site"]', "database: '…' is not a text"),
    ],
)
def test_a_setting_of_a_wrong_kind_in_the_file_is_told(
    tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "coursewire.toml").write_text(line)
    with pytest.raises(SettingsError) as caught:
        settings.load({"data": str(tmp_path)}, {})
    assert str(caught.value).startswith(told)


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "coursewire.toml").write_text("prot = 8080\n")
    with pytest.raises(SettingsError, match=r"'prot'; did you mean 'port'\?"):
        settings.load({"data": str(tmp_path)}, {})
    (tmp_path / "coursewire.toml").write_text("[server]\n")
    with pytest.raises(SettingsError, match="'server'; known are data, database, "):
        settings.load({"data": str(tmp_path)}, {})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "coursewire.toml").write_text("port = \n")
    with pytest.raises(SettingsError, match=r"coursewire\.toml"):
        settings.load({"data": str(tmp_path)}, {})


def test_a_file_that_cannot_be_read_is_named_without_numbers(tmp_path: Path) -> None:
    file = tmp_path / "coursewire.toml"
    file.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"coursewire\.toml: not written in UTF-8 \(byte 0\)"):
        settings.load({"data": str(tmp_path)}, {})
    file.unlink()
    file.mkdir()
    with pytest.raises(SettingsError, match=r"coursewire\.toml: cannot be read: Is a directory$"):
        settings.load({"data": str(tmp_path)}, {})


def test_a_folder_that_cannot_be_looked_into_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"coursewire\.toml: cannot be read: File name too"):
        settings.load({"data": str(tmp_path / ("x" * 300))}, {})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "school.example"])  # noqa: S104 - the case itself
def test_net_7_plain_http_on_a_public_address_must_be_asked_for(host: str) -> None:
    found = settings.load({"host": host}, {})
    with pytest.raises(SettingsError, match="--insecure-http"):
        settings.check_listener(found)
    settings.check_listener(settings.load({"host": host, "insecure_http": True}, {}))
    settings.check_listener(settings.load({"host": host, "trusted_proxies": ["10.0.0.1"]}, {}))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_net_7_loopback_needs_nothing(host: str) -> None:
    settings.check_listener(settings.load({"host": host}, {}))


def test_ops_4_the_password_of_the_database_is_masked() -> None:
    found = settings.load({"database": "postgresql+psycopg://cw:canary@db/site"}, {})
    assert "canary" not in str(settings.shown(found))


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"host": "::1", "port": 80}, "http://[::1]"),
        ({"tls_cert": "c", "tls_key": "k", "port": 443}, "https://127.0.0.1"),
        ({"public_url": "https://school.example/"}, "https://school.example"),
    ],
)
def test_the_site_address_has_no_trailing_slash(options: dict[str, object], url: str) -> None:
    assert settings.load(options, {}).site_url == url


LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@pytest.mark.parametrize(
    ("options", "hosts"),
    [
        ({}, LOOPBACK),
        ({"host": "::1"}, LOOPBACK),
        ({"host": "127.0.0.2"}, (*LOOPBACK, "127.0.0.2")),
        ({"host": "0.0.0.0"}, ()),  # noqa: S104 - as in a container: nobody said a name
        (
            {"host": "0.0.0.0", "public_url": "https://Moodle.example:8443/x"},  # noqa: S104
            (*LOOPBACK, "0.0.0.0", "moodle.example"),  # noqa: S104
        ),
        ({"public_url": "http://[2001:db8::1]/"}, (*LOOPBACK, "[2001:db8::1]")),
        ({"allowed_hosts": ["lms:81"]}, (*LOOPBACK, "lms:81")),
        (
            {"host": "192.0.2.7", "insecure_http": True, "allowed_hosts": ["lms"]},
            (*LOOPBACK, "192.0.2.7", "lms"),
        ),
    ],
)
def test_web_7_a_server_answers_for_the_names_it_is_known_by(
    options: dict[str, object], hosts: tuple[str, ...]
) -> None:
    assert settings.load(options, {}).hosts == hosts


def test_a_wrong_setting_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "coursewire.toml"
    file.write_text("port = 70000\n")
    place = {"COURSEWIRE_DATA": str(tmp_path)}
    with pytest.raises(SettingsError) as caught:
        settings.load({}, place)
    told = "port: 70000 is not a number from 0 to 65535"
    assert str(caught.value) == f"{told} (in {file})"
    with pytest.raises(SettingsError) as caught:
        settings.load({}, {**place, "COURSEWIRE_PORT": "70000"})
    assert str(caught.value) == f"{told} (in COURSEWIRE_PORT)"
    with pytest.raises(SettingsError) as caught:
        settings.load({"port": 70000}, place)
    assert str(caught.value) == told


def test_in_1_every_number_has_a_least_and_a_most() -> None:
    assert {name for name, kind in settings.FIELDS.items() if kind is int} == set(RANGES)


def limits() -> Iterator[tuple[str, int, int]]:
    for name, (least, most) in RANGES.items():
        # More than one need another database.
        yield name, least, 1 if name == "workers" else most


@pytest.mark.parametrize(("name", "least", "most"), [*limits()])
def test_in_1_a_setting_has_hard_ceilings(name: str, least: int, most: int) -> None:
    for fits in (least, most):
        assert getattr(settings.load({name: fits}, {}), name) == fits
    for beyond in (least - 1, RANGES[name][1] + 1):
        with pytest.raises(SettingsError) as caught:
            settings.load(environ={f"COURSEWIRE_{name.upper()}": str(beyond)})
        told = f"{name}: {beyond} is not a number from {least} to {RANGES[name][1]}"
        assert str(caught.value).startswith(told)


def test_in_1_a_body_is_64_mebibytes_at_most() -> None:
    assert RANGES["max_body"][1] == 64 * 1024 * 1024


def test_in_1_the_example_of_nginx_lets_pass_what_the_server_takes() -> None:
    (size,) = re.findall(r"client_max_body_size (\d+)m;", NGINX.read_text())
    assert int(size) * 1024 * 1024 == settings.Settings().max_body


@pytest.mark.parametrize("seconds", ["-1", "301"])
def test_a_server_leaves_within_five_minutes(seconds: str) -> None:
    with pytest.raises(SettingsError, match="leave_for"):
        settings.load(environ={"COURSEWIRE_LEAVE_FOR": seconds})
