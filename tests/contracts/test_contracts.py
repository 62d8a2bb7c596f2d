"""Every contract says exactly what `functions.json` says, and stands under its own name."""

import json
from importlib.resources import files

import pytest

from coursewire.contracts.schema import Schema, schema_of, schema_of_node, tree_from_schema
from tests.contracts.implemented import all_contracts, contracts_by_module

PUBLISHED: dict[str, Schema] = json.loads(
    (files("coursewire.contracts") / "functions.json").read_text("utf-8")
)


def written(value: object) -> str:
    """Return JSON text: unlike `==` it tells 0 from false, and the order of keys counts."""
    return json.dumps(value)


@pytest.mark.parametrize("name", sorted(all_contracts()))
def test_a_contract_equals_the_published_entry(name: str) -> None:
    assert written(schema_of(all_contracts()[name])) == written(PUBLISHED[name])


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_every_published_tree_can_be_read_and_written_back(name: str) -> None:
    for side in ("parameters", "returns"):
        schema = PUBLISHED[name][side]
        if schema is not None:
            assert written(schema_of_node(tree_from_schema(schema))) == written(schema)


@pytest.mark.parametrize("module", sorted(contracts_by_module()))
def test_a_function_value_is_named_without_its_component(module: str) -> None:
    component = module.partition(".")[0]
    for name, function in contracts_by_module()[module].items():
        assert function.name == f"{component}_{name}"


def test_no_function_has_two_contracts() -> None:
    values = [f.name for group in contracts_by_module().values() for f in group.values()]
    assert sorted(values) == sorted(set(values))


@pytest.mark.parametrize("name", sorted(all_contracts()))
def test_a_summary_is_one_sentence(name: str) -> None:
    summary = all_contracts()[name].summary
    assert summary.endswith(".")
    assert summary[0].isupper()
    assert len(summary) <= 100
