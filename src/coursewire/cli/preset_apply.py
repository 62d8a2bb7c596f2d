"""`coursewire preset apply`: role, account, service, authorisation and token in one transaction."""

from typing import Annotated

import typer
from msgspec import Struct

from coursewire.cli import asking, moments, preset_files, token_shown
from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, JsonOption, load_settings
from coursewire.cli.preset_files import PresetArgument
from coursewire.cli.showing import err, print_json
from coursewire.cli.token_shown import ServiceNamed
from coursewire.domain import tokens
from coursewire.presets import apply as presets
from coursewire.presets.apply import Completed, Wanted
from coursewire.presets.model import Preset
from coursewire.store import users
from coursewire.store.tokens import TokenRecord


class _Undone(Exception):
    """Raised inside the transaction of a preview, so that nothing of it stays."""


class Plan(Struct, frozen=True, kw_only=True):
    """What applying would do, and the token that is there already."""

    user: str
    changes: tuple[str, ...]
    there: TokenRecord | None


def apply(
    name: PresetArgument,
    user: Annotated[
        str, typer.Option(help="Who holds the token; made if missing.", show_default="svc-PRESET")
    ] = "",
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="CAPABILITY", help="Leave this one out. May be repeated."),
    ] = None,
    ip: Annotated[
        str, typer.Option(help="Addresses the token may be used from, with commas between them.")
    ] = "",
    valid_until: Annotated[
        str | None, typer.Option(help="A date, a time, or 'never'.", show_default="in 90 days")
    ] = None,
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Issue a token though there is a live one.")
    ] = False,
    turn_on: Annotated[
        bool, typer.Option("--turn-on", help="Switch web services and REST on as well.")
    ] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would change, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Make what a preset needs on this site, or add what is missing, and issue a token.

    What would change is shown first. Applied again, nothing is made twice; a token is issued only
    where the account has none for the service.
    """
    preset = _preset(preset_files.named(name, data), without or [])
    end = None if valid_until is None else moments.until(valid_until)
    with acting(load_settings(data, database)) as site:
        account = user or f"svc-{preset.name}"
        there = users.by_username(site.call.session, account) is not None
        wanted = Wanted(
            user=account if there else "",
            new_user="" if there else account,
            iprestriction=ip,
            validuntil=end,
            turn_on=turn_on,
        )
        found = _plan(site, preset, wanted)
        issues = new_token or found.there is None
        _show_plan(found, issues=issues, json=json, whole=plan)
        if plan:
            return
        if found.changes or issues:
            asking.confirmed("Apply?", yes=yes or json)
        _carry_out(site, preset, wanted, issues=issues, json=json)


def _preset(preset: Preset, without: list[str]) -> Preset:
    unknown = [each for each in without if each not in {it.name for it in preset.capabilities}]
    if unknown:
        msg = f"{preset.name} does not ask for {unknown[0]}"
        names = ", ".join(each.name for each in preset.capabilities)
        raise Failure(msg, 2, remedy=f"it asks for {names}")
    return preset.without(frozenset(without))


def _plan(site: Acting, preset: Preset, wanted: Wanted) -> Plan:
    """Return what would change, by changing it in a transaction that is undone."""
    call, before = site.call, site.call.site
    found: list[Plan] = []
    try:
        with call.transaction():
            done = presets.complete(call, preset, wanted, site.opened.catalogue.is_known)
            found.append(
                Plan(user=done.username, changes=(*done.done, *done.also), there=_there(site, done))
            )
            raise _Undone
    except _Undone:
        call.site = before
    return found[0]


def _there(site: Acting, done: Completed) -> TokenRecord | None:
    """Return a token that has not ended, rather one that works than one that is disabled."""
    found = tokens.list_of(site.call, user_id=done.user_id, service_id=done.service_id)
    there = [token for token in found if token.is_live(site.call.now)]
    return min(there, key=lambda token: bool(token.disabled), default=None)


def _show_plan(found: Plan, *, issues: bool, json: bool, whole: bool) -> None:
    if json:
        if whole:
            print_json({"user": found.user, "changes": found.changes, "issues_token": issues})
        return
    for change in found.changes:
        err.print(f"+ {change}", markup=False)
    if issues:
        err.print(f"+ token for {found.user}", markup=False)
    elif found.there is not None:
        state = "disabled" if found.there.disabled else "live"
        told = f"{found.user} has a {state} token, {found.there.handle}; --new-token issues another"
        err.print(told, markup=False)
    if not found.changes:
        err.print("Everything else is there already.", markup=False)


def _carry_out(site: Acting, preset: Preset, wanted: Wanted, *, issues: bool, json: bool) -> None:
    if not issues:
        done = presets.complete(site.call, preset, wanted, site.opened.catalogue.is_known)
        if json:
            changes = [*done.done, *done.also]
            print_json({"user": done.username, "changes": changes, "token": None})
        return
    with site.shown_or_undone():
        _issue(site, preset, wanted, json=json)


def _issue(site: Acting, preset: Preset, wanted: Wanted, *, json: bool) -> None:
    made = presets.apply(site.call, preset, wanted, site.opened.catalogue.is_known)
    if not (site.call.site.webservices_enabled and site.call.site.rest_enabled):
        token_shown.warn(["web services are off; --turn-on switches them on"])
    service = ServiceNamed(made.service_id, made.service)
    token_shown.show(site, made.issued, user=made.username, service=service, json=json)
