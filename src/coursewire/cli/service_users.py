"""`coursewire service authorise` and `deauthorise`: who may use a service, from where, how long."""

from typing import Annotated

import typer
from msgspec import UNSET

from coursewire.cli import finding, moments
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, load_settings, out
from coursewire.domain import authorised_users, ends
from coursewire.domain.authorised_users import Limits
from coursewire.store import services as rows

ServiceArgument = Annotated[str, typer.Argument(help="Short name or name of the service.")]
UserArgument = Annotated[str, typer.Argument(help="User name or e-mail address.")]


def register(service: typer.Typer) -> None:
    """Add the commands."""
    service.command()(authorise)
    service.command()(deauthorise)


def authorise(
    service: ServiceArgument,
    user: UserArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    ip: Annotated[
        str | None, typer.Option(help="Addresses, with commas between them; '' for any.")
    ] = None,
    valid_until: Annotated[str | None, typer.Option(help="A date, a time, or 'never'.")] = None,
) -> None:
    """Let a user use a service, or change from where and until when a listed one may."""
    end = None if valid_until is None else moments.until(valid_until)
    limits = Limits(
        iprestriction=UNSET if ip is None else ip, validuntil=UNSET if end is None else end
    )
    with acting(load_settings(data, database)) as site, site.call.transaction():
        ends.require_ahead(end, site.call.now)
        found, person = finding.service(site.call, service), finding.user(site.call, user)
        listed = rows.authorised_user(site.call.session, found.id, person.id)
        act = authorised_users.change if listed else authorised_users.authorise
        now = act(site.call, found.id, person.id, limits)
    where = f"from {now.iprestriction}" if now.iprestriction else "from any address"
    until = f"until {moments.minute(now.validuntil)}" if now.validuntil else "without an end"
    out.print(f"{now.username} may use {found.name}, {where}, {until}.", markup=False)
    if not found.restrictedusers:
        out.print("[yellow]The service is open to all users: the list is not asked.[/]")


def deauthorise(
    service: ServiceArgument,
    user: UserArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Take a user off a service's list; its tokens are refused from now on."""
    with acting(load_settings(data, database)) as site:
        found, person = finding.service(site.call, service), finding.user(site.call, user)
        authorised_users.deauthorise(site.call, found.id, person.id)
    out.print(f"{person.username} may not use {found.name} any more.", markup=False)
