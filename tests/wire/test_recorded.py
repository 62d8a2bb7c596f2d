"""What a real Moodle took, refused and answered: our validation and our bytes agree."""

import functools
import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from typing import Any

import msgspec
import pytest

from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.tree import List, Node, Object
from coursewire.wire.params import compile_params
from coursewire.wire.plan import plan_of
from tests.contracts.implemented import all_contracts
from tests.contracts.recordings import JSON_IN_TEXTS, answered, fitted
from tests.wire.recorded import ACCESS, KNOWN, Request, requests
from tests.wire.schema_functions import function_of, schemas

# Functions with rules of their own that refuse parameters of the right type.
WITH_RULES = frozenset(
    {
        "core_group_create_groups",
        "core_group_create_groupings",
        "core_group_update_groups",
        "core_group_update_groupings",
        "enrol_manual_enrol_users",
    }
)
CONTRACTS = all_contracts()


published = functools.cache(lambda name: compile_params(function_of(name)))


def is_refused(request: Request) -> bool:
    try:
        published(request.function)(request.arguments, KNOWN)
    except InvalidParameter:
        return True
    return False


def judged(pattern: str) -> list[Request]:
    """The recorded calls that got as far as their parameters."""
    found = [it for it in requests(pattern) if it.function in schemas()]
    return [it for it in found if it.errorcode not in ACCESS]


@pytest.mark.parametrize(
    "recording", ["public/params_forms", "public/params_generic", "tier2/params_generic"]
)
def test_refused_parameters_are_refused(recording: str) -> None:
    refused = [it for it in judged(f"{recording}.jsonl") if it.errorcode == "invalidparameter"]
    passed = [it for it in refused if not is_refused(it)]
    assert len(refused) > 10
    assert [it.source for it in passed if it.function not in WITH_RULES] == []
    assert len(passed) <= len(refused) / 5


@pytest.mark.parametrize("folder", ["public", "tier2"])
def test_accepted_parameters_are_accepted(folder: str) -> None:
    accepted = [it for it in judged(f"{folder}/*.jsonl") if it.errorcode != "invalidparameter"]
    assert len(accepted) > 2_000
    assert [it.source for it in accepted if is_refused(it)] == []


def test_our_contracts_read_parameters_as_the_published_ones_do() -> None:
    ours = {name: compile_params(function) for name, function in CONTRACTS.items()}
    for request in judged("*/*.jsonl"):
        if request.function not in CONTRACTS:
            continue
        try:
            ours[request.function](request.arguments, KNOWN)
        except InvalidParameter:
            assert is_refused(request), request.source
        else:
            assert not is_refused(request), request.source


def ordered_keys(node: Node, answer: Any) -> None:
    """Assert that an answer, its objects read as pairs, has the keys in the contract's order."""
    if isinstance(node, List):
        for item in answer or ():
            ordered_keys(node.items, item)
    elif isinstance(node, Object):
        keys = [key for key, _ in answer or ()]
        assert keys == [key for key in node.keys if key in keys]
        for key, member in answer or ():
            ordered_keys(node.keys[key], member)


def as_text(node: Node, answer: Any) -> Any:
    """Return an answer of JSON as XML carries it: texts, every described key, no null lists."""
    if isinstance(node, List):
        return [as_text(node.items, item) for item in answer or ()]
    if isinstance(node, Object):
        members = answer or {}
        return {key: as_text(child, members.get(key)) for key, child in node.keys.items()}
    if answer is None or isinstance(answer, str):
        return answer
    return str(int(answer)) if isinstance(answer, bool | int) else f"{answer:.14g}"


def of_xml(element: ElementTree.Element) -> Any:
    if element.tag == "VALUE":
        return None if element.get("null") == "null" else element.text or ""
    if element.tag == "MULTIPLE":
        return [of_xml(child) for child in element]
    return {key.get("name"): of_xml(key[0]) for key in element}


def unified(value: Any) -> Any:
    """Line ends as an XML reader sees them."""
    if isinstance(value, dict):
        return {key: unified(member) for key, member in value.items()}
    if isinstance(value, list):
        return [unified(item) for item in value]
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def test_recorded_answers_pass_the_check_and_are_written_as_they_were() -> None:
    written: Counter[str] = Counter()
    plans = {name: plan_of(function) for name, function in CONTRACTS.items()}
    # The recordings do not say which theme; `1` stands there.
    known = msgspec.structs.replace(KNOWN, themes=KNOWN.themes | {"1"})
    for step in answered(frozenset(CONTRACTS) - {JSON_IN_TEXTS}):
        plan, tree = plans[step.function], CONTRACTS[step.function].return_tree()
        if tree is None:
            assert b"".join(plan.json(None)) == b"null"
            continue
        body = fitted(tree, step.body)
        result: Any = msgspec.convert(body, CONTRACTS[step.function].returns)
        plan.returns(result, known)
        data = b"".join(plan.json(result))
        assert fitted(tree, json.loads(data)) == body, step.source
        ordered_keys(tree, json.loads(data, object_pairs_hook=list))
        document = ElementTree.fromstring(b"".join(plan.xml(result)))  # noqa: S314 - ours
        assert of_xml(document[0]) == unified(as_text(tree, body)), step.source
        written[step.function] += 1
    assert len(written) > 40
