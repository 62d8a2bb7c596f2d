"""Which requirements of the security specification have no test that carries their id.

python -m scripts.requirements          list those without a test; status 1 where one has no reason
python -m scripts.requirements --tests  list each with the tests that carry it

The ids stand in tests/requirements.yaml, with a reason for each that has no test yet. A test
carries ids at the head of its name (`test_tok_4_…`, `test_auth_4a_…` for a part of one,
`test_ip_1_ip_5_…`) or by the marker `requirement("TOK-4")`.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/requirements.yaml"
_HEAD = re.compile(r"test((?:_[a-z]+_\d+[a-z]?(?=_|$))+)")
_IN_HEAD = re.compile(r"([a-z]+)_(\d+)")
_ID = re.compile(r"[A-Z]+-\d+")


def carried(root: Path) -> dict[str, list[str]]:
    """Return the tests by the id that they carry."""
    found: dict[str, list[str]] = {}
    for folder in ("tests", "plugins"):
        for path in sorted((root / folder).rglob("test_*.py")):
            module = ast.parse(path.read_text(encoding="utf-8"))
            for number, name in _tests(module):
                found.setdefault(number, []).append(f"{path.relative_to(root)}::{name}")
    return found


def _tests(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from ((number, node.name) for number in _named(node.name))
            for mark in node.decorator_list:
                yield from ((number, node.name) for number in _marked(mark))
    for statement in module.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            yield from ((number, "the whole file") for number in _marked(statement.value))


def _named(name: str) -> list[str]:
    head = _HEAD.match(name)
    ids = _IN_HEAD.findall(head[1]) if head else []
    return [f"{area.upper()}-{number}" for area, number in ids]


def _marked(mark: ast.expr) -> list[str]:
    written = ast.unparse(mark)
    return _ID.findall(written) if ".requirement(" in written else []


def problems(listed: Mapping[str, Any], tests: Mapping[str, list[str]]) -> Iterator[str]:
    """Return what is wrong: ids without test or reason, reasons that are out of date."""
    ids, reasons = set(listed["ids"]), dict(listed["without a test"] or {})
    for number in listed["ids"]:
        if number not in tests and not str(reasons.get(number) or "").strip():
            yield f"{number} has no test that carries it, and no reason stands in {LIST.name}"
    for number in reasons:
        if number in tests:
            yield f"{number} has a test by now: {tests[number][0]}; take its reason out"
        elif number not in ids:
            yield f"{number} has a reason but is no requirement"
    yield from (
        f"{name} carries {number}, which is no requirement" for number, name in _wrong(ids, tests)
    )


def _wrong(ids: set[str], tests: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    areas = {number.partition("-")[0] for number in ids}
    for number, names in tests.items():
        if number.partition("-")[0] in areas and number not in ids:
            yield from ((number, name) for name in names)


def read(path: Path = LIST) -> dict[str, Any]:
    """Return the list of ids and the reasons."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def main(arguments: list[str]) -> int:
    """Print what was asked for."""
    listed, tests = read(), carried(ROOT)
    if "--tests" in arguments:
        for number in listed["ids"]:
            print(number, *tests.get(number, ["-"]), sep="\n  ")
        return 0
    for number, reason in (listed["without a test"] or {}).items():
        print(f"{number}: {reason}")
    found = list(problems(listed, tests))
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
