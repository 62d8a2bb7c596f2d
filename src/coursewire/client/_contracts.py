"""Contracts as the client uses them, compiled when a function is first called."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from typing import Any

from msgspec import Struct

from coursewire.client import _reading
from coursewire.client._exchange import Request
from coursewire.client._parameters import Field, compile_fields
from coursewire.client._traits import ALL_OR_NOTHING, REPEATABLE
from coursewire.contracts import registry
from coursewire.contracts.function import AnyFunction
from coursewire.contracts.tree import List, Node, Object


class Plan(Struct, frozen=True, kw_only=True):
    """How a function's parameters are written and its answer is read, and how it behaves.

    `rows_key` is its one parameter that is a list of rows, or empty.
    """

    name: str
    fields: Callable[[Any], list[Field]]
    decode: Callable[[Request, bytes], Any]
    is_repeatable: bool
    is_all_or_nothing: bool
    rows_key: str


_plans: dict[str, tuple[AnyFunction, Plan]] = {}


def plan_of(function: AnyFunction) -> Plan:
    """Return the plan of a contract; two contracts of one name do not share theirs."""
    known = _plans.get(function.name)
    if known is not None and known[0] is function:
        return known[1]
    returns = type(None) if function.returns is None else function.returns

    def decode(request: Request, document: bytes) -> object:
        return _reading.decoded(request, document, returns, function.return_tree)

    plan = _plan(function.name, function.kind, function.parameter_tree(), decode)
    _plans[function.name] = (function, plan)
    return plan


@cache
def plan_of_name(name: str) -> Plan:
    """Return the plan of a published function; raises LookupError for any other name."""
    entry = registry.entries().get(name)
    if entry is None:
        raise LookupError(unknown(name))
    return _plan(name, entry.type, entry.parameter_tree(), _reading.any_json)


def unknown(name: str) -> str:
    """Say that there is no such function, and which may be meant."""
    near = get_close_matches(name, registry.entries(), n=3)
    meant = f", did you mean {' or '.join(near)}?" if near else ";"
    return f"Moodle has no function {name}{meant} a plugin's function is for call_unchecked"


def _plan(name: str, kind: str, tree: Node, decode: Callable[[Request, bytes], Any]) -> Plan:
    if not isinstance(tree, Object):
        msg = f"the parameters of {name} are no object"
        raise TypeError(msg)
    return Plan(
        name=name,
        fields=compile_fields(tree),
        decode=decode,
        is_repeatable=kind == "read" or name in REPEATABLE,
        is_all_or_nothing=name in ALL_OR_NOTHING,
        rows_key=_rows_key(tree),
    )


def _rows_key(tree: Object) -> str:
    lists = [key for key, node in tree.keys.items() if isinstance(node, List)]
    needed = [key for key, node in tree.keys.items() if node.required == "required"]
    return lists[0] if len(lists) == 1 and needed in ([], lists) else ""
