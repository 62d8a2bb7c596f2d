"""msgspec's validation messages said as a person who writes YAML would say them."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, get_args

import msgspec
from msgspec import Struct

from coursewire.sitefile.problems import Path, Problem

_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "keys with values",
    "array": "a list",
    "null": "null",
    "date": "a date",
    "datetime": "a date",
}
# What quotes make no text of.
_NEVER_A_TEXT = ("array", "object")
_DATES = ("date", "datetime")
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<number>\d+)\]")
_EXPECTED = re.compile(r"^Expected `(?P<wanted>[^`]*)`, got `(?P<given>[^`]*)`$")
_FIELD = re.compile(r"^Object (?P<how>contains unknown|missing required) field `(?P<name>[^`]*)`$")
_BOUND = re.compile(r"^Expected `(?P<kind>int|float)` (?P<sign>[<>]=?) (?P<bound>\S+)$")
_LENGTH = re.compile(r"^Expected `(?P<kind>[^`]*)` of length (?P<sign>[<>]=?) (?P<bound>\d+)$")
_PATTERN = re.compile(r"^Expected `str` matching regex '(?P<pattern>.*)'$")
_ENUM = re.compile(r"^Invalid enum value (?P<value>.*)$", re.DOTALL)
_SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def problem(said: str, kind: type[Struct], path: Path) -> Problem:
    """Return the problem that msgspec told of while it made a `kind` of what stands at `path`."""
    found = _PLACE.match(said)
    what, place = (found["what"], _steps(found["path"] or "")) if found else (said, ())
    field = _FIELD.match(what)
    if field is None:
        return Problem((*path, *place), _sentence(what, kind, place))
    name = field["name"]
    if field["how"] == "missing required":
        return Problem((*path, *place), f"{name} is missing")
    return Problem((*path, *place, name), unknown("field", name, _names(_struct_at(kind, place))))


def unknown(noun: str, name: str, known: Iterable[str]) -> str:
    """Say that there is no such thing, and what was perhaps meant."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"there is no {noun} {name!r}; did you mean {close[0]!r}?"
    if len(names) <= 40:
        return f"there is no {noun} {name!r}; there are {', '.join(names)}"
    return f"there is no {noun} {name!r}"


def _sentence(what: str, kind: type[Struct], place: Path) -> str:
    if found := _EXPECTED.match(what):
        given = _KINDS.get(found["given"], found["given"])
        quotable = found["wanted"].startswith("str") and found["given"] not in _NEVER_A_TEXT
        hint = "; put it in quotes" if quotable else ""
        if found["given"] in _DATES and not quotable:
            hint = "; a time is written in seconds since 1970, and 0 is none"
        return f"must be {_kinds(found['wanted'])}, but is {given}{hint}"
    if found := _BOUND.match(what):
        return f"must be {_SIGNS[found['sign']]} {_number(found['bound'])}"
    if found := _LENGTH.match(what):
        unit = "characters" if found["kind"] == "str" else "items"
        if found["bound"] == "1" and found["sign"] == ">=":
            return "must not be empty"
        return f"must have {_SIGNS[found['sign']]} {found['bound']} {unit}"
    if found := _PATTERN.match(what):
        return f"does not have the form {found['pattern']}"
    if found := _ENUM.match(what):
        return f"must not be {found['value']}{_choices(kind, place)}"
    return what


def _kinds(wanted: str) -> str:
    return " or ".join(_KINDS.get(item.strip(), item.strip()) for item in wanted.split("|"))


def _number(bound: str) -> str:
    number = float(bound)
    return str(int(number)) if number.is_integer() else bound


def _choices(kind: type[Struct], place: Path) -> str:
    """Name the values that the field at a place may have."""
    wanted = _type_at(kind, place)
    values = [value for value in _literals(wanted) if value is not None]
    return f"; it is one of {', '.join(map(str, values))}" if values else ""


def _literals(kind: Any) -> list[Any]:  # noqa: ANN401 - a type
    arguments = get_args(kind)
    if not arguments:
        return []
    if all(isinstance(value, str | int) for value in arguments):
        return list(arguments)
    return [value for argument in arguments for value in _literals(argument)]


def _steps(path: str) -> Path:
    return tuple(
        int(step["number"]) if step["number"] else step["name"] for step in _STEP.finditer(path)
    )


def _type_at(kind: Any, place: Path) -> Any:  # noqa: ANN401 - a type
    for step in place:
        if isinstance(step, int):
            continue
        struct = _struct(kind)
        fields = {} if struct is None else {f.encode_name: f.type for f in _fields(struct)}
        kind = fields.get(step)
    return kind


def _struct_at(kind: type[Struct], place: Path) -> type[Struct]:
    return _struct(_type_at(kind, place)) or kind


def _struct(kind: Any) -> type[Struct] | None:  # noqa: ANN401 - a type
    """Return the struct in a type such as `tuple[Member, ...] | None`."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind
    found = (_struct(argument) for argument in get_args(kind))
    return next((struct for struct in found if struct is not None), None)


def _fields(kind: type[Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _names(kind: type[Struct]) -> list[str]:
    return [field.encode_name for field in _fields(kind)]
