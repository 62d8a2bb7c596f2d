"""Issue a token: one form, a summary that follows it, and the token shown once with a real call."""

import re
from typing import Any

from msgspec import Struct

from coursewire.console import picked, sent_once, trial
from coursewire.console.answers import Answer
from coursewire.console.forms import Form
from coursewire.console.function_index import Facets, search
from coursewire.console.routes import acts, shows
from coursewire.console.sent_once import SentBefore
from coursewire.console.visit import Visit
from coursewire.contracts import registry
from coursewire.contracts.errors import Refusal
from coursewire.domain import services, token_holders, tokens
from coursewire.domain.new_users import check
from coursewire.presets import integration, issuing, model, service_accounts
from coursewire.presets.apply import Made
from coursewire.presets.integration import COPY, CUSTOM, Known, NewIntegration
from coursewire.presets.issuing import Impossible, Preview
from coursewire.store import lookups
from coursewire.store.tokens import TokenRecord

PATH = "/console/tokens/new"
ENDS = (
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "1 year"),
    ("never", "Never"),
    ("date", "A date"),
)
_SEPARATORS = re.compile(r"[\s,;|'\"\[\]()]+")
_FIRST = "health-check"
_MOST_FOUND = 12
_MOST_COPIES = 200


class Card(Struct, frozen=True, kw_only=True):
    """One answer to "What for?"; `lacks` names what the site would need for it."""

    name: str
    title: str
    summary: str
    lacks: str = ""


class Copies(Struct, frozen=True, kw_only=True):
    """The tokens that can be copied; `for_others` not for their own accounts (AUTHZ-8).

    Where they are more than a list holds, these are the first and a handle is typed.
    """

    is_whole: bool
    whole: tuple[TokenRecord, ...]
    for_others: tuple[TokenRecord, ...]


def form(visit: Visit) -> Answer:
    """Show the form; `?copy=HANDLE` begins with a copy of a token."""
    return _page(visit)


def issue(visit: Visit) -> Answer:
    """Make everything and show the token this once, or show what is wrong."""
    wanted = read(visit)
    try:
        if visit.errors:
            raise Impossible(integration.problems(visit.call, wanted, known(visit)))
        made = sent_once.once(
            visit,
            lambda: issuing.issue(visit.call, wanted, known(visit)),
            lambda made: made.issued.id,
        )
    except Impossible as problem:
        _tell(visit, problem)
        return _page(visit)
    except SentBefore as before:
        return _issued_before(visit, before.made)
    template = "tokens/issued.html" if visit.is_fragment else "tokens/issued_page.html"
    return visit.page(template, **_issued(visit, made, wanted))


def _issued_before(visit: Visit, token_id: int) -> Answer:
    """Say that the form was sent before; htmx shows what it asked for with status 200 only."""
    if visit.is_fragment:
        return visit.page("tokens/issued_before.html", issued=token_id)
    return visit.page("tokens/issued_before_page.html", status=409, issued=token_id)


def summary(visit: Visit) -> Answer:
    """Return the summary panel for what the form holds now; nothing of it is kept."""
    return visit.page("tokens/summary.html", status=200, **_seen(visit))


def people(visit: Visit) -> Answer:
    """Return those whom a typed text may mean, as choices of the field."""
    found = lookups.first_people(visit.session, visit.query.text("user"), 8)
    return visit.page("tokens/people.html", people=found)


def functions(visit: Visit) -> Answer:
    """Return the functions that were picked, and those that a search finds, as ticks."""
    return visit.page("tokens/picked.html", **_offered(visit, visit.query))


def _offered(visit: Visit, given: Form) -> dict[str, Any]:
    words = tuple(given.text("find").lower().split())
    ticked = picked.names("pick", given)
    found = search(visit.catalogue, Facets(words=words, here=True)) if words else []
    more = [each for each in found if each.name not in ticked]
    return {"picked": ticked, "found": more[:_MOST_FOUND], "found_in_all": len(more)}


def known(visit: Visit) -> Known:
    """Return which functions there are, and the contracts of those that are answered."""
    names = dict.fromkeys([*registry.entries(), *visit.catalogue.components])
    return Known(tuple(names), trial.contracts(visit))


def read(visit: Visit) -> NewIntegration:
    """Return what the form asks for."""
    given = visit.form if visit.form.pairs else visit.query
    what = given.text("what") or (COPY if given.text("copy") else _FIRST)
    end = given.text("end") or "90"
    offered, kept = set(given.all("offered")), set(given.all("keep"))
    pasted = filter(None, _SEPARATORS.split(given.raw("functions")))
    is_new = given.text("who") != "existing"
    courses, categories = _places(visit)
    return NewIntegration(
        what=what,
        functions=tuple(dict.fromkeys([*pasted, *given.all("pick")])),
        service_name=given.text("service_name"),
        copy_of=given.text("copy_of") or given.text("copy"),
        without=frozenset(offered - kept),
        new_user=(given.text("new_user") or _proposed(visit, what)) if is_new else "",
        user="" if is_new else given.text("user"),
        confirmed=given.text("confirmed"),
        token_name=given.text("token_name"),
        iprestriction=given.text("iprestriction"),
        validuntil=(given.text("date") or "no date") if end == "date" else end,
        course_ids=courses,
        category_ids=categories,
        turn_on=given.is_on("turn_on"),
    )


def _places(visit: Visit) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the courses and categories that were named; unknown ones become errors."""
    if visit.form.text("scope") != "chosen":
        return (), ()
    courses: list[int] = []
    categories: list[int] = []
    lines = [line.strip() for line in visit.form.raw("places").splitlines() if line.strip()]
    if not lines:
        visit.errors.add("places", "Name a course or a category, or choose the whole site.")
    for line in lines:
        course = lookups.course_id(visit.session, line)
        found = lookups.category_ids(visit.session, line)
        if course is not None:
            courses.append(course)
        elif len(found) == 1:
            categories += found
        elif found:
            # The role must not count in another one than was meant.
            told = f"{len(found)} categories are called {line[:80]!r}: write the ID number of one."
            visit.errors.add("places", told)
        else:
            visit.errors.add("places", f"No course and no category is called {line[:80]!r}.")
    return tuple(courses), tuple(categories)


def _proposed(visit: Visit, what: str) -> str:
    """Return a free user name for a service account."""
    if what == COPY:
        return ""
    base = f"svc-{what}"
    for number in range(1, 100):
        name = base if number == 1 else f"{base}-{number}"
        try:
            check(visit.call, [service_accounts.new(name, "Service")])
        except Refusal:
            continue
        return name
    return base


def _page(visit: Visit) -> Answer:
    given = visit.form if visit.form.pairs else visit.query
    seen: dict[str, Any] = {"preview": None, "wanted": read(visit), "problems": ()}
    context: dict[str, Any] = {
        **seen,
        "given": given,
        **_offered(visit, given),
        "cards": _cards(visit),
        "ends": ENDS,
        "end": given.text("end") or "90",
        "doors_open": visit.call.site.webservices_enabled and visit.call.site.rest_enabled,
        "copies": _copies(visit),
        "address": visit.request.address,
        "once": sent_once.new_key(),
        "CUSTOM": CUSTOM,
        "COPY": COPY,
    }
    template = "tokens/form.html" if visit.is_fragment else "tokens/new.html"
    return visit.page(template, **context)


def _copies(visit: Visit) -> Copies:
    every = tokens.list_of(visit.call)
    found = every[:_MOST_COPIES]
    holders = {token.user_id for token in found}
    within = {each for each in holders if token_holders.is_within_reach(visit.call, each)}
    return Copies(
        is_whole=len(found) == len(every),
        whole=tuple(token for token in found if token.user_id in within),
        for_others=tuple(token for token in found if token.user_id not in within),
    )


def _cards(visit: Visit) -> list[Card]:
    cards = [
        Card(
            name=preset.name,
            title=preset.title,
            summary=preset.summary,
            lacks=_lacks(visit, preset),
        )
        for preset in model.everything()
    ]
    cards.append(Card(name=COPY, title="Copy", summary="The same rights as another token."))
    cards.append(Card(name=CUSTOM, title="Custom", summary="Functions of your choosing."))
    return cards


def _lacks(visit: Visit, preset: model.Preset) -> str:
    missing = [name for name in preset.functions if not visit.catalogue.is_known(name)]
    return f"needs the plugin {preset.plugin}" if missing and preset.plugin else ""


def _seen(visit: Visit) -> dict[str, Any]:
    """Return the preview, or what is wrong with the form as far as it is filled in."""
    wanted = read(visit)
    seen: Preview | None = None
    found: tuple[integration.Problem, ...] = ()
    try:
        seen = issuing.preview(visit.call, wanted, known(visit))
    except Impossible as problem:
        found = problem.problems
    places, visit.errors.fields = dict(visit.errors.fields), {}
    return {"preview": seen, "wanted": wanted, "problems": found, "places": places}


def _tell(visit: Visit, problem: Impossible) -> None:
    for each in problem.problems:
        visit.errors.add(each.field, f"{each.text}; {each.remedy}".rstrip("; .") + ".")


def _issued(visit: Visit, made: Made, wanted: NewIntegration) -> dict[str, Any]:
    looked = trial.look(visit, made.issued.handle)
    return {
        "made": made,
        "wanted": wanted,
        "looked": looked,
        "token": tokens.require(visit.call, made.issued.id),
        "service": services.require(visit.call, made.service_id),
        "called": trial.call(visit, made.issued.token, looked),
        "examples": trial.examples(visit.call.site.url, made.issued.token, looked),
    }


ACTIONS = (
    shows(PATH, form, right="operator"),
    acts(PATH, issue, right="operator", recent=True),
    # Sent by the page itself while somebody types.
    acts(f"{PATH}/summary", summary, right="operator", missed=False),
    shows(f"{PATH}/people", people, right="operator"),
    shows(f"{PATH}/functions", functions, right="operator"),
)
