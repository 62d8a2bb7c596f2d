"""Recorded calls that went well: what was sent and what came back, with markers filled in."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from coursewire.contracts.tree import List, Node, Object

FOLDER = Path(__file__).parent.parent / "conformance" / "recordings"
MARKER = re.compile(r"\$\{([^}]*)\}")

# Its answers hold JSON in texts, which the recordings keep as what it stands for.
ANYTHING = object()
"""Stands where the recordings do not say what was answered."""

JSON_IN_TEXTS = "tool_mobile_call_external_functions"

SAMPLES: dict[str, object] = {"int": 1, "float": 1.5, "bool": True}


class Step(NamedTuple):
    """A call with its answer; the parameters of a raw request are not known."""

    source: str
    function: str
    params: dict[str, Any] | None
    body: Any


def answered(functions: frozenset[str]) -> Iterator[Step]:
    """Yield every recorded JSON answer of these functions that is not a refusal."""
    for path in sorted(FOLDER.glob("*/*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            step = json.loads(line)
            expected = step["expect"]
            if step.get("function") not in functions or "body" not in expected:
                continue
            if expected["type"].startswith("application/json"):
                yield Step(
                    f"{path.parent.name}/{path.stem}:{number}",
                    step["function"],
                    None if "raw" in step else filled(step.get("params", {})),
                    filled(expected["body"]),
                )


def filled(value: Any) -> Any:
    """Return the value with something likely in the place of every marker."""
    if isinstance(value, dict):
        return {key: filled(member) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(member) for member in value]
    return _filled_text(value) if isinstance(value, str) else value


def _filled_text(text: str) -> object:
    whole = MARKER.fullmatch(text)
    if whole and whole[1] == "any:":
        return ANYTHING
    if whole and whole[1].startswith(("int:", "any:int", "time:")):
        return 1
    if whole and whole[1] == "any:list":
        return []
    return MARKER.sub("1", text)


def fitted(node: Node, value: Any) -> Any:
    """Return the value with a sample in the place of anything.

    An object without keys is written as an empty list; here it becomes an object again.
    """
    if value is ANYTHING:
        return sample(node)
    if isinstance(node, Object) and value == []:
        return {}
    if isinstance(node, Object) and isinstance(value, dict):
        return {key: fitted(node.keys[key], member) for key, member in value.items()}
    if isinstance(node, List) and isinstance(value, list):
        return [fitted(node.items, item) for item in value]
    return value


def sample(node: Node) -> object:
    """Return the least value that a place takes."""
    if isinstance(node, Object):
        return {key: sample(child) for key, child in node.keys.items()}
    if isinstance(node, List):
        return []
    return SAMPLES.get(node.type, "")
