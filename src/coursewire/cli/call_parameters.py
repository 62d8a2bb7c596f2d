"""Parameters of a call as people write them: KEY=VALUE with brackets, JSON, or both."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from coursewire.cli.common import Failure
from coursewire.client._parameters import unchecked_fields
from coursewire.wire.form import Tree, decode_form
from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded
from coursewire.wire.unfit import Unfit

SETTING = "moodlewssetting"
"""What begins so is about the answer, and no parameter of the function."""

Fields = list[tuple[str, str]]


def fields_of(written: Iterable[str], json_file: str | None) -> Fields:
    """Return the fields of the form, in the order in which they were written."""
    fields: Fields = []
    given: dict[str, str] = {}
    if json_file is not None:
        _add(fields, given, _flat(_from_file(json_file)), f"--json-params {json_file}")
    for number, argument in enumerate(written, 1):
        is_json = argument.lstrip().startswith("{")
        flat = _flat(_decoded(argument, "the argument")) if is_json else [_pair(argument)]
        _add(fields, given, flat, "KEY=VALUE" if not is_json else f"argument {number}")
    return fields


def tree_of(fields: Fields) -> dict[str, Any]:
    """Return fields as nested values: what is numbered is a list."""
    try:
        tree = decode_form(urlencode(fields).encode(), DEFAULT_LIMITS).tree
    except LimitExceeded as error:
        raise Failure(str(error), 2) from error
    return {str(key): _nested(value) for key, value in tree.items()}


def _nested(value: Tree | str) -> Any:  # noqa: ANN401 - texts, lists and mappings of them
    if isinstance(value, str):
        return value
    if all(isinstance(key, int) for key in value):
        return [_nested(item) for item in value.values()]
    return {str(key): _nested(item) for key, item in value.items()}


def _add(fields: Fields, given: dict[str, str], more: Fields, source: str) -> None:
    """Add fields; the same parameter from two sources would be a riddle."""
    for name, _ in more:
        first = name.partition("[")[0]
        if given.setdefault(first, source) != source:
            msg = f"the parameter {first} is given twice: by {given[first]} and by {source}"
            raise Failure(msg, 2, remedy="give each parameter in one way")
    fields.extend(more)


def _pair(argument: str) -> tuple[str, str]:
    key, equals, value = argument.partition("=")
    if not key or not equals:
        msg = f"{argument!r} is no parameter"
        raise Failure(msg, 2, remedy="write KEY=VALUE, such as groups[0][name]=Red, or JSON")
    return key, value


def _flat(params: dict[str, Any]) -> Fields:
    try:
        return [(field.name, field.text) for field in unchecked_fields(params)]
    except Unfit as unfit:
        raise Failure(unfit.reason(), 2) from unfit
    except RecursionError as error:
        raise _too_deep() from error


def _from_file(name: str) -> dict[str, Any]:
    source = "standard input" if name == "-" else name
    return _decoded(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes(), source)


def _decoded(written: str | bytes, source: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(written, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{source} holds no JSON object of parameters: {error}"
        raise Failure(msg, 2, remedy='write {"courseid": 2}') from error
    except RecursionError as error:
        raise _too_deep() from error


def _too_deep() -> Failure:
    msg = f"the parameters are nested too deep; {DEFAULT_LIMITS.nesting} levels is the limit"
    return Failure(msg, 2)
