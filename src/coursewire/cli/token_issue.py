"""`coursewire token issue`: a token for an existing user and service, or a whole preset at once."""

from typing import Annotated

import typer

from coursewire.cli import finding, moments, token_shown
from coursewire.cli.acting import acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
)
from coursewire.cli.token_shown import ServiceNamed
from coursewire.domain import tokens
from coursewire.domain.tokens import NewToken


def issue(
    data: DataOption = None,
    database: DatabaseOption = None,
    user: Annotated[str | None, typer.Option(help="The user who holds the token.")] = None,
    service: Annotated[str | None, typer.Option(help="The service that it opens.")] = None,
    ip: Annotated[
        str, typer.Option(help="Addresses it may be used from, with commas between them.")
    ] = "",
    valid_until: Annotated[
        str | None,
        typer.Option(help="A date, a time, or 'never'. [default: in 90 days]"),
    ] = None,
    name: Annotated[str, typer.Option(help="What lists call it.")] = "",
    json: JsonOption = False,
) -> None:
    """Issue a token and show it once."""
    if user is None or service is None:
        msg = "a token needs --user and --service"
        raise Failure(msg, 2)
    end = None if valid_until is None else moments.until(valid_until)
    with acting(load_settings(data, database)) as site:
        holder = finding.user(site.call, user)
        wanted = finding.service(site.call, service)
        new = NewToken(
            user_id=holder.id,
            service_id=wanted.id,
            name=name,
            iprestriction=ip,
            validuntil=end,
        )
        issued = tokens.issue(site.call, new)
        named = ServiceNamed(wanted.id, wanted.name)
        token_shown.show(site, issued, user=holder.username, service=named, json=json)
