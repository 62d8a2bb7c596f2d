"""The contracts that stand in `coursewire.contracts`, found by walking its modules."""

import importlib
import pkgutil

import coursewire.contracts
from coursewire.contracts.function import AnyFunction, Function


def contracts_by_module() -> dict[str, dict[str, AnyFunction]]:
    """Return the Function values by their Python name, by module."""
    found: dict[str, dict[str, AnyFunction]] = {}
    for module in pkgutil.walk_packages(coursewire.contracts.__path__, "coursewire.contracts."):
        members = vars(importlib.import_module(module.name))
        functions = {name: it for name, it in members.items() if isinstance(it, Function)}
        if functions:
            found[module.name.removeprefix("coursewire.contracts.")] = functions
    return found


def all_contracts() -> dict[str, AnyFunction]:
    """Return the contracts by the name of the function."""
    return {
        function.name: function
        for functions in contracts_by_module().values()
        for function in functions.values()
    }
