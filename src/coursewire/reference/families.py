"""Functions by family: those of one component, or of one part of the core, share a page."""

from collections.abc import Iterable, Mapping

from coursewire.contracts.function import AnyFunction

CORE = "moodle"


def family_name(function: AnyFunction) -> str:
    """Return the first part of a function's name: `core_group`, `enrol_manual`."""
    if function.component != CORE:
        return function.component
    return "_".join(function.name.split("_")[:2])


def families(functions: Iterable[AnyFunction]) -> Mapping[str, list[AnyFunction]]:
    """Return the functions by family, both in the order of names."""
    found: dict[str, list[AnyFunction]] = {}
    for function in sorted(functions, key=lambda it: it.name):
        found.setdefault(family_name(function), []).append(function)
    return dict(sorted(found.items()))
