"""Why a call was refused: from an error body or a request id to the check and the smallest fix."""

from collections.abc import Sequence

from msgspec import Struct

from coursewire.console import trial
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import MissingRecord
from coursewire.domain import error_causes, explain, gate, outlook, tokens
from coursewire.domain.error_causes import Cause
from coursewire.domain.explain import Answer as Check
from coursewire.domain.fixes import Fix, Fixer
from coursewire.domain.foresight import Reason
from coursewire.domain.outlook import Sent
from coursewire.store import call_log
from coursewire.store.session import AnyRow
from coursewire.store.tokens import TokenRecord

PLACE = "/console/explain"
_LONGEST = 20_000
_OFFERED = 200
_WERE_SHUT = "Web services or REST were switched off."
# Errors of what was sent, not of what the account may do.
_NO_RIGHT_HELPS = frozenset({"invalidparameter", "invalidrecordunknown"})
_UNKNOWN_REQUEST = (
    "The call log has no request of this id, or no longer. A call stands in it a second after its "
    "answer: if this one was just made, ask again."
)


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody wants explained, as the form has it."""

    text: str = ""
    token: str = ""
    function: str = ""
    address: str = ""
    call: AnyRow | None = None

    @property
    def code(self) -> str:
        """Return the error code in question, or ''."""
        return str(self.call.outcome) if self.call is not None else error_causes.code_of(self.text)


class Finding(Struct, frozen=True, kw_only=True):
    """A possible cause; what its check says now, and the fix, or the page where it is mended."""

    cause: Cause
    check: Check | None = None
    fix: Fix | None = None
    page: str = ""


class Explained(Struct, frozen=True, kw_only=True):
    """The causes in the gate's order, the definite one apart, and what the function needs."""

    code: str
    definite: Finding | None = None
    others: tuple[Finding, ...] = ()
    needs: tuple[tuple[Reason, Fix | None], ...] = ()


def show(visit: Visit) -> Answer:
    """Show the form, and what became of a request where the address names one."""
    query = visit.query
    asked = Asked(
        text=query.text("request") or query.text("error")[:_LONGEST],
        token=query.text("token"),
        function=query.text("function"),
        address=query.text("from"),
    )
    return _page(visit, asked)


def ask(visit: Visit) -> Answer:
    """Explain what was pasted; nothing changes."""
    form = visit.form
    asked = Asked(
        text=form.raw("error")[:_LONGEST],
        token=form.text("token"),
        function=form.text("function"),
        address=form.text("from"),
    )
    if not asked.text.strip():
        visit.errors.add("error", "Paste the body of the answer, or the id of the request.")
    return _page(visit, asked)


def _page(visit: Visit, asked: Asked) -> Answer:
    asked = _with_call(visit, asked)
    token = _token(visit, asked)
    if asked.function and asked.call is None and not visit.catalogue.is_known(asked.function):
        visit.errors.add("function", f"There is no function {asked.function[:80]!r}.")
    if asked.text.strip() and not asked.code and not visit.errors:
        visit.errors.add("error", "No error code and no request id is in this text.")
    explained = _explained(visit, asked, token) if asked.code else None
    return visit.page(
        "explain.html",
        asked=asked,
        token=token,
        explained=explained,
        handles=tokens.list_of(visit.call)[:_OFFERED],
    )


def _token(visit: Visit, asked: Asked) -> TokenRecord | None:
    """Return the token in question, if the person may manage it."""
    if not asked.token:
        return None
    try:
        return tokens.of_handle(visit.call, asked.token)
    except MissingRecord:
        # A call by a token that is gone, or another's, is explained without it.
        if asked.call is None:
            visit.errors.add("token", f"No token has the handle {asked.token[:40]!r}.")
        return None


def _with_call(visit: Visit, asked: Asked) -> Asked:
    request = error_causes.request_of(asked.text)
    if not request:
        return asked
    row = call_log.of_request(visit.session, request)
    if row is None:
        visit.errors.add("error", _UNKNOWN_REQUEST)
        return asked
    return Asked(
        text=asked.text,
        token=row.token_handle,
        function=row.function,
        address=row.address,
        call=row,
    )


def _explained(visit: Visit, asked: Asked, token: TokenRecord | None) -> Explained:
    code = asked.code
    recorded = asked.call.failed_check if asked.call is not None else ""
    causes = error_causes.of_code(code)
    if recorded == gate.DOORS:
        return _divided(code, _doors(visit), is_sure=True)
    if recorded:
        causes = tuple(each for each in causes if each.check == recorded) or (Cause(recorded, ""),)
    elif asked.call is not None:
        causes = error_causes.behind_the_gate(causes, code)
    if token is None:
        found = tuple(Finding(cause=each) for each in causes)
        return _divided(code, found, is_sure=len(found) == 1)
    contracts = trial.contracts(visit)
    looked = outlook.of_call(visit.call, token.handle, contracts, _sent(visit, asked, recorded))
    fixer = Fixer(visit.call, token.handle, asked.address, asked.function)
    checks = {check.name: check for check in looked.checks}
    if asked.call is not None and not recorded:
        causes = tuple(each for each in causes if not _passes(each, checks)) or causes
    found = tuple(_finding(each, checks, fixer) for each in causes)
    explained = _divided(code, found, is_sure=bool(recorded) or len(found) == 1)
    if recorded or (explained.definite and explained.definite.check):
        return explained
    reasons = _told_of(asked, [each for one in looked.functions for each in one.reasons])
    needs = tuple((reason, fixer.for_reason(reason)) for reason in reasons)
    return Explained(code=code, definite=explained.definite, others=explained.others, needs=needs)


def _sent(visit: Visit, asked: Asked, recorded: str) -> Sent:
    """Return how the call came: what refused a call that is recorded tells some of it."""
    return Sent(
        # A call on record that names no function named none; the form may just leave it open.
        function=asked.function if asked.call is not None else asked.function or None,
        known=visit.catalogue.is_known(asked.function),
        address=asked.address or None,
        method="GET" if recorded == gate.BY_METHOD else None,
        in_query=True if recorded == gate.IN_BODY else None,
    )


def _passes(cause: Cause, checks: dict[str, Check]) -> bool:
    return cause.check in checks and checks[cause.check].state == "pass"


def _told_of(asked: Asked, reasons: Sequence[Reason]) -> list[Reason]:
    """Return what may be missing: those capabilities that the refusal names, if it names any.

    What only shortens an answer refuses nothing, and no right mends a wrong parameter.
    """
    if asked.code in _NO_RIGHT_HELPS:
        return []
    told = str(asked.call.reason) if asked.call is not None else asked.text.replace("\\/", "/")
    refusing = [each for each in reasons if each.effect == "refused"]
    named = [each for each in refusing if each.capability and each.capability in told]
    return named or refusing


def _doors(visit: Visit) -> tuple[Finding, ...]:
    """Return the switches that close every endpoint; no token is read before them."""
    doors = explain.doors(visit.call.site)
    shut = [each for each in doors if each.state == "fail"]
    if not shut:
        return (Finding(cause=Cause(gate.DOORS, _WERE_SHUT), check=doors[0]),)
    return tuple(
        Finding(cause=Cause(each.name, ""), check=each, page="/console/web-services")
        for each in shut
    )


def _finding(cause: Cause, checks: dict[str, Check], fixer: Fixer) -> Finding:
    check = checks.get(cause.check)
    if check is None:
        return Finding(cause=cause)
    return Finding(cause=cause, check=check, fix=fixer.for_check(check))


def _divided(code: str, found: tuple[Finding, ...], *, is_sure: bool) -> Explained:
    """Set the cause apart that is certain: the first check in the gate's order that fails now."""
    failing = [each for each in found if each.check is not None and each.check.state == "fail"]
    definite = failing[0] if failing else found[0] if is_sure else None
    return Explained(
        code=code,
        definite=definite,
        others=tuple(each for each in found if each is not definite),
    )


ACTIONS = (
    shows(PLACE, show, right="viewer"),
    acts(PLACE, ask, right="viewer"),
)
