"""`coursewire token`: tokens are listed by their handles; a value is shown only when it is made."""

from typing import Annotated

import typer

from coursewire.cli import (
    finding,
    moments,
    token_check,
    token_edit,
    token_hygiene,
    token_issue,
    token_scan,
    token_shown,
)
from coursewire.cli.acting import acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    JsonOption,
    load_settings,
    out,
)
from coursewire.cli.showing import print_json, print_table
from coursewire.cli.token_check import HandleArgument, require_handle
from coursewire.cli.token_shown import ServiceNamed
from coursewire.domain import tokens
from coursewire.store.tokens import TokenRecord

commands = typer.Typer(help="Issue, list, check, rotate and revoke tokens.", no_args_is_help=True)
_COLUMNS = (
    "handle",
    "ends in",
    "name",
    "user",
    "service",
    "addresses",
    "valid until",
    "last used",
    "state",
)


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="token")


@commands.command("list")
def list_tokens(
    data: DataOption = None,
    database: DatabaseOption = None,
    user: Annotated[str | None, typer.Option(help="Only tokens of this user.")] = None,
    service: Annotated[str | None, typer.Option(help="Only tokens of this service.")] = None,
    ended: Annotated[
        bool, typer.Option("--all", help="Also ended tokens, for 30 days after that was seen.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """List tokens by handle; no command shows a value again."""
    with acting(load_settings(data, database)) as site:
        found = tokens.list_of(
            site.call,
            user_id=finding.user(site.call, user).id if user else None,
            service_id=finding.service(site.call, service).id if service else None,
            ended=ended,
        )
        now, admins = site.call.now, site.call.site.admin_ids
    if json:
        print_json([_as_json(token, now, admins) for token in found])
        return
    print_table(_COLUMNS, (_row(token, now, admins) for token in found), empty="no tokens")


def _row(token: TokenRecord, now: int, admins: frozenset[int]) -> tuple[str, ...]:
    return (
        token.handle,
        f"…{token.last4}",
        token.name,
        token.username,
        token.service_name,
        token.iprestriction or "any",
        moments.day(token.validuntil),
        moments.day(token.lastaccess),
        ", ".join([_state(token, now), *_cares(token, now, admins)]),
    )


def _as_json(token: TokenRecord, now: int, admins: frozenset[int]) -> dict[str, object]:
    return {
        "handle": token.handle,
        "last4": token.last4,
        "name": token.name,
        "user": token.username,
        "service": token.service_name,
        "iprestriction": token.iprestriction,
        "validuntil": token.validuntil,
        "rate": token.rate,
        "burst": token.burst,
        "timecreated": token.timecreated,
        "lastaccess": token.lastaccess,
        "origin": token.origin,
        "state": _state(token, now),
        "cares": _cares(token, now, admins),
    }


def _state(token: TokenRecord, now: int) -> str:
    if token.revoked:
        return "revoked"
    if not token.is_live(now):
        return "ended"
    return "disabled" if token.disabled else "live"


def _cares(token: TokenRecord, now: int, admins: frozenset[int]) -> list[str]:
    """Return what a person should look at in a token that works."""
    if not token.is_live(now):
        return []
    found = {
        "no end date": not token.validuntil,
        "of an administrator": token.user_id in admins,
        "value in a site file": token.origin == "sitefile",
    }
    return [care for care, holds in found.items() if holds]


@commands.command()
def rotate(
    handle: HandleArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    overlap: Annotated[
        str, typer.Option(help="How long the old token goes on working: 0, 90s, 10m, 24h, 7d.")
    ] = "24h",
    json: JsonOption = False,
) -> None:
    """Make the successor of a token, with the same rights; the old one ends after an overlap."""
    seconds = moments.duration(overlap)
    with acting(load_settings(data, database)) as site:
        old = tokens.of_handle(site.call, require_handle(handle))
        service = ServiceNamed(old.service_id, old.service_name)
        with site.shown_or_undone():
            issued = tokens.rotate(site.call, old.id, seconds)
            token_shown.show(site, issued, user=old.username, service=service, json=json)
    if not json:
        ends = f"goes on working for {overlap}" if seconds else "has ended"
        out.print(f"\nThe old token {old.handle} {ends}.")


@commands.command()
def revoke(
    handle: HandleArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    reason: Annotated[
        str, typer.Option(help="Why, for the audit record.")
    ] = "revoked by an administrator",
) -> None:
    """End a token; every call that starts afterwards is refused."""
    with acting(load_settings(data, database)) as site:
        token = tokens.of_handle(site.call, require_handle(handle))
        tokens.revoke(site.call, token.id, reason)
    done = "was revoked before" if token.revoked else "is revoked"
    out.print(f"Token {token.handle} of {token.username} {done}.", markup=False)


# Here, once: who registers the group twice has no command twice.
commands.command()(token_issue.issue)
commands.command()(token_edit.edit)
commands.command()(token_scan.scan)
commands.command()(token_check.check)
commands.command()(token_hygiene.hygiene)
