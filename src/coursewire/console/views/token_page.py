"""The page of a token: whether it works and why, what its functions answer, and its limits."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from coursewire.console import paths, refused, sent_once, tables, trial
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.sent_once import SentBefore
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import ends, fixing, gate, token_holders, token_hygiene, tokens
from coursewire.domain.explain import Answer as Check
from coursewire.domain.fixes import Fix, Fixer
from coursewire.domain.foresight import ANYTHING, Circumstances, Foreseen, Reason
from coursewire.presets import issuing
from coursewire.presets.integration import person
from coursewire.store import audit, lookups
from coursewire.store import roles as role_rows
from coursewire.store.tokens import TokenRecord

OVERLAPS = (
    ("0", "now"),
    ("3600", "after 1 hour"),
    ("86400", "after 24 hours"),
    ("604800", "after 7 days"),
)
_CALLS = 20
_UNDO = "undo."
# Paths of the console hold no coded slash, not even in the query.
_SLASH = "~"


class Line(Struct, frozen=True):
    """A check and its fix."""

    check: Check
    fix: Fix | None


class Cause(Struct, frozen=True):
    """A reason and its fix."""

    reason: Reason
    fix: Fix | None


class Row(Struct, frozen=True):
    """A function, what would become of its calls, and what could be done."""

    foreseen: Foreseen
    causes: tuple[Cause, ...]


def show(visit: Visit) -> Answer:
    """Show the token."""
    token = tokens.require(visit.call, visit.number("id"))
    return _page(visit, token)


def _page(visit: Visit, token: TokenRecord) -> Answer:
    picked = _picked(visit)
    calls = audit.recorded_calls(visit.session, handle=token.handle, limit=_CALLS)
    address = visit.query.text("from") or _refused_address(calls)
    looked = trial.look(visit, token.handle, picked, visit.query.text("from"))
    fixer = Fixer(visit.call, token.handle, address)
    pages = tables.pages(visit.query, len(looked.functions))
    # A form of the page that was refused shows it at a path of its own.
    visit.shown_at = _path(token.id)
    return visit.page(
        "tokens/token.html",
        token=token,
        sentence=issuing.sentence(token, looked),
        looked=looked,
        lines=[Line(check, fixer.for_check(check)) for check in looked.checks],
        rows=_rows(looked.functions, pages, fixer, picked),
        pages=pages,
        calls=calls,
        roles=role_rows.everything(visit.session),
        unneeded=token_hygiene.unneeded(visit.call, token, trial.contracts(visit)),
        overlaps=OVERLAPS,
        once=sent_once.new_key(),
        undo=_undo(visit),
        is_live=token.is_live(visit.now),
        why_unrotated=why_unrotated(visit, token),
        is_picked=picked != ANYTHING,
    )


def why_unrotated(visit: Visit, token: TokenRecord) -> str:
    """Return why the person gets no successor of the token, or ''."""
    if token.origin == "login":
        return "It was given at log-in: revoke it, and the next log-in gives a new one."
    if not token_holders.is_within_reach(visit.call, token.user_id):
        return (
            "Its account may do what you may not: a successor is for somebody who may do as much."
        )
    return ""


def _rows(
    functions: tuple[Foreseen, ...], pages: tables.Pages, fixer: Fixer, picked: Circumstances
) -> list[Row]:
    """Return a page of the functions, those first that are refused."""
    order = {"refused": 0, "limited": 1, "depends": 2, "allowed": 3}
    return [
        Row(
            each,
            tuple(
                Cause(reason, fixer.for_reason(reason, picked.role_id)) for reason in each.reasons
            ),
        )
        for each in pages.of(sorted(functions, key=lambda one: order[one.state]))
    ]


def _picked(visit: Visit) -> Circumstances:
    """Return what the reader picked; names that nothing has become errors."""
    query = visit.query
    course, user = query.text("course"), query.text("user")
    course_id = lookups.course_id(visit.session, course) if course else None
    if course and course_id is None:
        visit.errors.add("course", f"No course has the short name {course[:80]!r}.")
    found = person(visit.call, user) if user else None
    if user and found is None:
        visit.errors.add("user", f"There is no user {user[:80]!r}.")
    return Circumstances(
        course_id=course_id,
        activity_id=query.number("activity") or None,
        user_id=None if found is None else found.id,
        role_id=query.number("role") or None,
    )


def _refused_address(calls: Sequence[Any]) -> str:
    """Return the address from which the last call was refused for it."""
    for row in calls:
        if row.failed_check in (gate.ADDRESS, "authorised address"):
            return str(row.address)
    return ""


def _undo(visit: Visit) -> Fix | None:
    """Return the change that takes the last one back, as the notice's address carries it."""
    kind = visit.query.text("undo")
    if not kind:
        return None
    values = {
        name.removeprefix(_UNDO): visit.query.raw(name).replace(_SLASH, "/")
        for name in visit.query
        if name.startswith(_UNDO)
    }
    return Fix(kind=kind, values=values, label="Undo", reach="")


def mend(visit: Visit) -> Answer:
    """Make a fix, and offer to take it back."""
    token = tokens.require(visit.call, visit.number("id"))
    values = {
        name.removeprefix("value."): visit.form.raw(name)
        for name in visit.form
        if name.startswith("value.")
    }
    applied = fixing.apply(visit.call, visit.form.text("kind"), values)
    carried: dict[str, object] = {}
    if applied.undo is not None and not visit.form.is_on("undoing"):
        carried["undo"] = applied.undo.kind
        carried |= {
            f"{_UNDO}{name}": value.replace("/", _SLASH)
            for name, value in applied.undo.values.items()
        }
    kept = {name: visit.form.text(name) for name in ("course", "user", "role", "from", "page")}
    return visit.redirect(paths.with_query(_path(token.id), **kept, **carried), applied.text)


def edit(visit: Visit) -> Answer:
    """Change name, end, addresses and note; all fields are checked in one pass."""
    token = tokens.require(visit.call, visit.number("id"))
    end = token.validuntil
    try:
        if visit.form.text("date") == "never":
            end = 0
        elif visit.form.text("date"):
            end = ends.end(visit.form.text("date"), visit.now) or 0
    except Refusal as refusal:
        visit.errors.add("date", refused.told(refusal))
    changes = tokens.Changes(
        name=visit.form.text("name"),
        iprestriction=visit.form.text("iprestriction"),
        validuntil=end,
        note=visit.form.text("note"),
    )
    for field, fault in tokens.faults(changes).items():
        visit.errors.add(field, refused.told(fault))
    if visit.errors:
        return _page(visit, token)
    tokens.edit(visit.call, token.id, changes)
    return visit.redirect(_path(token.id), "The token is changed.")


def rotate(visit: Visit) -> Answer:
    """Make the successor and show it once; the old one ends after the overlap."""
    old = tokens.require(visit.call, visit.number("id"))
    seconds = visit.form.number("overlap", 86_400)
    if str(seconds) not in dict(OVERLAPS):
        seconds = 86_400
    try:
        issued = sent_once.once(
            visit, lambda: tokens.rotate(visit.call, old.id, seconds), lambda issued: issued.id
        )
    except SentBefore as before:
        return visit.page("tokens/issued_before_page.html", status=409, issued=before.made)
    looked = trial.look(visit, issued.handle)
    return visit.page(
        "tokens/rotated.html",
        old=tokens.require(visit.call, old.id),
        issued=issued,
        ends=dict(OVERLAPS)[str(seconds)],
        called=trial.call(visit, issued.token, looked),
        examples=trial.examples(visit.call.site.url, issued.token, looked),
    )


def disable(visit: Visit) -> Answer:
    """Stop the token; that can be taken back."""
    token = tokens.disable(visit.call, visit.number("id"))
    undo: dict[str, object] = {"undo": "disabled", "undo.token": token.id, "undo.on": 0}
    return visit.redirect(paths.with_query(_path(token.id), **undo), "The token is disabled.")


def enable(visit: Visit) -> Answer:
    """Let the token work again."""
    token = tokens.disable(visit.call, visit.number("id"), disabled=False)
    return visit.redirect(_path(token.id), "The token is enabled.")


def ask_to_revoke(visit: Visit) -> Answer:
    """Ask before the token ends."""
    token = tokens.require(visit.call, visit.number("id"))
    return visit.page("tokens/revoke.html", token=token)


def revoke(visit: Visit) -> Answer:
    """End the token for good."""
    token = tokens.require(visit.call, visit.number("id"))
    tokens.revoke(visit.call, token.id)
    return visit.redirect(_path(token.id), "The token is revoked.")


def report_leaked(visit: Visit) -> Answer:
    """Stop the token at once and lead to its rotation and its calls."""
    token = tokens.require(visit.call, visit.number("id"))
    with visit.call.transaction():
        if token.origin == "login":
            tokens.revoke(visit.call, token.id, "reported leaked")
        else:
            tokens.disable(visit.call, token.id)
        visit.call.audit.record("token.leaked", f"token {token.handle}")
    return visit.redirect(
        _path(token.id), "The token is stopped. Its calls are listed below.", kind="warning"
    )


def _path(token_id: int) -> str:
    return f"/console/tokens/{token_id}"


_TOKEN = "/console/tokens/{id:int}"  # noqa: S105 - a path
ACTIONS = (
    shows(_TOKEN, show, right="viewer"),
    # Fixes change address lists and ends as well (WEB-2).
    acts(f"{_TOKEN}/fix", mend, right="operator", recent=True),
    acts(f"{_TOKEN}/edit", edit, right="operator", recent=True),
    acts(f"{_TOKEN}/rotate", rotate, right="operator", recent=True),
    acts(f"{_TOKEN}/disable", disable, right="operator"),
    acts(f"{_TOKEN}/enable", enable, right="operator"),
    acts(f"{_TOKEN}/leaked", report_leaked, right="operator"),
    shows(f"{_TOKEN}/revoke", ask_to_revoke, right="operator"),
    acts(f"{_TOKEN}/revoke", revoke, right="operator", recent=True),
)
