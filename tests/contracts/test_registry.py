"""The list of all published functions."""

from coursewire.contracts import registry
from coursewire.contracts.schema import schema_of
from coursewire.contracts.tree import List, Object, Scalar
from tests.contracts.implemented import all_contracts


def test_all_functions_are_published() -> None:
    assert len(registry.entries()) == 760
    assert list(registry.entries()) == sorted(registry.entries())


def test_a_function_of_moodle_is_told_from_an_invented_one() -> None:
    assert registry.is_published("mod_quiz_start_attempt")
    assert not registry.is_published("mod_quiz_start_nothing")


def test_the_mobile_service_holds_what_its_functions_say() -> None:
    names = registry.in_service(registry.MOBILE_SERVICE)
    assert len(names) == 430
    assert "core_webservice_get_site_info" in names
    assert "core_course_create_courses" not in names


def test_an_unknown_service_holds_nothing() -> None:
    assert registry.in_service("no_such_service") == ()


def test_entry_and_contract_tell_the_same() -> None:
    for name, function in all_contracts().items():
        entry, schema = registry.entries()[name], schema_of(function)
        assert (entry.type, entry.component) == (schema["type"], schema["component"])
        assert list(entry.services) == schema["services"]


def test_trees_are_read_on_demand() -> None:
    entry = registry.entries()["core_group_create_groups"]
    tree = entry.parameter_tree()
    assert isinstance(tree, Object)
    assert list(tree.keys) == ["groups"]
    assert entry.return_tree() is not None
    assert registry.entries()["core_group_delete_groups"].return_tree() is None


def test_the_time_of_the_call_as_a_default_is_kept() -> None:
    tree = registry.entries()["core_calendar_create_calendar_events"].parameter_tree()
    assert isinstance(tree, Object)
    events = tree.keys["events"]
    assert isinstance(events, List)
    assert isinstance(events.items, Object)
    start = events.items.keys["timestart"]
    assert isinstance(start, Scalar)
    assert start.default_is_now
