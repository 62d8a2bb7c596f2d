"""Several tokens at once, all of them or none: disabled, enabled, revoked; the list as a file."""

from coursewire.console import exports
from coursewire.console.answers import Answer
from coursewire.console.routes import acts
from coursewire.console.views.token_list import PATH, chosen
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import tokens
from coursewire.domain.ends import DAY
from coursewire.store.tokens import TokenRecord
from coursewire.text import times

_MOST = 200
_DONE = {"disable": "disabled", "enable": "enabled", "revoke": "revoked"}


def act(visit: Visit) -> Answer:
    """Do one thing to the ticked tokens; before they end for good the page asks once more."""
    deed = visit.form.text("do")
    # One order for everybody: lists sorted apart, the same rows ticked, nobody waits for ever.
    ids = sorted(visit.form.numbers("token"))
    if deed not in _DONE or not ids or len(ids) > _MOST:
        return visit.redirect(PATH, f"Tick tokens first, {_MOST} at the most.", kind="warning")
    found = [tokens.require(visit.call, token_id) for token_id in ids]
    if deed == "revoke" and not visit.form.is_on("confirmed"):
        return _ask(visit, found)
    try:
        with visit.call.transaction():
            for token in found:
                _do(visit, deed, token)
    except Refusal as refusal:
        reason = f"Nothing was changed: {refusal.reason}; {refusal.remedy}."
        return visit.redirect(PATH, reason, kind="warning")
    words = "1 token is" if len(found) == 1 else f"{len(found)} tokens are"
    return visit.redirect(PATH, f"{words} {_DONE[deed]}.")


def _do(visit: Visit, deed: str, token: TokenRecord) -> None:
    if deed == "revoke":
        tokens.revoke(visit.call, token.id)
    else:
        tokens.disable(visit.call, token.id, disabled=deed == "disable")


def _ask(visit: Visit, found: list[TokenRecord]) -> Answer:
    return visit.page(
        "tokens/revoke_several.html",
        status=200,
        tokens=found,
        live=sum(token.is_live(visit.now) and not token.disabled for token in found),
        used=sum(visit.now - token.lastaccess < DAY for token in found),
    )


def as_csv(visit: Visit) -> Answer:
    """Give out the tokens that match the filters as a file; none of their values is in it."""
    head = (
        *("handle", "name", "user", "service", "ip restriction", "valid until", "last used"),
        *("state", "flags"),
    )
    lines = [
        (
            row.token.handle,
            row.token.name,
            row.token.username,
            row.token.service_name,
            row.token.iprestriction,
            _moment(row.token.validuntil),
            _moment(row.token.lastaccess),
            row.state,
            ", ".join(each.flag for each in row.flags),
        )
        for row in chosen(visit).rows
    ]
    query = visit.query
    filters = {name: query.text(name) for name in ("q", "service", "state", "flag", "ended")}
    return exports.as_file("tokens", head, lines, filters)


def _moment(seconds: int) -> str:
    return times.written(seconds, times.EXACT) if seconds else ""


ACTIONS = (
    exports.gives(f"{PATH}/csv", as_csv),
    # What it revokes is gone for good (WEB-2).
    acts(f"{PATH}/selected", act, right="operator", recent=True),
)
