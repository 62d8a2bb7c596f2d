"""The table of all cells: what each function answers to each role about each target."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from tests.rules.line import Done, Line
from tests.rules.samples import SAMPLES
from tests.rules.world import ROLES, TARGETS, World

STORED = Path(__file__).with_name("matrix.json")
# target → role → outcome
Rows: TypeAlias = dict[str, dict[str, str]]


class Cell(NamedTuple):
    """One function, called by one role about one target."""

    target: str
    role: str
    parameters: dict[str, Any]


def cells(world: World, function: str) -> Iterator[Cell]:
    """The cells of a function; a target that makes no difference to its call is no target."""
    seen: list[dict[str, Any]] = []
    for target in TARGETS:
        parameters = SAMPLES[function](world.aims[target])
        if parameters not in seen:
            seen.append(parameters)
            for role in ROLES:
                yield Cell(target, role, parameters)


def outcomes(line: Line, function: str) -> list[tuple[Cell, Done]]:
    """Run all cells of a function, once for all tests that look at them."""
    if function not in line.kept:
        line.kept[function] = [
            (cell, line.run(cell.role, function, cell.parameters))
            for cell in cells(line.world, function)
        ]
    return line.kept[function]


def rows(done: list[tuple[Cell, Done]]) -> Rows:
    """The outcomes as the file keeps them."""
    found: Rows = {}
    for cell, outcome in done:
        found.setdefault(cell.target, {})[cell.role] = outcome.line
    return found


def stored() -> dict[str, Rows]:
    """The table as it was agreed."""
    found: dict[str, Rows] = json.loads(STORED.read_text())
    return found


def store(table: dict[str, Rows]) -> None:
    """Write the table, a role a line."""
    STORED.write_text(json.dumps(table, indent=1) + "\n")
