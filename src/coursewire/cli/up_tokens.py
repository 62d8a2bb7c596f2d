"""Tokens that `coursewire up` shows: issued anew each time, so that what it prints always works."""

from msgspec import Struct

from coursewire.cli import token_shown
from coursewire.cli.acting import Acting
from coursewire.contracts.errors import Refusal
from coursewire.domain import tokens
from coursewire.domain.tokens import Issued, NewToken
from coursewire.presets import apply as presets
from coursewire.presets import model
from coursewire.presets.apply import Wanted
from coursewire.store import services as service_rows
from coursewire.store import users
from coursewire.store.services import ServiceRecord

HEALTH_CHECK = "health-check"
HEALTH_USER = "svc-health"
CYCLR = "cyclr"
# Tokens of this name are `up`'s own: the next `up` on the same site replaces them.
NAME = "coursewire up"
REPLACED = "replaced by a later coursewire up"


class Shown(Struct, frozen=True, kw_only=True):
    """A token that is shown once, and what it opens."""

    service: str
    shortname: str
    user: str
    issued: Issued
    functions: int
    # The function that it is best tried with.
    function: str


class Tokens(Struct, frozen=True, kw_only=True):
    """The tokens of this `up`; what stood in the way of one is a warning."""

    health: Shown | None
    connector: Shown | None
    warnings: tuple[str, ...]


def issue(site: Acting) -> Tokens:
    """Issue a token of the health check and, where there is one, of the Cyclr service."""
    warnings: list[str] = []
    return Tokens(
        health=_of_preset(site, HEALTH_CHECK, warnings, make=True),
        connector=_of_preset(site, CYCLR, warnings, make=False),
        warnings=tuple(warnings),
    )


def _of_preset(site: Acting, name: str, warnings: list[str], *, make: bool) -> Shown | None:
    preset = model.load(name)
    session = site.call.session
    service = service_rows.by_shortname(session, preset.service.shortname)
    listed = service_rows.authorised_users(session, service.id) if service else []
    try:
        if service is not None and listed:
            return _replaced(site, service, listed[0].user_id, listed[0].username)
        return _made(site, preset) if make else None
    except Refusal as refusal:
        warnings.append(f"no token for {preset.service.name}: {refusal.reason}; {refusal.remedy}")
        return None


def _replaced(site: Acting, service: ServiceRecord, user_id: int, username: str) -> Shown:
    """End the tokens of earlier runs and issue another."""
    call = site.call
    with call.transaction():
        for old in tokens.list_of(call, user_id=user_id, service_id=service.id):
            if old.name == NAME:
                tokens.revoke(call, old.id, REPLACED)
        new = NewToken(user_id=user_id, service_id=service.id, name=NAME)
        issued = tokens.issue(call, new)
    return _shown(site, service, username, issued)


def _made(site: Acting, preset: model.Preset) -> Shown:
    """Make what the preset needs; its first token comes with it."""
    call = site.call
    there = users.by_username(call.session, HEALTH_USER)
    wanted = Wanted(
        user=HEALTH_USER if there else "",
        new_user="" if there else HEALTH_USER,
        token_name=NAME,
    )
    made = presets.apply(call, preset, wanted, site.opened.catalogue.is_known)
    service = service_rows.get(call.session, made.service_id)
    if service is None:
        raise LookupError(made.service_id)
    return _shown(site, service, made.username, made.issued)


def _shown(site: Acting, service: ServiceRecord, username: str, issued: Issued) -> Shown:
    functions = service_rows.functions(site.call.session, service.id)
    return Shown(
        service=service.name,
        shortname=service.shortname,
        user=username,
        issued=issued,
        functions=len(functions),
        function=token_shown.tried(functions, site.opened.catalogue),
    )
