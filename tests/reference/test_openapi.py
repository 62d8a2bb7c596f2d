"""The OpenAPI document: valid, complete, and true to recorded calls."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from coursewire.contracts.core_group.groups import create_groups
from coursewire.contracts.core_webservice import get_site_info
from coursewire.contracts.function import AnyFunction
from coursewire.contracts.tree import List, Node, Object
from coursewire.reference.openapi import PATH, document
from tests.contracts.implemented import all_contracts
from tests.contracts.recordings import ANYTHING, JSON_IN_TEXTS, Step, answered, sample

CONTRACTS = all_contracts()
DOCUMENT = document(CONTRACTS.values(), server="https://moodle.example", version="1.2.3")
FORM = "application/x-www-form-urlencoded"


def operation(function: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][PATH + function]["post"]
    return found


def form_of(function: str) -> dict[str, Any]:
    schema: dict[str, Any] = operation(function)["requestBody"]["content"][FORM]["schema"]
    return schema


def checker(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_it_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_it_has_one_operation_for_each_function() -> None:
    names = [item["post"]["operationId"] for item in DOCUMENT["paths"].values()]
    assert names == sorted(CONTRACTS)


def test_server_and_version_are_those_given() -> None:
    assert DOCUMENT["servers"] == [{"url": "https://moodle.example"}]
    assert DOCUMENT["info"]["version"] == "1.2.3"


def test_a_function_may_be_left_out() -> None:
    only: tuple[AnyFunction, ...] = (get_site_info,)
    small = document(only, server="https://moodle.example", version="1")
    assert list(small["paths"]) == [PATH + "core_webservice_get_site_info"]
    assert "core_group_groups.Group" not in small["components"]["schemas"]
    validate(small)


def test_the_token_and_the_function_are_fields_of_the_form() -> None:
    form = form_of(create_groups.name)
    assert form["required"][:3] == ["wstoken", "wsfunction", "moodlewsrestformat"]
    assert form["properties"]["wsfunction"]["const"] == "core_group_create_groups"


def test_the_first_item_of_a_list_is_spelled_out_and_others_admitted() -> None:
    form = form_of(create_groups.name)
    fields: dict[str, object] = {
        "wstoken": "t",
        "wsfunction": create_groups.name,
        "moodlewsrestformat": "json",
    }
    for number in (0, 12):
        fields |= {f"groups[{number}][courseid]": 2, f"groups[{number}][name]": "Red"}
        fields |= {f"groups[{number}][description]": ""}
    checker(form).validate(fields)
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        checker(form).validate({**fields, "groups[0][colour]": "red"})
    with pytest.raises(jsonschema.ValidationError, match="is not of type 'integer'"):
        checker(form).validate({**fields, "groups[12][courseid]": "two"})
    del fields["groups[0][name]"]
    with pytest.raises(jsonschema.ValidationError, match="required property"):
        checker(form).validate(fields)


def test_a_refusal_fits_every_answer() -> None:
    refusal = {
        "exception": "webservice_access_exception",
        "errorcode": "accessexception",
        "message": "Access to the function is not allowed",
    }
    for name in CONTRACTS:
        answer = operation(name)["responses"]["200"]["content"]["application/json"]["schema"]
        checker(answer).validate(refusal)


STEPS = list(answered(frozenset(CONTRACTS) - {JSON_IN_TEXTS}))
RECORDED = sorted({step.function for step in STEPS})


def of_function(name: str) -> Iterator[Step]:
    return (step for step in STEPS if step.function == name)


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_answers_fit_the_schema(name: str) -> None:
    tree = CONTRACTS[name].return_tree()
    answer = operation(name)["responses"]["200"]["content"]["application/json"]["schema"]
    check = checker(answer["anyOf"][0])
    for step in of_function(name):
        body = step.body if tree is None else known(tree, step.body)
        error = jsonschema.exceptions.best_match(check.iter_errors(body))
        assert error is None, f"{step.source}: {error.json_path}: {error.message}"


def known(tree: Node, value: Any) -> Any:
    """Return the value with a sample in the place of anything; unlike `fitted`, else as sent."""
    if value is ANYTHING:
        return sample(tree)
    if isinstance(tree, Object) and isinstance(value, dict):
        return {key: known(tree.keys[key], member) for key, member in value.items()}
    if isinstance(tree, List) and isinstance(value, list):
        return [known(tree.items, item) for item in value]
    return value


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_calls_fit_the_form(name: str) -> None:
    form, tree = form_of(name), CONTRACTS[name].parameter_tree()
    check = checker(form)
    calls = 0
    for step in of_function(name):
        if step.params is None or not numbers_its_items(tree, step.params):
            continue
        fields = {
            **dict(flat(step.params)),
            "wstoken": "t",
            "wsfunction": name,
            "moodlewsrestformat": "json",
        }
        typed = {field: as_typed(form, field, value) for field, value in fields.items()}
        error = jsonschema.exceptions.best_match(check.iter_errors(typed))
        assert error is None, f"{step.source}: {error.json_path}: {error.message}"
        calls += 1
    assert calls


def numbers_its_items(tree: Node, value: Any) -> bool:
    """Tell whether lists are sent as lists; the server takes any keys, the document does not."""
    if isinstance(tree, Object):
        return all(numbers_its_items(tree.keys[key], member) for key, member in value.items())
    if isinstance(tree, List):
        return isinstance(value, list) and all(numbers_its_items(tree.items, it) for it in value)
    return True


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of a form: `groups[0][name]`."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in pairs:
        place = f"{name}[{key}]" if name else str(key)
        if isinstance(member, (dict, list)):
            yield from flat(member, place)
        else:
            yield place, member


def as_typed(form: dict[str, Any], field: str, value: Any) -> Any:
    """Return what a form sends as text in the type that its schema gives the field."""
    schema = form["properties"].get(re.sub(r"\[\d+\]", "[0]", field), {})
    if schema.get("type") == "integer":
        return int(value)
    return float(value) if schema.get("type") == "number" else str(value)
