"""Every kind of record that the source can make, read from the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLACES = ("src/coursewire", "plugins/percipio/src")
_KIND = re.compile(r"[a-z_]+\.[a-z_]+")


def in_source() -> dict[str, str]:
    """The kinds, each with a file that makes it."""
    found: dict[str, str] = {}
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")):
            module = ast.parse(path.read_text(encoding="utf-8"))
            for kind in _kinds(module):
                found[kind] = str(path.relative_to(ROOT))
    return found


def _kinds(module: ast.Module) -> Iterator[str]:
    """What is recorded in a file: said on the spot, or handed on by the name `action`."""
    handed_on = False
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        recorded = _recorded(node)
        if isinstance(recorded, ast.Name):
            handed_on = True
        elif recorded is not None:
            yield from _texts(recorded)
    if handed_on:
        for node in ast.walk(module):
            if isinstance(node, ast.Assign) and _names(node) == ["action"]:
                yield from _texts(node.value)
            elif isinstance(node, ast.Call) and _name(node.func) == "_record":
                yield from (text for given in node.args for text in _texts(given))


def _recorded(node: ast.Call) -> ast.expr | None:
    """The action that a call records, where it is such a call."""
    if _name(node.func) == "record" and len(node.args) > 1:
        return node.args[0]
    if _name(node.func) == "Record":
        return next((given.value for given in node.keywords if given.arg == "action"), None)
    return None


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _texts(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node):
        text = each.value if isinstance(each, ast.Constant) else None
        if isinstance(text, str) and _KIND.fullmatch(text):
            yield text
