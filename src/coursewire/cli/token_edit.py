"""`coursewire token edit`: name and limits of a token; its value stays."""

from typing import Annotated, Any

import typer

from coursewire.cli import moments
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, load_settings, out
from coursewire.cli.token_check import HandleArgument, require_handle
from coursewire.domain import ends, tokens
from coursewire.domain.tokens import Changes
from coursewire.text.counted import counted

RateOption = Annotated[
    int | None, typer.Option(help="Calls a minute that it may make; 0: as many as it likes.")
]
BurstOption = Annotated[
    int | None, typer.Option(help="How many of them at once; 0: as many as in a minute.")
]


def edit(
    handle: HandleArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    name: Annotated[str | None, typer.Option(help="What lists call it.")] = None,
    ip: Annotated[
        str | None,
        typer.Option(help="Addresses it may be used from, with commas between them; '' is any."),
    ] = None,
    valid_until: Annotated[str | None, typer.Option(help="A date, a time, or 'never'.")] = None,
    rate: RateOption = None,
    burst: BurstOption = None,
) -> None:
    """Change the name or the limits of a token; the next call is judged by them."""
    end = None if valid_until is None else moments.until(valid_until)
    given = {"name": name, "iprestriction": ip, "validuntil": end, "rate": rate, "burst": burst}
    wanted: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if not wanted:
        msg = "nothing to change: give --name, --ip, --valid-until, --rate or --burst"
        raise Failure(msg, 2)
    with acting(load_settings(data, database)) as site:
        ends.require_ahead(end, site.call.now)
        token = tokens.of_handle(site.call, require_handle(handle))
        now = tokens.edit(site.call, token.id, Changes(**wanted))
    limit = (
        f"{counted(now.rate, 'call')} a minute, {now.burst or now.rate} at once"
        if now.rate
        else "none"
    )
    out.print(
        f"Token {now.handle} of {now.username}: {now.name}, from {now.iprestriction or 'anywhere'},"
        f" valid until {moments.day(now.validuntil)}, rate {limit}.",
        markup=False,
    )
