"""What `coursewire functions` and `coursewire contracts` print."""

import json
from collections.abc import Iterable

from msgspec import Struct

from coursewire.contracts.function import AnyFunction, Kind
from coursewire.contracts.registry import entries
from coursewire.contracts.schema import Schema, schema_of
from coursewire.reference.differences import Difference, differences_of


class FunctionRow(Struct, frozen=True):
    """A function of Moodle or of a plugin, and whether this server has it.

    `differences` are what it does otherwise than Moodle, beyond what holds everywhere.
    """

    name: str
    component: str
    kind: Kind
    implemented: bool
    capabilities: tuple[str, ...]
    summary: str
    differences: tuple[Difference, ...] = ()


def function_rows(implemented: Iterable[AnyFunction]) -> list[FunctionRow]:
    """Return every published function and every one of plugins, in the order of names."""
    there = {function.name: function for function in implemented}
    rows = [
        FunctionRow(entry.name, entry.component, entry.type, False, entry.capabilities, "")
        for entry in entries().values()
        if entry.name not in there
    ]
    rows += [
        FunctionRow(
            it.name,
            it.component,
            it.kind,
            True,
            it.capabilities,
            it.summary,
            differences_of(it.name),
        )
        for it in there.values()
    ]
    return sorted(rows, key=lambda row: row.name)


def contract_entries(functions: Iterable[AnyFunction]) -> dict[str, Schema]:
    """Return the contracts in the form of `functions.json`."""
    return {it.name: schema_of(it) for it in sorted(functions, key=lambda it: it.name)}


def contracts_text(functions: Iterable[AnyFunction]) -> str:
    """Return the same as text: one function a line, as in `functions.json`."""
    lines = [
        f"{json.dumps(name)}:{json.dumps(schema, ensure_ascii=False, separators=(',', ':'))}"
        for name, schema in contract_entries(functions).items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"
