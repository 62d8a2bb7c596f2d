"""The program's settings: defaults, then `coursewire.toml`, then `COURSEWIRE_*`, then options.

Secrets are never settings: keys lie in the key file, and a database password belongs in the
address of `COURSEWIRE_DATABASE` or in a PostgreSQL password file, never on the command line.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NoReturn, cast, get_args
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from coursewire.contracts.errors import LARGEST_BODY
from coursewire.store import address
from coursewire.text.types.places import url
from coursewire.wire.hosts import is_loopback

PREFIX = "COURSEWIRE_"
FILE_NAME = "coursewire.toml"
DATABASE_FILE = "site.sqlite3"


class SettingsError(Exception):
    """A setting is wrong; the text names it, where it came from, and what is allowed."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that decides how this process runs; sizes in bytes, times in seconds."""

    data: str = "coursewire-data"
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    workers: int = 1
    tls_cert: str = ""
    tls_key: str = ""
    insecure_http: bool = False
    trusted_proxies: list[str] = []
    forwarded_header: str = "x-forwarded-for"
    allowed_hosts: list[str] = []
    compatibility: Literal["5.1", "4.5"] = "5.1"
    exception_names: Literal["full", "bare"] = "full"
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    access_log: str = ""
    access_log_bytes: int = 64 * 1024 * 1024
    access_log_kept: int = 7
    max_body: int = LARGEST_BODY
    max_connections: int = 4096
    max_connections_per_network: int = 256
    write_queue: int = 256
    leave_for: int = 0
    outbound_loopback: bool = False
    unknown_tokens: int = 60
    refuse_root: bool = False

    @property
    def data_folder(self) -> Path:
        """Return the folder that holds the embedded database, the keys and stored files."""
        return Path(self.data)

    @property
    def database_url(self) -> str:
        """Return the address of the database; without one, SQLite in the data folder."""
        return self.database or f"sqlite:///{(self.data_folder / DATABASE_FILE).absolute()}"

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the site lives in the embedded database."""
        return self.database_url.startswith("sqlite")

    @property
    def site_url(self) -> str:
        """Return the address under which clients reach the site, without a trailing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        scheme = "https" if self.tls_cert else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}[scheme]
        return f"{scheme}://{host}" + ("" if self.port == default else f":{self.port}")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the names that a request may give as its host; none: it is not checked (WEB-7).

        On every address of a machine, as in a container, the server cannot know how it is called
        until somebody says so by `public_url` or `allowed_hosts`.
        """
        if not (is_loopback(self.host) or self.public_url or self.allowed_hosts):
            return ()
        public = urlsplit(self.public_url).hostname or ""
        own = (_as_host(name) for name in (self.host, public) if name)
        return tuple(dict.fromkeys([*_LOOPBACK_NAMES, *own, *self.allowed_hosts]))


# What a header may be called (RFC 9110, section 5.1); none comes under another name.
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def _as_host(name: str) -> str:
    return f"[{name}]" if ":" in name else name


# The least and the most that each number may be. Beyond these a limit would be none, or would shut
# everybody out; the most are ceilings that no site can raise (IN-1, NET-2).
RANGES: Mapping[str, tuple[int, int]] = {
    "port": (0, 65_535),
    "workers": (1, 256),
    "metrics_port": (0, 65_535),
    # 16 GiB; 0 is no limit.
    "access_log_bytes": (0, 16 * 1024 * 1024 * 1024),
    "access_log_kept": (1, 1_000),
    "max_body": (1024, 64 * 1024 * 1024),
    "max_connections": (1, 65_536),
    "max_connections_per_network": (1, 65_536),
    "write_queue": (1, 65_536),
    # Whoever asked a server to stop waits as long.
    "leave_for": (0, 300),
    # Each network has room for as many marks of tokens.
    "unknown_tokens": (0, 100_000),
}

# What each setting means, in the order of the page that is written from it.
MEANINGS: Mapping[str, str] = {
    "data": "Folder of the site: the embedded database, the keys, `coursewire.toml`.",
    "database": "Address of a PostgreSQL database; empty is SQLite in the folder of the site.",
    "host": "Address to listen on.",
    "port": "Port to listen on; 0 is any that is free.",
    "public_url": "Address under which clients reach the site; empty is made of host and port.",
    "workers": "Number of server processes (PostgreSQL only).",
    "tls_cert": "File with the certificate chain, PEM.",
    "tls_key": "File with its private key, PEM.",
    "insecure_http": "Plain HTTP on an address that is not loopback is wanted.",
    "trusted_proxies": "Addresses or networks of proxies whose forwarding header is believed.",
    "forwarded_header": "The one header that a trusted proxy puts the client's address into.",
    "allowed_hosts": (
        "Further names that a request may give as its host; those of this machine, `host` and"
        " `public_url` always fit. Without both lists, on an outside address, any name does."
    ),
    "compatibility": "The release of Moodle that the site shows itself as.",
    "exception_names": "`bare` leaves the namespace out, for clients made for 4.4 and older.",
    "metrics_host": "Address of the listener for `/metrics`.",
    "metrics_port": "Its port; 0 is no listener. The next process of several takes the next port.",
    "log_level": "The least level of events that are logged.",
    "access_log": "File that gets one JSON line a request; empty is none.",
    "access_log_bytes": (
        "Size at which that file is renamed to `….1` and a new one begun; 0 is no limit."
    ),
    "access_log_kept": "Renamed files that are kept; the oldest goes.",
    "max_body": "Largest body of a request, in bytes.",
    "max_connections": "Most connections at once.",
    "max_connections_per_network": "Most connections from one network that is no trusted proxy.",
    "write_queue": "Most calls that wait for the database; more are answered 503.",
    "leave_for": (
        "Seconds in which a server that is asked to stop still takes calls while `/readyz` says"
        " 503, so that a balancer sees it before it is gone."
    ),
    "unknown_tokens": (
        "Different unknown tokens that one network (IPv4 /24, IPv6 /56) may try in a minute; more"
        " are answered 429. 0 is no limit; `up` has none. The processes of a server divide the"
        " number; servers on several machines count each for itself."
    ),
    "refuse_root": "`serve` refuses to run as root, in place of warning.",
    "outbound_loopback": "Plugins may call programs of this machine, without TLS: for tests.",
}
FIELDS: Mapping[str, Any] = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def load(
    options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings from all sources; an option of None was not given."""
    given = {name: value for name, value in (options or {}).items() if value is not None}
    environment = _from_environment(os.environ if environ is None else environ)
    folder = Path(str(given.get("data") or environment.get("data") or Settings().data))
    file = folder / FILE_NAME
    written = _from_file(file)
    merged = {**written, **environment, **given}
    try:
        settings = Settings(**{name: _converted(name, value) for name, value in merged.items()})
        _check(settings)
    except SettingsError as error:
        if error.name in given or error.name not in merged:
            raise
        place = PREFIX + error.name.upper() if error.name in environment else str(file)
        msg = f"{error} (in {place})"
        raise SettingsError(msg, error.name) from error
    return settings


def _converted(name: str, value: object) -> Any:  # noqa: ANN401 - each setting has its own type
    try:
        return msgspec.convert(value, FIELDS[name], strict=False)
    except msgspec.ValidationError:
        # The address of a database may hold a password.
        _refuse(name, "…" if name == "database" else value, _allowed(FIELDS[name]))


def _allowed(kind: object) -> str:
    return _KINDS.get(str(kind)) or "one of " + ", ".join(get_args(kind))


_KINDS = {
    str(int): "a whole number",
    str(bool): "true or false",
    str(str): "a text in quotes",
    str(list[str]): "a list of texts",
}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}"
        raise SettingsError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: not written in UTF-8 (byte {error.start})"
        raise SettingsError(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"{path}: cannot be read as TOML: {error}"
        raise SettingsError(msg) from error
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        close = get_close_matches(unknown[0], FIELDS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(FIELDS)}"
        msg = f"{path}: unknown setting {unknown[0]!r}; {hint}"
        raise SettingsError(msg)
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, kind in FIELDS.items():
        raw = environ.get(PREFIX + name.upper())
        if raw is None:
            continue
        if kind == list[str]:
            values[name] = [item.strip() for item in raw.split(",") if item.strip()]
        else:
            values[name] = raw
    return values


def _check(settings: Settings) -> None:
    if not settings.data:
        # What a script has where a variable is not set: the folder it stands in is not meant.
        _refuse("data", settings.data, "the name of a folder; `.` is the present one")
    _check_addresses(settings)
    for name, (least, most) in RANGES.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            _refuse(name, value, f"a number from {least} to {most}")
    if settings.metrics_port + settings.workers > 65_536:
        _refuse(
            "metrics_port",
            settings.metrics_port,
            "a number from 0 to 65535; each process of several takes the next one",
        )
    if settings.workers > 1 and settings.is_sqlite:
        msg = (
            "workers: SQLite means one server process (its library may corrupt a database that "
            "two processes write); for more workers use --database postgresql+psycopg://…"
        )
        raise SettingsError(msg)
    if bool(settings.tls_cert) != bool(settings.tls_key):
        msg = "tls_cert and tls_key must be given together"
        raise SettingsError(msg)
    if settings.public_url and not is_address(settings.public_url):
        _refuse(
            "public_url",
            settings.public_url,
            "an address such as https://school.example, in ASCII (the xn-- form of other letters),"
            " without a user, a question mark, a hash or an underscore in the host",
        )
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        _refuse("database", "…", "sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
    if not _HEADER.fullmatch(settings.forwarded_header):
        _refuse(
            "forwarded_header",
            settings.forwarded_header,
            "the name of a header: letters, digits and !#$%&'*+-.^_`|~",
        )
    for item in settings.trusted_proxies:
        try:
            ipaddress.ip_network(item, strict=False)
        except ValueError:
            _refuse("trusted_proxies", item, "addresses or networks such as 10.0.0.0/8")


def _check_addresses(settings: Settings) -> None:
    # An empty one would listen on all addresses, and stand in the links of answers.
    for name in ("host", "metrics_host"):
        if not getattr(settings, name):
            _refuse(name, "", "an address such as 127.0.0.1, or the name of one")


def is_address(text: str) -> bool:
    """Tell whether paths can be put behind an address to make those of the site."""
    try:
        parts = urlsplit(text)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    # Answers hold it at the head of addresses, where the type `url` must admit it.
    plain = url(text) and not set(text) & set("?#@")
    return whole and plain and parts.scheme in ("http", "https")


def check_listener(settings: Settings) -> None:
    """Refuse a plain-HTTP listener on a public address that nobody asked for (NET-7)."""
    if settings.tls_cert or settings.insecure_http or settings.trusted_proxies:
        return
    if not is_loopback(settings.host):
        msg = (
            f"host {settings.host} is reachable from outside and would carry tokens in clear text; "
            "give --tls-cert and --tls-key, or name the TLS proxy in trusted_proxies, "
            "or accept it with --insecure-http"
        )
        raise SettingsError(msg)


def shown(settings: Settings) -> dict[str, Any]:
    """Return the settings for display, with the secrets of the database masked (OPS-4)."""
    values = cast("dict[str, Any]", msgspec.to_builtins(settings))
    return values | {"database": address.masked(settings.database)}


def _refuse(name: str, value: object, allowed: str) -> NoReturn:
    msg = f"{name}: {value!r} is not {allowed}"
    raise SettingsError(msg, name)
