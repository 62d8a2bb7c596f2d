"""Every recorded answer of a real Moodle fits the struct of its contract, nulls included."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from tests.contracts.implemented import all_contracts
from tests.contracts.recordings import JSON_IN_TEXTS, Step, answered, fitted

CONTRACTS = all_contracts()
STEPS = list(answered(frozenset(CONTRACTS) - {JSON_IN_TEXTS}))
RECORDED = sorted({step.function for step in STEPS})


def of_function(name: str) -> list[Step]:
    return [step for step in STEPS if step.function == name]


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_answers_make_structs_and_come_back_unchanged(name: str) -> None:
    contract = CONTRACTS[name]
    tree = contract.return_tree()
    for step in of_function(name):
        if tree is None:
            assert step.body is None, step.source
            continue
        body = fitted(tree, step.body)
        try:
            answer: Any = msgspec.convert(body, contract.returns)
        except msgspec.ValidationError as error:
            pytest.fail(f"{step.source}: {error}")
        assert msgspec.to_builtins(answer) == body, step.source


def test_most_functions_are_recorded() -> None:
    counted = Counter(step.function for step in STEPS)
    unrecorded = set(CONTRACTS) - set(counted)
    lists = {name for name in unrecorded if name.startswith("mod_")}
    files = {"core_files_get_files", "core_files_upload"}
    # What functions-2.md tells of them was observed; no answer of theirs was kept.
    described = {
        "core_enrol_get_enrolled_users_with_capability",
        "core_enrol_get_potential_users",
        "core_enrol_search_users",
        "core_grades_get_gradable_users",
        "core_grades_get_gradeitems",
        "core_user_search_identity",
        "enrol_guest_get_instance_info",
    }
    assert unrecorded == lists | files | described | {JSON_IN_TEXTS}
