"""The page of all commands says what `--help` says, in tables that stay in one piece."""

import re

import pytest

from scripts import commands_page

PAGE = commands_page.page()
BETWEEN_CELLS = re.compile(r"(?<!\\)\|")


def row(command: str, option: str) -> str:
    """The meaning of an option or an argument."""
    section = PAGE.partition(f"\n## coursewire {command}\n")[2].partition("\n## ")[0]
    found = [line for line in section.splitlines() if line.startswith(f"| `{option}`")]
    assert len(found) == 1, section
    return found[0].split(" | ", 1)[1]


def test_each_row_has_two_cells() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|")]
    assert [line for line in rows if len(BETWEEN_CELLS.findall(line)) != 3] == []


@pytest.mark.parametrize(
    ("command", "option", "told"),
    [
        ("role grant", "--permission", "`allow`, `prevent`, `prohibit` or `inherit`"),
        ("role grant", "--permission", "By default `allow`"),
        ("role create", "--level", "`activity` or `block`"),
        ("call", "--batch", "By default `50`"),
        ("protocol", "NAME", "Only `rest`"),
        ("user create", "--email", "Needed"),
    ],
)
def test_choices_and_defaults_are_told(command: str, option: str, told: str) -> None:
    assert told in row(command, option)


def test_what_the_help_says_is_not_said_twice() -> None:
    assert "`off`" not in row("webservices", "SWITCH")
    assert row("init", "--data").count("default") == 1


def test_markup_is_shown_as_the_help_shows_it() -> None:
    assert "groups[0][name]=Red" in row("call", "[KEY=VALUE\\|JSON]...")
    assert "By default `in 90 days`" in row("token issue", "--valid-until")


def test_the_exit_codes_of_all_commands_are_told() -> None:
    assert "5 the site answers no calls (`doctor`, `connection test`, `compare`)" in PAGE
