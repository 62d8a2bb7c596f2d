"""Try a function: a form from its parameters or raw JSON, run through the server's own line."""

import json
from typing import Any, cast

from msgspec import Struct

from coursewire.console import call_lines, id_choices, trial, trial_form
from coursewire.console.answers import Answer
from coursewire.console.forms import Form
from coursewire.console.routes import acts, shows
from coursewire.console.trial_form import Unreadable
from coursewire.console.visit import Visit
from coursewire.contracts.function import AnyFunction
from coursewire.domain import login, token_holders, tokens
from coursewire.domain.foresight import Foreseen, Seer
from coursewire.presets.integration import person
from coursewire.store import id_choices as rows
from coursewire.store.id_choices import KINDS
from coursewire.store.tokens import TokenRecord

_MOST_TOKENS = 200
_CHOOSE = (
    "Choose a token that works and that you may manage, of an account that may do no more than you."
)
_MOST_JSON = 100_000
_MOST_TYPED = 100


class Offered(Struct, frozen=True):
    """Tokens to choose from; where these are not all that work, a handle is typed."""

    tokens: list[TokenRecord]
    is_whole: bool


def show(visit: Visit) -> Answer:
    """Show the form."""
    return _page(visit, visit.query)


def _page(visit: Visit, form: Form, **context: Any) -> Answer:  # noqa: ANN401 - passed to the template
    bound = visit.catalogue.get(visit.part("name"))
    if bound is None:
        return visit.not_found("This server has no such function to try.")
    contract = bound.contract
    seen: dict[str, Any] = {"called": None, "foreseen": None, **context}
    return visit.page(
        "functions/try.html",
        contract=contract,
        places=(places := trial_form.places(contract.parameter_tree(), form)),
        choices=id_choices.offered(visit.session, places),
        form=form,
        offered=_offered(visit),
        **seen,
    )


def _offered(visit: Visit) -> Offered:
    """Return tokens to choose from; each account is judged once, and only so many tokens."""
    live = [each for each in tokens.list_of(visit.call) if each.is_live(visit.now)]
    looked_at = live[:_MOST_TOKENS]
    holders = {each.user_id for each in looked_at}
    near = {each for each in holders if token_holders.is_within_reach(visit.call, each)}
    usable = [each for each in looked_at if each.user_id in near]
    return Offered(usable, is_whole=len(looked_at) == len(live))


def _may_use(visit: Visit, token: TokenRecord) -> bool:
    """Tell whether the person may act by a token: never beyond their own reach."""
    return token.is_live(visit.now) and token_holders.is_within_reach(visit.call, token.user_id)


def act(visit: Visit) -> Answer:
    """Change the form, look at a call, or make it."""
    bound = visit.catalogue.get(visit.part("name"))
    if bound is None:
        return visit.not_found("This server has no such function to try.")
    contract, form = bound.contract, visit.form
    shown = trial_form.places(contract.parameter_tree(), form)
    if path := form.text("add"):
        return _page(visit, trial_form.grown(form, path, trial_form.count_of(shown, path)))
    if item := form.text("remove"):
        path, _, index = item.removesuffix("]").rpartition("[")
        count = trial_form.count_of(shown, path)
        number = int(index) if index.isascii() and index.isdigit() and len(index) < 4 else count
        return _page(visit, trial_form.shrunk(form, path, number, count))
    if form.is_on("as_json"):
        written = json.dumps(trial_form.document(shown), indent=1, ensure_ascii=False)
        return _page(
            visit, Form([*form.without("raw", "mode").pairs, ("raw", written), ("mode", "raw")])
        )
    if form.text("who") == "user":
        return _foresee(visit, contract)
    return _run(visit, contract, list(trial_form.pairs(shown)), trial_form.document(shown))


def _foresee(visit: Visit, contract: AnyFunction) -> Answer:
    """Say what would become of a call by somebody; nothing is called."""
    found = person(visit.call, visit.form.text("user"))
    if found is None:
        visit.errors.add("user", "There is no such user.")
        return _page(visit, visit.form)
    foreseen: Foreseen = Seer(login.acting_as(visit.call, found)).one(contract)
    return _page(visit, visit.form, foreseen=foreseen, whose=found.username)


def _run(
    visit: Visit,
    contract: AnyFunction,
    given: list[tuple[str, str]],
    values: dict[str, object],
) -> Answer:
    form = visit.form
    token = next((it for it in tokens.list_of(visit.call) if it.handle == form.text("token")), None)
    if token is None or not _may_use(visit, token):
        visit.errors.add("token", _CHOOSE)
    if contract.kind == "write" and not form.is_on("write"):
        visit.errors.add("write", "This function changes things: say that it may.")
    if form.text("mode") == "raw":
        try:
            values = _document(form.raw("raw"))
            given = list(trial_form.flattened(values))
        except Unreadable as problem:
            visit.errors.add("raw", f"The JSON cannot be used: {problem}.")
    if visit.errors or token is None:
        return _page(visit, form)
    with visit.call.transaction():
        visit.call.audit.record(
            "function.try", f"function {contract.name}", token=token.handle, kind=contract.kind
        )
    called = trial.run(visit, token.handle, contract.name, given)
    lines = call_lines.of(visit.call.site.url, contract.name, given, values)
    return _page(visit, form, called=called, token=token, lines=lines)


def _document(written: str) -> dict[str, object]:
    if len(written) > _MOST_JSON:
        msg = f"it is longer than {_MOST_JSON} characters"
        raise Unreadable(msg)
    try:
        found: object = json.loads(written or "{}")
    except (ValueError, RecursionError) as problem:
        raise Unreadable(str(problem)[:200]) from problem
    if not isinstance(found, dict):
        msg = "it is no object with the names of the parameters"
        raise Unreadable(msg)
    return cast("dict[str, object]", found)


def choose(visit: Visit) -> Answer:
    """Return things of a kind that a typed text may mean, as choices of the field."""
    kind = visit.part("kind")
    if kind not in KINDS:
        return visit.not_found("There is nothing of this kind to choose.")
    typed = next((value for name, value in visit.query.pairs if name.startswith("arg:")), "")
    found = rows.search(visit.session, kind, typed.strip()[:_MOST_TYPED], id_choices.MOST)
    return visit.page("functions/choices.html", choices=found)


_TRY = "/console/functions/{name}/try"
ACTIONS = (
    shows(_TRY, show, right="operator"),
    shows("/console/choices/{kind}", choose, right="operator"),
    acts(_TRY, act, right="operator", recent=True),
)
