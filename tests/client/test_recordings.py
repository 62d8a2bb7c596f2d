"""Recorded results have the types that the contracts promise to callers in Python."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coursewire import UnexpectedAnswer
from coursewire.client._contracts import plan_of
from coursewire.client._exchange import Request
from coursewire.contracts.function import AnyFunction
from coursewire.functions import catalogue

RECORDINGS = Path(__file__).parent.parent / "conformance" / "recordings"
PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
ANYTHING = '"${any:}"'
REQUEST = Request(url="https://moodle.example.org", function="", control=())


@cache
def contracts() -> Mapping[str, AnyFunction]:
    return {bound.contract.name: bound.contract for bound in catalogue.built_in().all()}


@pytest.mark.parametrize(
    "path", sorted(RECORDINGS.glob("*/*.jsonl")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_recorded_results_fit_the_types_of_their_contracts(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        contract = contracts().get(entry.get("function", ""))
        expected = entry["expect"]
        if contract is None or "body" not in expected or expected["type"] != "application/json":
            continue
        document = json.dumps(expected["body"])
        if ANYTHING in document or '"${json}"' in document:
            continue
        # Ids and times stand in the recordings by name; the client reads numbers from texts too.
        document = PLACEHOLDER.sub("7", document.replace('"${any:list}"', "[]"))
        plan_of(contract).decode(REQUEST, document.encode())


def test_a_result_of_another_type_is_refused_by_its_place() -> None:
    contract = contracts()["core_group_get_groups"]
    with pytest.raises(UnexpectedAnswer, match=r"Expected `int`, got `str` - at `\$\[0\]\.id`"):
        plan_of(contract).decode(REQUEST, b'[{"id": "seven"}]')


def test_an_object_without_keys_is_one_although_php_writes_a_list() -> None:
    """So Moodle tells that an activity has no badge."""
    recorded = (RECORDINGS / "tier2" / "contents.jsonl").read_text("utf-8")
    bodies = [json.loads(line)["expect"].get("body") for line in recorded.splitlines()]
    modules = [
        module
        for body in bodies
        if isinstance(body, list)
        for section in body
        for module in section["modules"]
        if module.get("activitybadge") == []
    ]
    assert modules
    section = {"id": 1, "name": "", "summary": "", "summaryformat": 1, "modules": modules}
    document = json.dumps([section]).replace('"${any:list}"', "[]")
    document = document.replace(f'"contentsinfo": {ANYTHING}', '"onclick": ""')
    plan = plan_of(contracts()["core_course_get_contents"])
    (found,) = plan.decode(REQUEST, PLACEHOLDER.sub("1", document).encode())
    assert {type(module.activitybadge).__name__ for module in found.modules} == {"ActivityBadge"}


def test_a_list_in_the_place_of_an_object_with_keys_is_refused() -> None:
    contract = contracts()["core_course_get_courses_by_field"]
    with pytest.raises(UnexpectedAnswer, match="Expected `object`, got `array`"):
        plan_of(contract).decode(REQUEST, b"[]")
