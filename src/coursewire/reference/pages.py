"""The pages of docs/reference as Markdown: index, types, differences, and a page a family."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from coursewire.contracts.function import AnyFunction
from coursewire.contracts.registry import entries
from coursewire.contracts.tree import Node
from coursewire.reference.differences import EVERYWHERE, Difference, differences_of
from coursewire.reference.families import families, family_name
from coursewire.reference.rows import Row, answer_rows, kind_of, parameter_rows
from coursewire.reference.rules import RULES

_WRITTEN = "<!-- Written from the contracts by `make reference`; what is changed here is lost. -->"


def pages(functions: Iterable[AnyFunction]) -> Mapping[str, str]:
    """Return every page by its file name."""
    found = families(functions)
    written = {f"{name}.md": _family_page(name, members) for name, members in found.items()}
    return {
        "index.md": _index(found),
        "types.md": _types_page(),
        "differences.md": _differences_page(found),
        **written,
    }


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((_WRITTEN, f"# {title}", *(part for part in parts if part))) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _index(found: Mapping[str, Sequence[AnyFunction]]) -> str:
    functions = [function for members in found.values() for function in members]
    there = sum(function.name in entries() for function in functions)
    rows = [
        (_link(function), function.kind, _codes(function.capabilities), function.summary)
        for function in functions
    ]
    return _page(
        "Functions",
        f"Coursewire has {there} of the {len(entries())} functions of Moodle 5.1."
        " `coursewire functions` lists those that it has and those that it has not."
        " What it does otherwise than Moodle is told on the page of each function, and for all of"
        " them in [differences](differences.md). The same functions for tools that read OpenAPI:"
        " [openapi.json](openapi.json).",
        "The capabilities are those that Moodle declares; a call may need others or fewer.",
        _table(("function", "kind", "capabilities", "what it does"), rows),
    )


def _link(function: AnyFunction) -> str:
    return f"[{function.name}]({family_name(function)}.md#{function.name})"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _family_page(name: str, members: Sequence[AnyFunction]) -> str:
    note = "What a type lets through is told in [types](types.md)."
    return _page(name, note, *(part for function in members for part in _function(function)))


def _function(function: AnyFunction) -> Iterator[str]:
    yield f"## {function.name}"
    yield function.summary
    yield "\n".join(_facts(function))
    yield "### Parameters"
    yield _rows("none", parameter_rows(function.parameter_tree()))
    yield "### Answer"
    yield _answer(function.return_tree())
    differences = differences_of(function.name)
    if differences:
        yield "### Differences from Moodle"
        yield "\n".join(_difference(difference) for difference in differences)


def _facts(function: AnyFunction) -> Iterator[str]:
    yield f"- Kind: {function.kind}"
    yield f"- Declared capabilities: {_codes(function.capabilities) or 'none'}"
    if function.access is not None:
        places = "; ".join(place.words for place in function.access.at)
        yield f"- Rights are looked up in: {places or 'no place'}"
        yield f"- Capabilities a call can ask for: {_codes(function.access.asks) or 'none'}"
    yield f"- Built-in services: {_codes(function.services) or 'none'}"
    if not function.loginrequired:
        yield "- May be called without a token at `lib/ajax/service-nologin.php`"
    if function.deprecated:
        yield "- Deprecated: it works, and may go"


def _answer(tree: Node | None) -> str:
    if tree is None:
        return "Nothing: `null`."
    return f"{kind_of(tree).capitalize()}.\n\n{_rows('', answer_rows(tree))}".rstrip()


def _types_page() -> str:
    return _page(
        "Types",
        "A value is accepted only if it is what its type lets through; nothing is repaired. In an"
        " answer a value that does not fit its type is an error of the whole answer.",
        _table(("type", "lets through"), ((name, rule.words) for name, rule in RULES.items())),
    )


def _rows(otherwise: str, rows: Sequence[Row]) -> str:
    if not rows:
        return otherwise.capitalize() + "." if otherwise else ""
    head = ("place", "type", "presence")
    return _table(head, [(f"`{row.path}`", row.kind, row.presence) for row in rows])


def _difference(difference: Difference) -> str:
    number = f" ({difference.number})" if difference.number else ""
    return f"- Moodle: {difference.moodle}\n  Here: {difference.coursewire}{number}"


def _differences_page(found: Mapping[str, Sequence[AnyFunction]]) -> str:
    rows = [(it.number, it.moodle, it.coursewire) for it in EVERYWHERE]
    special = [
        f"- {_link(function)}"
        for members in found.values()
        for function in members
        if differences_of(function.name)
    ]
    return _page(
        "Differences from Moodle",
        "Coursewire answers as Moodle 5.1 does, save where that would be unsafe. What holds for"
        " all functions:",
        _table(("", "Moodle", "Coursewire"), rows),
        "Functions with differences of their own:\n\n" + "\n".join(special) if special else "",
    )
