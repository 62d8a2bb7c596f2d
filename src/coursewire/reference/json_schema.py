"""Trees as JSON Schema: an answer as it is sent, parameters as the flat fields of a form."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.reference.rules import rule_text

JsonSchema = dict[str, Any]

_ANSWER_TYPES: Mapping[str, str] = {"int": "integer", "float": "number", "bool": "boolean"}


class AnswerSchemas:
    """Turns answers into schemas; objects that have a struct are written once and referred to."""

    def __init__(self, prefix: str) -> None:
        """Take the pointer under which the objects will stand."""
        self._prefix = prefix
        self.objects: dict[str, JsonSchema] = {}

    def of(self, node: Node) -> JsonSchema:
        """Return the schema of a place in an answer."""
        if isinstance(node, List):
            return {"type": "array", "items": self.of(node.items)}
        if isinstance(node, Scalar):
            return _answer_scalar(node)
        return self._object(node) if node.struct is None else self._referred(node, node.struct)

    def _referred(self, node: Object, struct: type) -> JsonSchema:
        name = f"{_module(struct)}.{struct.__name__}"
        if name not in self.objects:
            self.objects[name] = {}  # a struct that holds itself finds its name taken
            self.objects[name] = self._object(node) | _documented(struct)
        return {"$ref": f"{self._prefix}{name}"}

    def _object(self, node: Object) -> JsonSchema:
        required = [key for key, child in node.keys.items() if child.required == "required"]
        schema: JsonSchema = {
            "type": "object",
            "properties": {key: self.of(child) for key, child in node.keys.items()},
            "additionalProperties": False,
        }
        if required:
            return schema | {"required": required}
        # An object without any key is written as an empty list.
        return {"anyOf": [schema, {"type": "array", "maxItems": 0}]}


def _module(struct: type) -> str:
    return struct.__module__.removeprefix("coursewire.contracts.").replace(".", "_")


def _documented(struct: type) -> JsonSchema:
    return {"description": struct.__doc__} if struct.__doc__ else {}


def _answer_scalar(node: Scalar) -> JsonSchema:
    if node.mixed:
        kinds = ["string", "number", "boolean"]
    else:
        kinds = [_ANSWER_TYPES.get(node.type, "string")]
    if node.nullable:
        kinds.append("null")
    return {"type": kinds if len(kinds) > 1 else kinds[0]}


def form_schema(tree: Node, fields: JsonSchema) -> JsonSchema:
    """Return the schema of a form: the given fields, and those of the tree.

    Nested values have names such as `groups[0][name]`. The first item of a list is spelled out, so
    that tools show it; a pattern admits further ones.
    """
    properties, patterns, required = dict(fields), dict[str, JsonSchema](), list(fields)
    for path, scalar, needed in _fields(tree, (), needed=True):
        name = _field_name(path, "0")
        properties[name] = _form_scalar(scalar)
        if None in path:
            patterns[_pattern(path)] = _form_scalar(scalar)
        if needed:
            required.append(name)
    schema: JsonSchema = {"type": "object", "properties": properties, "required": required}
    if patterns:
        schema["patternProperties"] = patterns
    return schema | {"additionalProperties": False}


_BRACKETS = r"\[{}\]"

_Path = tuple[str | None, ...]
"""Names of keys from the outside in; None stands for the number of an item."""


def _fields(node: Node, path: _Path, *, needed: bool) -> Iterator[tuple[_Path, Scalar, bool]]:
    if isinstance(node, Scalar):
        yield path, node, needed
    elif isinstance(node, List):
        yield from _fields(node.items, (*path, None), needed=needed)
    else:
        for name, child in node.keys.items():
            required = child.required == "required"
            yield from _fields(child, (*path, name), needed=needed and required)


def _field_name(path: _Path, number: str) -> str:
    first, *rest = (number if name is None else name for name in path)
    return first + "".join(f"[{name}]" for name in rest)


def _pattern(path: _Path) -> str:
    first, *rest = ("[0-9]+" if name is None else re.escape(name) for name in path)
    return f"^{first}{''.join(_BRACKETS.format(name) for name in rest)}$"


def _form_scalar(node: Scalar) -> JsonSchema:
    text = rule_text(node)
    schema: JsonSchema = {"description": text.words}
    if node.type == "int":
        schema |= {"type": "integer", "format": "int64"}
    elif node.type == "float":
        schema |= {"type": "number"}
    elif node.type == "bool":
        schema |= {"type": "integer", "enum": [0, 1]}
    else:
        schema |= {"type": "string"}
    if text.pattern:
        schema["pattern"] = text.pattern
    if node.required == "default" and node.default is not None:
        schema["default"] = int(node.default) if node.type == "bool" else node.default
    return schema
