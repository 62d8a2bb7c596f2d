"""What the commands `functions` and `contracts` print."""

import json
from importlib.resources import files

from coursewire.contracts.core_group.groups import create_groups, get_groups
from coursewire.contracts.fields import Raw
from coursewire.contracts.function import Function
from coursewire.contracts.parts import NoParameters
from coursewire.reference.listing import contract_entries, contracts_text, function_rows


def test_all_functions_are_listed_in_order_of_names() -> None:
    rows = function_rows([get_groups])
    assert len(rows) == 760
    assert [row.name for row in rows] == sorted(row.name for row in rows)


def test_only_what_has_a_body_counts_as_there() -> None:
    rows = {row.name: row for row in function_rows([get_groups, create_groups])}
    assert [name for name, row in rows.items() if row.implemented] == [
        "core_group_create_groups",
        "core_group_get_groups",
    ]
    assert rows["core_group_create_groups"].summary == create_groups.summary
    assert rows["core_group_create_groups"].kind == "write"
    missing = rows["mod_quiz_start_attempt"]
    assert (missing.implemented, missing.component, missing.kind) == (False, "mod_quiz", "write")
    assert missing.capabilities == ("mod/quiz:attempt",)


def test_a_function_of_a_plugin_is_listed_too() -> None:
    extra: Function[NoParameters, list[str]] = Function(
        name="percipio_get_words",
        component="mod_percipio",
        params=NoParameters,
        returns=list[Raw],
        kind="read",
        summary="Tell words.",
    )
    assert "percipio_get_words" in [row.name for row in function_rows([extra])]


def test_contracts_are_printed_as_they_are_published() -> None:
    text = contracts_text([get_groups, create_groups])
    published = (files("coursewire.contracts") / "functions.json").read_text("utf-8").splitlines()
    lines = text.splitlines()
    assert lines[0] == "{"
    assert lines[-1] == "}"
    for line in lines[1:-1]:
        assert line.removesuffix(",") in [known.removesuffix(",") for known in published]
    assert json.loads(text) == contract_entries([create_groups, get_groups])
