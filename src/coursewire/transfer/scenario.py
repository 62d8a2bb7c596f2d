"""A scenario: calls to be made on two sites, with names for the ids that come out of them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec
import yaml
from msgspec import Struct, field

from coursewire.text import plain_yaml

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACE = re.compile(r"\$\{([^}]*)\}")
_STEP = re.compile(r"\$(\.[^.]+)*")
# Different in each run and the same on both sites: for names that must be new.
RUN = "run"


class BadScenario(Exception):
    """A scenario cannot be used; the text says where and why."""


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One call: `save` names places of its answer, `ignore` places that may differ."""

    call: str
    params: dict[str, Any] = field(default_factory=dict[str, Any])
    save: dict[str, str] = field(default_factory=dict[str, str])
    ignore: tuple[str, ...] = ()


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Calls in their order."""

    calls: tuple[Step, ...]


def read(path: Path) -> Scenario:
    """Read a scenario and check that every name is known where it is used."""
    try:
        scenario = msgspec.convert(_values(path), Scenario)
    except msgspec.ValidationError as error:
        msg = f"{path}: {error}; a scenario is `calls:` and a list of them"
        raise BadScenario(msg) from error
    try:
        _check(path, scenario)
    except RecursionError as error:
        msg = f"{path}: an alias stands for something that it is a part of"
        raise BadScenario(msg) from error
    return scenario


def _check(path: Path, scenario: Scenario) -> None:
    known = {RUN}
    for number, step in enumerate(scenario.calls, 1):
        where = f"{path}, call {number} ({step.call})"
        for name in names_in(step.params):
            if name not in known:
                msg = f"{where}: nothing before it saves ${{{name}}}"
                raise BadScenario(msg)
        for name, place in step.save.items():
            if not _NAME.fullmatch(name) or not _STEP.fullmatch(place):
                msg = f"{where}: write save as NAME: $.0.id, not {name}: {place}"
                raise BadScenario(msg)
        known.update(step.save)


def _values(path: Path) -> object:
    """Return what stands in a file."""
    content = b""
    try:
        content = path.read_bytes()
        content.decode()
        plain_yaml.check_depth(content)
        # The safe loader's class: plain values only.
        loader = plain_yaml.Loader(content)
        try:
            return cast("Any", loader).get_single_data()
        finally:
            loader.dispose()
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}"
        raise BadScenario(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: not written in UTF-8 (byte {error.start})"
        raise BadScenario(msg) from error
    except yaml.YAMLError as error:
        line, sentence = plain_yaml.told(error, content)
        place = f"{path}, line {line}" if line else str(path)
        msg = f"{place}: {sentence}"
        raise BadScenario(msg) from error


def written(scenario: Scenario) -> str:
    """Return a scenario as YAML."""
    calls = msgspec.to_builtins(scenario)
    text: str = yaml.safe_dump(calls, allow_unicode=True, sort_keys=False, width=100)
    return text


def names_in(value: object) -> set[str]:
    """Return the names that a value refers to."""
    if isinstance(value, str):
        return set(_PLACE.findall(value))
    inner: set[str] = set()
    for item in _items(value):
        inner |= names_in(item)
    return inner


def filled(value: Any, known: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Put what is known in the place of its names."""
    if isinstance(value, str):
        whole = _PLACE.fullmatch(value)
        if whole:
            return known[whole[1]]
        return _PLACE.sub(lambda found: str(known[found[1]]), value)
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return {name: filled(item, known) for name, item in pairs}
    if isinstance(value, list):
        return [filled(item, known) for item in cast("list[object]", value)]
    return value


def at(answer: Any, place: str) -> Any:  # noqa: ANN401 - JSON
    """Return what stands at a place such as $.0.id; None where there is nothing."""
    for step in place.split(".")[1:]:
        if isinstance(answer, dict):
            answer = cast("dict[str, Any]", answer).get(step)
        elif isinstance(answer, list) and step.isdigit():
            rows = cast("list[object]", answer)
            answer = rows[int(step)] if int(step) < len(rows) else None
        else:
            return None
    return answer


def _items(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else []
