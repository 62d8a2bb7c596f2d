"""My keys: the tokens that act as whoever is signed in. Looking at them makes none."""

from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.domain import own_tokens

PLACE = "/console/me/keys"


def show(visit: Visit) -> Answer:
    """List them."""
    return visit.page("my_keys.html", tokens=own_tokens.of_caller(visit.call))


def ask(visit: Visit) -> Answer:
    """Say what ending one does."""
    token = own_tokens.require(visit.call, visit.number("id"))
    return visit.page("my_keys_end.html", token=token)


def revoke(visit: Visit) -> Answer:
    """End one."""
    own_tokens.revoke(visit.call, visit.number("id"))
    return visit.redirect(PLACE, "The token is revoked.")


def reset(visit: Visit) -> Answer:
    """End one that log-in gave."""
    own_tokens.reset(visit.call, visit.number("id"))
    return visit.redirect(PLACE, "The token is reset; the next log-in gives a new one.")


ACTIONS = (
    shows(PLACE, show, right="viewer"),
    shows(f"{PLACE}/{{id:int}}/end", ask, right="viewer"),
    acts(f"{PLACE}/{{id:int}}/revoke", revoke, right="viewer"),
    acts(f"{PLACE}/{{id:int}}/reset", reset, right="viewer"),
)
