"""`coursewire console`: who may use the web console, and links that let them in once."""

from enum import StrEnum
from typing import Annotated

import typer

from coursewire.cli import finding
from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import DatabaseOption, DataOption, JsonOption, load_settings, out
from coursewire.cli.showing import plain, print_json, print_table
from coursewire.domain import console_links, console_rights, second_factor
from coursewire.domain.site import ADMIN_ID
from coursewire.store import users as store

commands = typer.Typer(help="The web console: who may use it.", no_args_is_help=True)
UserArgument = Annotated[str, typer.Argument(help="User name or e-mail address.")]


class Right(StrEnum):
    """What somebody may do in the console, as the command line takes it."""

    viewer = "viewer"
    operator = "operator"
    owner = "owner"


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="console")


@commands.command("list")
def list_people(
    data: DataOption = None, database: DatabaseOption = None, json: JsonOption = False
) -> None:
    """List who may use the console."""
    with acting(load_settings(data, database)) as site:
        session = site.call.session
        found = [
            (user.username, user.console_role, second_factor.is_on(session, user.id))
            for user in store.with_console_role(session, console_rights.RIGHTS)
        ]
    if json:
        names = ("username", "right", "second_factor")
        print_json([dict(zip(names, row, strict=True)) for row in found])
        return
    rows = [(name, right, "yes" if factor else "no") for name, right, factor in found]
    print_table(("user name", "right", "second factor"), rows, empty="nobody may use the console")


@commands.command()
def grant(
    user: UserArgument,
    right: Annotated[Right, typer.Argument(help="viewer looks, operator changes, owner decides.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Let an account use the console, or change what it may do there."""
    with acting(load_settings(data, database)) as site:
        found = finding.user(site.call, user)
        console_rights.grant(site.call, found.id, right.value)
    out.print(f"{found.username} is {right.value} of the console.", markup=False)


@commands.command()
def revoke(user: UserArgument, data: DataOption = None, database: DatabaseOption = None) -> None:
    """Take an account's right in the console away; its sessions end at once."""
    with acting(load_settings(data, database)) as site:
        found = finding.user(site.call, user)
        console_rights.revoke(site.call, found.id)
    out.print(f"{found.username} may not use the console any more.", markup=False)


@commands.command()
def link(
    user: Annotated[
        str | None, typer.Argument(help="User name or e-mail address; else the administrator.")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    no_second_factor: Annotated[
        bool,
        typer.Option("--no-second-factor", help="Ask for no code any more: the device is lost."),
    ] = False,
) -> None:
    """Print a link that signs somebody in once, within half an hour."""
    with acting(load_settings(data, database)) as site:
        # An empty name is what a script has where it found none: that is not the administrator.
        user_id = _first_owner(site) if user is None else finding.user(site.call, user).id
        with site.shown_or_undone():
            if no_second_factor:
                second_factor.switch_off(site.call, user_id)
            plain(address_of(site, user_id))


def first_link(site: Acting) -> str:
    """Return a link for the administrator, who becomes the first owner if there is none."""
    owner = _first_owner(site)
    if not store.with_console_role(site.call.session, ["owner"]):
        console_rights.grant(site.call, owner, "owner")
    return address_of(site, owner)


def address_of(site: Acting, user_id: int) -> str:
    """Return a new link for somebody; it leads to the site's address from the settings (WEB-7)."""
    secret = console_links.make(site.call, user_id)
    return f"{site.call.site.url}/console/start?link={secret}"


def _first_owner(site: Acting) -> int:
    """Return the account of the first owner, or else of the administrator."""
    owners = store.with_console_role(site.call.session, ["owner"])
    if any(owner.id == site.call.caller.id for owner in owners) or not owners:
        return site.call.caller.id or ADMIN_ID
    return owners[0].id
