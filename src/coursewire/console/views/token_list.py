"""The list of tokens, with filters and what needs care."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from msgspec import Struct

from coursewire.console import tables
from coursewire.console.answers import Answer
from coursewire.console.routes import shows
from coursewire.console.visit import Visit
from coursewire.domain import tokens
from coursewire.domain.token_hygiene import ACTIONS as FLAGS
from coursewire.domain.token_hygiene import Flag, Flagged
from coursewire.domain.token_looks import Care
from coursewire.store import services
from coursewire.store.tokens import TokenRecord

PATH = "/console/tokens"
# What of the address the file of the list is narrowed and sorted by.
_KEPT = ("q", "service", "state", "flag", "ended", "sort")


class Row(Struct, frozen=True):
    """A token of the list and its flags."""

    token: TokenRecord
    state: str
    flags: tuple[Flagged, ...]


class Chosen(Struct, frozen=True):
    """The tokens that match, in the order asked for, and how often each flag occurs."""

    rows: list[Row]
    counted: Counter[Flag]


def chosen(visit: Visit) -> Chosen:
    """Return the tokens that match the filters of the address."""
    query = visit.query
    ended = query.is_on("ended")
    service_id = query.number("service") or None
    every = ended or bool(query.text("flag") or query.text("state"))
    found = tokens.list_of(visit.call, service_id=service_id, ended=every)
    rows = _rows(visit, found)
    counted: Counter[Flag] = Counter(flag.flag for row in rows for flag in row.flags)
    if not ended and query.text("flag") != "expired" and not query.text("state"):
        rows = [row for row in rows if row.state not in ("revoked", "ended")]
    return Chosen(
        _sorted([row for row in rows if _matches(visit, row)], query.text("sort")), counted
    )


def listing(visit: Visit) -> Answer:
    """Show them, some at a time."""
    found, query = chosen(visit), visit.query
    pages = tables.pages(query, len(found.rows))
    return visit.page(
        "tokens/list.html",
        rows=found.rows[pages.offset : pages.offset + pages.size],
        pages=pages,
        services=services.everything(visit.session),
        counted=[(flag, found.counted[flag]) for flag in FLAGS if found.counted[flag]],
        kept={name: query.text(name) for name in _KEPT},
        is_filtered=any(query.text(name) for name in ("q", "service", "state", "flag")),
    )


_SORTS: Mapping[str, Callable[[Row], str | int]] = {
    "name": lambda row: row.token.name.lower(),
    "user": lambda row: row.token.username,
    "service": lambda row: row.token.service_name.lower(),
    "end": lambda row: row.token.validuntil or 1 << 60,
    "used": lambda row: row.token.lastaccess,
}


def _rows(visit: Visit, found: Sequence[TokenRecord]) -> list[Row]:
    care = Care(visit.call, found)
    return [Row(token, state(token, visit.now), tuple(care.of(token))) for token in found]


def state(token: TokenRecord, now: int) -> str:
    """Return the state of a token in a word."""
    if token.revoked:
        return "revoked"
    if not token.is_live(now):
        return "ended"
    return "disabled" if token.disabled else "live"


def _matches(visit: Visit, row: Row) -> bool:
    query = visit.query
    wanted = query.text("q").lower()
    told = (row.token.name, row.token.username, row.token.handle, row.token.service_name)
    if wanted and not any(wanted in text.lower() for text in told):
        return False
    if query.text("state") and row.state != query.text("state"):
        return False
    flag = query.text("flag")
    return not flag or any(each.flag == flag for each in row.flags)


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    key = _SORTS.get(sort.removeprefix("-"))
    if key is None:
        return sorted(rows, key=lambda row: -row.token.id)
    # Numbers or texts, never both: one key sorts the whole list.
    return sorted(rows, key=cast("Callable[[Row], str]", key), reverse=sort.startswith("-"))


ACTIONS = (shows(PATH, listing, right="viewer"),)
