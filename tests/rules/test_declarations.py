"""AUTHZ-1: every function declares what it asks for, asks for nothing else, and writes ask."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from coursewire.contracts import capabilities
from coursewire.contracts.function import AnyFunction
from coursewire.contracts.tree import List, Node, Object
from coursewire.domain.gate import REST_CAPABILITY
from coursewire.functions.catalogue import BUILT_IN, Catalogue, UndeclaredFunction
from tests.rules import matrix
from tests.rules.line import Line
from tests.rules.samples import SAMPLES

CONTRACTS: dict[str, AnyFunction] = {
    bound.contract.name: bound.contract for bound in BUILT_IN if bound.contract.name in SAMPLES
}
WRITES = sorted(name for name, function in CONTRACTS.items() if function.kind == "write")
# The calls inside this one ask, each as its own function declares.
ASKING = [name for name in SAMPLES if name != "tool_mobile_call_external_functions"]
# The view capability of whatever kind of activity a call meets.
ANY_VIEW = "mod/*:view"
_VIEW = re.compile(r"mod/\w+:view")


def leads_somewhere(tree: Node, path: str) -> bool:
    """Tell whether a path of a declaration names a parameter."""
    node: Node = tree
    for step in path.split("."):
        if not isinstance(node, Object) or step.removesuffix("[]") not in node.keys:
            return False
        node = node.keys[step.removesuffix("[]")]
        if step.endswith("[]"):
            if not isinstance(node, List):
                return False
            node = node.items
    return True


def undeclared(function: AnyFunction, asked: frozenset[str]) -> list[str]:
    """What was asked and is not declared; REST itself is the gate's question."""
    assert function.access is not None
    declared = {REST_CAPABILITY, *function.access.asks}
    shapes = {name: ANY_VIEW for name in asked if _VIEW.fullmatch(name)}
    return sorted(name for name in asked if not {name, shapes.get(name)} & declared)


def test_authz_1_a_function_without_declaration_does_not_start() -> None:
    first = BUILT_IN[0]
    silent = replace(first, contract=replace(first.contract, access=None))
    with pytest.raises(UndeclaredFunction, match=f"{first.contract.name} of some-plugin"):
        Catalogue([("some-plugin", silent)])


@pytest.mark.parametrize("bound", BUILT_IN, ids=lambda bound: bound.contract.name)
def test_authz_1_declarations_name_parameters_and_known_capabilities(bound: Any) -> None:
    function: AnyFunction = bound.contract
    assert function.access is not None
    tree = function.parameter_tree()
    for place in function.access.at:
        assert (place.kind in {"site", "own"}) == (not place.parameter)
        assert not place.parameter or leads_somewhere(tree, place.parameter), place
        assert place.parameter in place.words
    unknown = set(function.access.asks) - capabilities.known().keys() - {ANY_VIEW}
    assert not unknown
    assert len(set(function.access.asks)) == len(function.access.asks)
    assert not function.access.unasked or function.kind == "write"


@pytest.mark.parametrize("function", ASKING)
def test_authz_1_a_function_asks_for_nothing_undeclared(line: Line, function: str) -> None:
    contract = CONTRACTS[function]
    for cell, done in matrix.outcomes(line, function):
        if cell.role != "administrator":
            assert not undeclared(contract, done.asked), (cell.target, cell.role)


@pytest.mark.parametrize("function", WRITES)
def test_authz_1_no_write_ends_well_without_asking(line: Line, function: str) -> None:
    """Whatever was written, by anybody but an administrator, was asked about before."""
    contract = CONTRACTS[function]
    assert contract.access is not None
    wrote = 0
    for cell, done in matrix.outcomes(line, function):
        if cell.role != "administrator" and done.written:
            wrote += 1
            asked = done.asked & {*contract.access.asks}
            assert asked or contract.access.unasked, (cell.target, cell.role, done.line)
    assert wrote or contract.access.unasked, "the sample of this function never writes"
