"""Makes Function values from the JSON form of contracts, with structs made on the way."""

import functools
import json
from importlib import resources
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, defstruct

from coursewire.contracts.fields import NOT_NULL, NotNull, Rule, Written
from coursewire.contracts.function import AnyFunction, Function

Schema = dict[str, Any]
PYTHON_TYPES = {"int": int, "float": float, "bool": bool, "permission": int}


@functools.cache
def schemas() -> dict[str, Schema]:
    """Return the contracts of all functions in their JSON form."""
    text = resources.files("coursewire.contracts").joinpath("functions.json").read_text("utf-8")
    loaded: dict[str, Schema] = json.loads(text)
    return loaded


@functools.cache
def function_of(name: str) -> AnyFunction:
    """Return one of the functions of Moodle."""
    schema = schemas()[name]
    returns = schema["returns"]
    return make_function(schema["parameters"], returns, name=name)


def make_function(
    parameters: Schema | None = None, returns: Schema | None = None, *, name: str = "test_function"
) -> AnyFunction:
    """Return a function with these trees."""
    return Function(
        name=name,
        params=_struct(parameters or thing({}), name),
        returns=None if returns is None else hint_of(returns, f"{name}_answer"),
        kind="read",
        summary="",
    )


def one(kind: str, **more: Any) -> Schema:
    """Describe a single value."""
    return {"kind": "single", "param_type": kind, "required": "required", "allow_null": True} | more


def thing(keys: dict[str, Schema], **more: Any) -> Schema:
    """Describe a structure."""
    return {"kind": "object", "keys": keys, "required": "required", "allow_null": False} | more


def many(items: Schema, **more: Any) -> Schema:
    """Describe a list."""
    return {"kind": "list", "items": items, "required": "required", "allow_null": False} | more


def hint_of(schema: Schema, path: str) -> Any:
    """Return the type of a node, as a contract would write it."""
    if schema["kind"] == "object":
        kind: Any = _struct(schema, path)
    elif schema["kind"] == "list":
        item: Any = hint_of(schema["items"], f"{path}_item")
        kind = list[item]
    else:
        marks: list[Rule | NotNull] = [Rule(schema["param_type"])]
        if not schema["allow_null"]:
            marks.append(NOT_NULL)
        kind = Annotated[(_python_type(schema), *marks)]
    return kind | None if schema["allow_null"] else kind


def _python_type(schema: Schema) -> Any:
    return PYTHON_TYPES.get(schema["param_type"], str)


def _struct(schema: Schema, path: str) -> type[Struct]:
    fields: list[Any] = []
    rename: dict[str, str] = {}
    for number, (key, child) in enumerate(schema["keys"].items()):
        name = f"key_{number}"
        rename[name] = key
        hint = hint_of(child, f"{path}_{number}")
        fields.append(
            (name, hint) if child["required"] == "required" else _default(name, hint, child)
        )
    return defstruct(path, fields, kw_only=True, frozen=True, rename=rename)


def _default(name: str, hint: Any, child: Schema) -> Any:
    if child["required"] == "optional":
        return (name, hint | UnsetType, UNSET)
    written = child["default"]
    if written is None:
        return (name, hint | None, None)
    if child["kind"] == "single":
        return (name, Annotated[hint, Written(written)], _python_type(child)(written))
    return (name, Annotated[hint | UnsetType, Written(written)], UNSET)
