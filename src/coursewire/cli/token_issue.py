"""`coursewire token issue`: a token for an existing user and service, or a whole preset at once."""

from typing import Annotated

import typer

from coursewire.cli import finding, moments, preset_files, token_shown
from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
)
from coursewire.cli.showing import err
from coursewire.cli.token_edit import BurstOption, RateOption
from coursewire.cli.token_shown import ServiceNamed
from coursewire.domain import tokens
from coursewire.domain.tokens import NewToken
from coursewire.presets import apply as presets
from coursewire.presets import model
from coursewire.presets.apply import Wanted
from coursewire.presets.model import Preset


def issue(
    data: DataOption = None,
    database: DatabaseOption = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help=(
                f"Make user, role, service and token at once: {', '.join(model.NAMES)}, one of the"
                " site's own, or a file."
            ),
            show_default=False,
        ),
    ] = None,
    new_user: Annotated[
        str, typer.Option(help="With --preset: the service account to make.", show_default=False)
    ] = "",
    user: Annotated[str | None, typer.Option(help="The user who holds the token.")] = None,
    service: Annotated[str | None, typer.Option(help="The service that it opens.")] = None,
    ip: Annotated[
        str, typer.Option(help="Addresses it may be used from, with commas between them.")
    ] = "",
    valid_until: Annotated[
        str | None,
        typer.Option(help="A date, a time, or 'never'.", show_default="in 90 days"),
    ] = None,
    name: Annotated[str, typer.Option(help="What lists call it.")] = "",
    rate: RateOption = None,
    burst: BurstOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a token and show it once."""
    end = None if valid_until is None else moments.until(valid_until)
    if preset is not None:
        if service is not None:
            msg = "a preset brings its own service: give --preset or --service"
            raise Failure(msg, 2)
        if rate is not None or burst is not None:
            msg = "--rate and --burst do not go with --preset"
            raise Failure(msg, 2, remedy="issue the token, then: coursewire token edit HANDLE")
        if bool(new_user) == bool(user):
            msg = "a preset needs one user: a new one or an existing one"
            raise Failure(msg, 2, remedy="give --new-user NAME, or --user NAME")
        wanted_for = Wanted(
            new_user=new_user, user=user or "", token_name=name, iprestriction=ip, validuntil=end
        )
        found = preset_files.named(preset, data)
        with acting(load_settings(data, database)) as site, site.shown_or_undone():
            _issue_preset(site, found, wanted_for, json=json)
        return
    if user is None or service is None:
        msg = "a token needs --user and --service, or --preset and --new-user"
        raise Failure(msg, 2)
    with acting(load_settings(data, database)) as site:
        holder = finding.user(site.call, user)
        wanted = finding.service(site.call, service)
        new = NewToken(
            user_id=holder.id,
            service_id=wanted.id,
            name=name,
            iprestriction=ip,
            validuntil=end,
            rate=rate or 0,
            burst=burst or 0,
        )
        named = ServiceNamed(wanted.id, wanted.name)
        with site.shown_or_undone():
            issued = tokens.issue(site.call, new)
            _tell_closed(site)
            token_shown.show(site, issued, user=holder.username, service=named, json=json)


def _issue_preset(site: Acting, preset: Preset, wanted: Wanted, *, json: bool) -> None:
    """Make or complete what a preset needs, and show its token."""
    made = presets.apply(site.call, preset, wanted, site.opened.catalogue.is_known)
    for what in made.done:
        err.print(f"Made: {what}", markup=False)
    _tell_closed(site)
    service = ServiceNamed(made.service_id, made.service)
    token_shown.show(site, made.issued, user=made.username, service=service, json=json)


def _tell_closed(site: Acting) -> None:
    """Warn where no token can call yet."""
    if not site.call.site.webservices_enabled or not site.call.site.rest_enabled:
        token_shown.warn(
            ["web services are off: coursewire webservices on, coursewire protocol rest on"]
        )
