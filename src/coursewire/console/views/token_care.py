"""Which tokens need care, why, and the one thing to do about it."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from coursewire.console import sent_once, tables, trial
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.views.token_page import why_unrotated
from coursewire.console.visit import Visit
from coursewire.domain import token_hygiene, tokens
from coursewire.domain.ends import DAY
from coursewire.domain.token_hygiene import ACTIONS as FLAGS
from coursewire.domain.token_hygiene import Flag, Flagged
from coursewire.domain.token_looks import Care
from coursewire.store.tokens import TokenRecord

PLACE = "/console/tokens/care"
# A look at rights and calls takes its time, so it is for so many tokens at once.
CLOSER = 5
SHORTENED = 90


class Deed(Struct, frozen=True, kw_only=True):
    """What is done about a flag: a form sent to a part of the token's path, or a page there."""

    words: str
    path: str
    is_form: bool = False


_ROTATE = Deed(words="Rotate", path="/rotate", is_form=True)
# Where the person gets no successor; the page of the token says why.
_LOOK = Deed(words="Look at the token", path="")
_DISABLE = Deed(words="Disable", path="/disable", is_form=True)
_ACCOUNT = Deed(words="Look at the account", path="")
DEEDS: Mapping[Flag, Deed] = {
    "urgent": _ROTATE,
    "expiring": _ROTATE,
    "expired": Deed(words="Clean up", path="/revoke", is_form=True),
    "never used": _DISABLE,
    "unused": _DISABLE,
    "no limits": Deed(words=f"End in {SHORTENED} days", path="/shorten", is_form=True),
    "over-privileged": Deed(words="Trim the role", path=""),
    "administrator": _ACCOUNT,
    "person": _ACCOUNT,
    "broken": Deed(words="Look at the checklist", path=""),
    "duplicate": Deed(words="Revoke this one", path="/revoke"),
}


class Row(Struct, frozen=True, kw_only=True):
    """One flag of one token, and what to do."""

    token: TokenRecord
    flagged: Flagged
    deed: Deed
    # What a form that is to count once carries.
    once: str = ""


def listing(visit: Visit) -> Answer:
    """List the flags of all tokens; those of rights and calls are from the last hourly look."""
    found = tokens.list_of(visit.call, ended=True)
    care = Care(visit.call, found)
    flagged = [(token, each) for token in found for each in care.of(token)]
    counted = Counter(each.flag for _, each in flagged)
    wanted = visit.query.text("flag")
    chosen = [(token, each) for token, each in flagged if not wanted or each.flag == wanted]
    pages = tables.pages(visit.query, len(chosen))
    shown = chosen[pages.offset : pages.offset + pages.size]
    return visit.page(
        "tokens/care.html",
        rows=[_row(visit, token, each) for token, each in shown],
        pages=pages,
        counted=[(flag, counted[flag]) for flag in FLAGS if counted[flag]],
        is_closer=False,
        looked=care.looked,
        total=len(found),
    )


def closer(visit: Visit) -> Answer:
    """List the flags too that take a look at rights and calls, some tokens at a time."""
    found = [token for token in tokens.list_of(visit.call) if not token.disabled]
    pages = tables.pages(visit.query, len(found), CLOSER)
    looked = token_hygiene.everything(
        visit.call,
        found[pages.offset : pages.offset + pages.size],
        trial.contracts(visit),
    )
    rows = [_row(visit, token, each) for token, flags in looked for each in flags]
    return visit.page(
        "tokens/care.html",
        rows=rows,
        pages=pages,
        counted=[],
        is_closer=True,
        looked=visit.now,
        total=len(found),
    )


def _row(visit: Visit, token: TokenRecord, flagged: Flagged) -> Row:
    deed = DEEDS[flagged.flag]
    if deed is _ROTATE and why_unrotated(visit, token):
        deed = _LOOK
    once = sent_once.new_key() if deed is _ROTATE else ""
    return Row(token=token, flagged=flagged, deed=deed, once=once)


def shorten(visit: Visit) -> Answer:
    """Give a token without limits an end."""
    token = tokens.require(visit.call, visit.number("id"))
    tokens.edit(visit.call, token.id, tokens.Changes(validuntil=visit.now + SHORTENED * DAY))
    return visit.redirect(PLACE, f"{token.name} ends in {SHORTENED} days.")


ACTIONS = (
    shows(PLACE, listing, right="viewer"),
    shows(f"{PLACE}/closer", closer, right="viewer"),
    # The end of a token (WEB-2).
    acts("/console/tokens/{id:int}/shorten", shorten, right="operator", recent=True),
)
