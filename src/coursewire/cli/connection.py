"""`coursewire connection`: sites and tokens kept under names, for every command that calls one."""

import ssl
from pathlib import Path
from typing import Annotated

import typer

from coursewire.cli import asking
from coursewire.cli.common import Failure, JsonOption, out
from coursewire.cli.connecting import named, root_of, told
from coursewire.cli.doctor_url import from_outside
from coursewire.cli.showing import plain, print_json, print_table
from coursewire.client import connection_file, connections
from coursewire.client._connection import certificates
from coursewire.client.connections import Connection

commands = typer.Typer(help="Keep sites and their tokens under names.", no_args_is_help=True)

# What the doctor says of a token that works: here it is enough.
WORKS_BUT_LACKS = 1

NameArgument = Annotated[str, typer.Argument(help="The connection.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="connection")


@commands.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    url: Annotated[
        str, typer.Argument(help="The site: a bare host, its front page or its server.php.")
    ],
    ca_file: Annotated[
        Path | None,
        typer.Option(
            help="Certificates of the authority that signed the site's own.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Change the connection if there is one.")
    ] = False,
    keyring: Annotated[
        bool,
        typer.Option("--keyring", help="Keep the token in the system's keyring, not in the file."),
    ] = False,
) -> None:
    """Keep a site and its token; the token is in COURSEWIRE_TOKEN or asked for.

    They lie in a file of your configuration folder that only you can read; COURSEWIRE_CONNECTIONS
    names another one. The keyring needs the package keyring, which you install yourself.
    """
    root = root_of(url)
    if ca_file is not None:
        _require_certificates(ca_file)
    with told():
        connections.require_name(name)
        if not replace and name in connections.everything():
            msg = f"there is a connection {name!r} already"
            raise Failure(msg, remedy="say --replace to change it, or choose another name")
        kept = Connection(
            url=root,
            token=_token(),
            ca_file=str(ca_file.resolve()) if ca_file else "",
            keyring=keyring,
        )
        place = connection_file.add(name, kept, replace=replace)
    plain(f"{name} is {root}, kept in {place}{', its token in the keyring' if keyring else ''}.")
    plain(f"Try it: coursewire connection test {name}")


def _require_certificates(path: Path) -> None:
    try:
        certificates(path)
    except ssl.SSLError as error:
        msg = f"{path} holds no certificates: {error.reason}"
        raise Failure(msg, remedy="give a file of certificates in PEM form") from error


@commands.command("list")
def listed(json: JsonOption = False) -> None:
    """Show the connections; never their tokens."""
    with told():
        known = connections.everything()
    rows = [
        (name, kept.url, "keyring" if kept.keyring else "file", kept.ca_file)
        for name, kept in sorted(known.items())
    ]
    if json:
        names = ("name", "url", "token", "ca_file")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    headings = ("name", "site", "token in", "certificates")
    print_table(headings, rows, empty="none; add one: connection add")


@commands.command("test")
def tried(name: NameArgument, json: JsonOption = False) -> None:
    """Try a connection by harmless requests; what hinders it is told, as doctor does.

    Exit code 0: the token works, whatever it may call; 4: the token is refused; 5: the site answers
    no calls.
    """
    named(name)
    try:
        from_outside(None, connection=name, preset=None, functions=None, consume=True, json=json)
    except typer.Exit as ended:
        raise typer.Exit(0 if ended.exit_code == WORKS_BUT_LACKS else ended.exit_code) from None


@commands.command()
def remove(name: NameArgument) -> None:
    """Forget a connection; its token stays valid until the site revokes it."""
    with told():
        connection_file.remove(name)
    out.print(
        f"{name} is forgotten. Its token still works: revoke it on the site if need be.",
        markup=False,
    )


def _token() -> str:
    token = asking.token()
    if not token or not token.isprintable() or not token.isascii() or " " in token:
        msg = "that is no token: a token is letters and digits, without spaces"
        raise Failure(msg, 2)
    return token
