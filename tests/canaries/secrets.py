"""Secrets that were let loose in a site, and the search for them in everything it left behind."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from psycopg import sql

from coursewire.store import keys

# The key file is where keys belong; nothing else of it is a secret.
KEYS = "keys.json"


class Hit(NamedTuple):
    """Where which secret was found, in which writing."""

    secret: str
    writing: str
    place: str


def writings(secret: str) -> Iterator[tuple[str, bytes]]:
    """The forms in which a secret may have been written down."""
    plain = secret.encode()
    yield "plain", plain
    yield "hex", binascii.hexlify(plain)
    yield "HEX", binascii.hexlify(plain).upper()
    quoted = quote(secret, safe="").encode()
    if quoted != plain:
        yield "URL", quoted
    # Base64 of three shifts: the secret may stand anywhere in what was encoded.
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")
        start = (shift * 8 + 5) // 6
        yield f"base64 +{shift}", encoded[start:-1]
    if len(secret) % 2 == 0 and all(letter in "0123456789abcdef" for letter in secret):
        yield "bytes", bytes.fromhex(secret)


def search(secrets: Mapping[str, str], places: Iterable[tuple[str, bytes]]) -> list[Hit]:
    """Return every hit of every secret."""
    wanted = [
        (name, writing, needle)
        for name, secret in secrets.items()
        for writing, needle in writings(secret)
    ]
    return [
        Hit(name, writing, place)
        for place, content in places
        for name, writing, needle in wanted
        if needle in content
    ]


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below some folders, by name."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield str(path.relative_to(folder)), path.read_bytes()


def tables(address: str) -> Iterator[tuple[str, bytes]]:
    """Every table of a PostgreSQL database, as it copies them out."""
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        named = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        for (name,) in named:
            statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
            with connection.cursor().copy(statement) as rows:
                yield f"table {name}", b"".join(bytes(row) for row in rows)


def keys_in(folder: Path) -> dict[str, str]:
    """The keys of a site, by names that tell them from other secrets."""
    return {f"key {e.purpose} {e.number}": e.key for e in keys.read(folder / KEYS).keys}


def expected(place: str, secret: str) -> bool:
    """Tell where a secret belongs: keys into the key file."""
    return place.endswith(KEYS) and secret.startswith("key ")
