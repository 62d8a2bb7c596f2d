"""The JSON form of contracts, that of `functions.json`: written from trees, and read into them."""

from typing import Any

from coursewire.contracts.function import AnyFunction
from coursewire.contracts.tree import List, Node, Object, Scalar

Schema = dict[str, Any]


def schema_of(function: AnyFunction) -> Schema:
    """Return the whole entry of a function."""
    returns = function.return_tree()
    return {
        "ajax": function.ajax,
        "capabilities": list(function.capabilities),
        "component": function.component,
        "deprecated": function.deprecated,
        "loginrequired": function.loginrequired,
        "name": function.name,
        "parameters": schema_of_node(function.parameter_tree()),
        "readonlysession": function.readonlysession,
        "returns": None if returns is None else schema_of_node(returns),
        "services": list(function.services),
        "type": function.kind,
    }


def schema_of_node(node: Node) -> Schema:
    """Return a node with its attributes by name, and its keys in the order of the contract."""
    schema: Schema = {"allow_null": node.allow_null, "required": node.required}
    if isinstance(node, Object):
        schema |= {"kind": "object", "keys": _keys(node)}
    elif isinstance(node, List):
        schema |= {"kind": "list", "items": schema_of_node(node.items)}
    else:
        schema |= {"kind": "single", "param_type": node.type}
    if node.required == "default":
        schema["default"] = node.written if isinstance(node, Scalar) else node.default
        if isinstance(node, Scalar) and node.default_is_now:
            schema["default_is_now"] = True
    return dict(sorted(schema.items()))


def _keys(node: Object) -> Schema:
    return {name: schema_of_node(child) for name, child in node.keys.items()}


def tree_from_schema(schema: Schema) -> Node:
    """Return the tree of a node in JSON form; its objects have no structs."""
    place: Schema = {
        "required": schema["required"],
        "default": schema.get("default"),
        "allow_null": schema["allow_null"],
    }
    if schema["kind"] == "object":
        keys = {name: tree_from_schema(child) for name, child in schema["keys"].items()}
        return Object(keys=keys, **place)
    if schema["kind"] == "list":
        return List(items=tree_from_schema(schema["items"]), **place)
    return Scalar(
        type=schema["param_type"],
        written=schema.get("default"),
        nullable=schema["allow_null"],
        default_is_now=schema.get("default_is_now", False),
        **place,
    )
