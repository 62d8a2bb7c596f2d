"""What of Moodle's functions is here, as a list and as contracts."""

import json

from coursewire.contracts.registry import entries
from coursewire.functions.catalogue import BUILT_IN
from coursewire.reference.differences import OF_FUNCTION
from tests.cli.conftest import Command

IMPLEMENTED = {bound.contract.name for bound in BUILT_IN}


def test_every_function_is_listed_with_whether_it_is_here(command: Command) -> None:
    rows = command("functions", "--json").json
    assert {row["name"] for row in rows} == entries().keys() | IMPLEMENTED
    assert {row["name"] for row in rows if row["implemented"]} == IMPLEMENTED
    missing = command("functions", "--missing", "--json").json
    assert {row["name"] for row in missing} == entries().keys() - IMPLEMENTED
    here = command("functions", "--implemented", "group", "--json").json
    assert {row["name"] for row in here} == {name for name in IMPLEMENTED if "group" in name}


def test_the_list_ends_with_a_count(command: Command) -> None:
    shown = command("functions", "core_webservice_get_site_info").out.splitlines()
    assert shown[1].startswith("yes   core_webservice_get_site_info  read")
    assert (
        shown[-1]
        == f"1 function listed; {len(IMPLEMENTED)} of all {len(entries())} are implemented."
    )


def test_the_list_tells_capabilities_and_differences(command: Command) -> None:
    name = "enrol_self_get_instance_info"
    shown = command("functions", name).out
    (difference,) = OF_FUNCTION[name]
    assert f"{name} differs:" in shown
    assert f"Coursewire: {difference.coursewire}" in shown
    (row,) = command("functions", name, "--json").json
    assert [each["moodle"] for each in row["differences"]] == [difference.moodle]
    assert "mod/page:view" in command("functions", "mod_page_get_pages_by_courses").out


def test_only_functions_that_are_here_have_differences() -> None:
    assert OF_FUNCTION.keys() <= IMPLEMENTED


def test_the_functions_of_a_service_are_listed(placed: Command) -> None:
    names = ("core_group_get_groups", "core_message_send_instant_messages")
    placed("service", "create", "Reports", "--function", names[0], "--function", names[1])
    rows = placed("functions", "--service", "Reports", "--json").json
    assert [(row["name"], row["implemented"]) for row in rows] == [
        (names[0], True),
        (names[1], False),
    ]
    assert set(placed("contracts", "--service", "Reports").json) == {names[0]}


def test_contracts_are_those_that_are_published(command: Command) -> None:
    printed = command("contracts").json
    assert printed.keys() == IMPLEMENTED
    for name, contract in printed.items():
        assert contract["parameters"] == json.loads(bytes(entries()[name].parameters))
        assert contract["returns"] == json.loads(bytes(entries()[name].returns))
