"""Which site a command talks to, with which token: an address, or a connection by its name."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer
from msgspec import Struct

from coursewire.cli import asking
from coursewire.cli.common import Failure
from coursewire.client import connections
from coursewire.client._address import site_of
from coursewire.client.connection_problems import ConnectionsError
from coursewire.client.connections import Connection

ConnectionOption = Annotated[
    str | None,
    typer.Option(
        "--connection",
        metavar="NAME",
        help="A site and token kept by 'coursewire connection add'.",
    ),
]


class Target(Struct, frozen=True, kw_only=True):
    """A site to be called: its root, its certificates, and the token; no text shows the token."""

    url: str
    token: str
    ca_file: str | None = None

    def __repr__(self) -> str:
        """Show the site."""
        return f"Target({self.url!r})"


def target(url: str | None, connection: str | None) -> Target:
    """Return the site that is named in one of both ways; the token may be asked for."""
    if url and connection:
        msg = "--url and --connection both say which site"
        raise Failure(msg, 2, remedy="give one of them")
    if connection:
        return _kept(named(connection))
    if not url:
        msg = "nothing says which site"
        raise Failure(msg, 2, remedy="give --url or --connection")
    root = root_of(url)
    return Target(url=root, token=asking.token())


def target_of(written: str) -> Target:
    """Return the connection of this name, or else the site at this address (token asked for)."""
    with told():
        known = connections.everything().get(written)
        found = None if known is None else connections.complete(written, known)
    return _kept(found) if found else target(written, None)


def place_of(written: str) -> Target:
    """Return the site that a connection or an address means, without its token."""
    with told():
        known = connections.everything().get(written)
    if known is None:
        return Target(url=root_of(written), token="")
    return Target(url=known.url, token="", ca_file=known.ca_file or None)


def named(name: str) -> Connection:
    """Return a connection."""
    with told():
        return connections.named(name)


def root_of(url: str) -> str:
    """Return the root of the site at an address, however it is written."""
    try:
        return site_of(url).root
    except ValueError as error:
        raise Failure(str(error), 2) from error


@contextmanager
def told() -> Generator[None]:
    """Tell what is wrong with the file of connections as any other failure."""
    try:
        yield
    except ConnectionsError as error:
        raise Failure(str(error)) from error


def _kept(connection: Connection) -> Target:
    return Target(url=connection.url, token=connection.token, ca_file=connection.ca_file or None)
