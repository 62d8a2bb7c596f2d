"""The pages of docs/reference, written from contracts."""

import re

import pytest
from msgspec import Struct

from coursewire.contracts.core_grades import update_grades
from coursewire.contracts.core_group.groups import delete_groups, get_groups, update_groups
from coursewire.contracts.fields import Raw
from coursewire.contracts.function import Function
from coursewire.contracts.parts import NoParameters
from coursewire.contracts.registry import entries
from coursewire.contracts.tool_mobile import get_public_config
from coursewire.contracts.tree import Scalar
from coursewire.reference.differences import EVERYWHERE, OF_FUNCTION, differences_of
from coursewire.reference.pages import pages
from coursewire.reference.rules import RULES, rule_text
from coursewire.server.asgi import SCRIPTS
from tests.contracts.implemented import all_contracts
from tests.contracts.test_fields import rules_of

CONTRACTS = all_contracts()
PAGES = pages(CONTRACTS.values())


def section(function: str) -> str:
    """Return what a family's page says of one function."""
    for text in PAGES.values():
        found = re.search(rf"^## {function}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if found:
            return found[1]
    pytest.fail(f"{function} has no section")


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_every_function_has_a_section_and_a_line_in_the_index(name: str) -> None:
    assert CONTRACTS[name].summary in section(name)
    assert re.search(rf"\[{name}\]\((\w+\.md)#{name}\)", PAGES["index.md"])


def test_links_lead_to_pages_and_headings() -> None:
    for page in PAGES.values():
        for file, heading in re.findall(r"\]\(([\w.]+\.md)(?:#(\w+))?\)", page):
            assert file in PAGES
            assert not heading or f"\n## {heading}\n" in PAGES[file]


def test_a_family_is_named_by_its_component_or_part_of_the_core() -> None:
    assert {"core_group.md", "core_webservice.md", "enrol_manual.md", "tool_mobile.md"} <= set(
        PAGES
    )


def test_parameters_are_listed_with_their_defaults() -> None:
    text = section(update_groups.name)
    assert "| `groups[].name` | text | required |" in text
    assert '| `groups[].descriptionformat` | int | default `"1"` |' in text
    assert "| `groups[].idnumber` | raw | optional |" in text
    assert "| `groups[].customfields` | list of objects | optional |" in text


def test_an_answer_tells_what_may_be_null_or_absent() -> None:
    text = section(get_groups.name)
    assert "List of objects." in text
    assert "| `[].enrolmentkey` | raw | always, may be null |" in text
    assert "| `[].customfields` | list of objects | may be absent |" in text


def test_an_answer_may_be_nothing_or_a_number() -> None:
    assert "Nothing: `null`." in section(delete_groups.name)
    assert "### Answer\n\nInt." in section(update_grades.name)


def test_a_function_without_parameters_says_so() -> None:
    text = section(get_public_config.name)
    assert "### Parameters\n\nNone." in text
    assert "without a token" in text


def test_a_deprecated_function_says_so() -> None:
    class Old(Struct, frozen=True):
        word: Raw

    old: Function[NoParameters, Old] = Function(
        name="core_old_get_word",
        params=NoParameters,
        returns=Old,
        kind="read",
        summary="Tell a word.",
        deprecated=True,
    )
    page = pages([old])["core_old.md"]
    assert "- Deprecated" in page
    assert "Coursewire has 0 of the 760 functions" in pages([old])["index.md"]


def test_differences_stand_with_their_function() -> None:
    assert "(D20)" in section(update_groups.name)
    assert "Differences" not in section(get_groups.name)
    assert differences_of("core_group_get_groups") == ()


def test_null_in_arguments_is_told_of_for_all() -> None:
    assert any(it.moodle.startswith("A null in JSON") for it in EVERYWHERE)


@pytest.mark.parametrize(
    "function",
    [
        "core_course_search_courses",
        "core_enrol_get_enrolled_users",
        "core_enrol_get_enrolled_users_with_capability",
        "mod_assign_get_assignments",
    ],
)
def test_who_asks_by_capabilities_reads_which_are_known(function: str) -> None:
    assert "`mod/assign:submit`" in section(function)


def test_differences_are_those_of_functions_that_exist() -> None:
    assert set(OF_FUNCTION) <= set(entries())


def test_every_numbered_difference_is_told_once_for_all_or_with_a_function() -> None:
    everywhere = [difference.number for difference in EVERYWHERE if difference.number]
    special = {it.number for of_function in OF_FUNCTION.values() for it in of_function}
    assert len(everywhere) == len(set(everywhere))
    assert {*everywhere, *special} - {""} == {f"D{number}" for number in range(1, 21)}


@pytest.mark.parametrize(
    "script",
    [
        "/webservice/rest/server.php",
        "/webservice/rest/simpleserver.php",
        "/login/token.php",
        "/lib/ajax/service.php",
        "/lib/ajax/service-nologin.php",
        "/webservice/upload.php",
        "/webservice/pluginfile.php",
        "/webservice/draftfile.php",
        "/tokenpluginfile.php",
        "/admin/tool/mobile/launch.php",
        "/theme/image.php",
    ],
)
def test_a_script_that_answers_or_clients_name_is_served_or_told_as_missing(script: str) -> None:
    everything = (*EVERYWHERE, *(it for some in OF_FUNCTION.values() for it in some))
    told = " ".join(difference.moodle for difference in everything)
    assert script in SCRIPTS or script.rpartition("/")[2] in told


def test_every_rule_in_use_is_told_in_words() -> None:
    used: set[str] = set()
    for function in CONTRACTS.values():
        used |= rules_of(function.parameter_tree())
        answer = function.return_tree()
        used |= set() if answer is None else rules_of(answer)
    assert used <= set(RULES)
    for name in RULES:
        assert f"| {name} | " in PAGES["types.md"]


def test_a_rule_of_a_plugin_is_told_by_its_name() -> None:
    assert rule_text(Scalar(type="percipio_id")).words == "`percipio_id`"
