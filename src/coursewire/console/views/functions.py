"""The functions browser: a list that is searched and narrowed, and a page for each function."""

import json
from typing import Any

from msgspec import Struct

from coursewire.console import function_index, tables
from coursewire.console.answers import Answer
from coursewire.console.function_index import Facets
from coursewire.console.routes import shows
from coursewire.console.trial import ENDPOINT
from coursewire.console.visit import Visit
from coursewire.contracts import error_codes
from coursewire.contracts.function import AnyFunction
from coursewire.contracts.known_needs import NEEDS, declared
from coursewire.contracts.registry import Entry, entries
from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.reference.differences import differences_of
from coursewire.reference.rows import answer_rows, kind_of, parameter_rows
from coursewire.store import function_calls, service_overview
from coursewire.store import services as rows

PATH = "/console/functions"
_WEEK_MS = 7 * 86_400_000
_MOST_PLACES = 120


class Example(Struct, frozen=True):
    """One way to call: its name, and lines to take along."""

    title: str
    text: str


def listing(visit: Visit) -> Answer:
    """Show the functions that the address asks for."""
    query = visit.query
    service_id = query.number("service")
    names = frozenset(rows.functions(visit.session, service_id)) if service_id else None
    facets = Facets(
        words=tuple(query.text("q").lower().split()),
        kind=query.text("kind"),
        component=query.text("component"),
        here=query.is_on("here"),
        deprecated=query.text("deprecated"),
        open=query.is_on("open"),
        names=names,
    )
    found = function_index.search(visit.catalogue, facets)
    pages = tables.pages(query, len(found))
    everything = function_index.index(visit.catalogue)
    return visit.page(
        "functions/list.html",
        functions=found[pages.offset : pages.offset + pages.size],
        pages=pages,
        services=rows.everything(visit.session),
        components=sorted({each.component for each in everything}),
        is_filtered=any(query.text(name) for name in query if name != "page"),
    )


def show(visit: Visit) -> Answer:
    """Show a function: what it does, takes, answers and asks for, and who called it."""
    name = visit.part("name")
    bound, entry = visit.catalogue.get(name), entries().get(name)
    source = entry if bound is None else bound.contract
    if source is None:
        return visit.not_found(f"There is no function {name[:100]!r}.")
    since = visit.call.clock.now() * 1000 - _WEEK_MS
    answer = source.return_tree()
    return visit.page(
        "functions/function.html",
        name=name,
        contract=None if bound is None else bound.contract,
        kind=source.type if isinstance(source, Entry) else source.kind,
        source=source,
        parameters=parameter_rows(source.parameter_tree()),
        answer="nothing: null" if answer is None else kind_of(answer),
        returns=[] if answer is None else answer_rows(answer),
        most=_MOST_PLACES,
        error_codes=error_codes.of(name),
        always=error_codes.ALWAYS,
        needs=_needs(None if bound is None else bound.contract),
        differences=differences_of(name),
        examples=[] if bound is None else examples(visit.call.site.url, bound.contract),
        services=service_overview.holding(visit.session, name),
        counts=function_calls.count(visit.session, name, since),
        errors_of_calls=function_calls.last_errors(visit.session, name, 5),
    )


def _needs(contract: AnyFunction | None) -> list[Any]:
    """Return what a call asks of its caller, with reasons."""
    if contract is None:
        return []
    found = NEEDS.get(contract.name)
    return list(declared(contract.capabilities) if found is None else found)


def examples(url: str, contract: AnyFunction) -> list[Example]:
    """Return a call of the function as curl, Python and form; only what must be sent."""
    tree = contract.parameter_tree()
    pairs = _pairs(tree, "")
    given = "".join(f" \\\n  --data-urlencode '{name}={value}'" for name, value in pairs)
    curl = (
        f"curl {url}{ENDPOINT} \\\n  -d wstoken=TOKEN -d wsfunction={contract.name}"
        f" -d moodlewsrestformat=json{given}"
    )
    values: dict[str, Any] = _values(tree)
    arguments = ", ".join(f"{name}={value!r}" for name, value in values.items())
    python = (
        f'from coursewire import Moodle\n\nwith Moodle("{url}", "TOKEN") as moodle:\n'
        f"    print(moodle.{contract.name}({arguments}))\n"
    )
    fixed = [
        ("wstoken", "TOKEN"), ("wsfunction", contract.name), ("moodlewsrestformat", "json")
    ]  # fmt: skip
    form = "\n".join(f"{name}={value}" for name, value in [*fixed, *pairs])
    document = json.dumps(values, indent=1)
    return [
        Example("curl", curl),
        Example("Python client", python),
        Example("Form", form),
        Example("Parameters as JSON", document),
    ]


_SAMPLES = {"int": 1, "float": 1.0, "bool": True}


def _values(node: Node) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return the smallest value that a place takes."""
    if isinstance(node, Object):
        due = {name: each for name, each in node.keys.items() if each.required == "required"}
        return {name: _values(each) for name, each in due.items()}
    if isinstance(node, List):
        return [_values(node.items)]
    return _SAMPLES.get(node.type, "text")


def _pairs(node: Node, path: str) -> list[tuple[str, str]]:
    if isinstance(node, Scalar):
        value = _SAMPLES.get(node.type, "text")
        return [(path, str(int(value)) if isinstance(value, bool) else str(value))]
    if isinstance(node, List):
        return _pairs(node.items, f"{path}[0]")
    due = [(name, each) for name, each in node.keys.items() if each.required == "required"]
    return [
        pair for name, each in due for pair in _pairs(each, f"{path}[{name}]" if path else name)
    ]


ACTIONS = (
    shows(PATH, listing, right="viewer"),
    shows(f"{PATH}/{{name}}", show, right="viewer"),
)
