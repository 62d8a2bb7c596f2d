"""AUD-1: every command that changes a site leaves its records, and no command is forgotten."""

from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from coursewire.cli.main import program
from coursewire.store import audit, tokens
from tests.cli.changes import CHANGES, ELSEWHERE, READS, TOKEN
from tests.cli.conftest import Command
from tests.support.sites import TestSite

ROOT = Path(__file__).resolve().parent.parent.parent


def test_aud_1_each_command_leaves_its_records(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_text("categories:\n- name: Arts\n")
    placed("settings", "set", "callskept", "2000")
    for change in CHANGES:
        before = audit.records(site.session, limit=1)[0].id
        given = [_newest(site) if one == TOKEN else one for one in change.arguments]
        placed(*change.name.split(), *given, stdin=change.stdin)
        rows = audit.records(site.session, limit=50)
        made = tuple(row.action for row in reversed(rows) if row.id > before)
        assert made == change.records, change.name


def test_aud_1_no_command_is_forgotten() -> None:
    """A new command fails here until it stands in tests/cli/changes.py."""
    told = [change.name for change in CHANGES]
    assert set(_names(get_command(program()))) == {*told, *READS, *ELSEWHERE}
    assert not set(told) & (READS | set(ELSEWHERE))
    assert not READS & set(ELSEWHERE)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_aud_1_what_a_command_records_is_shown_elsewhere(name: str) -> None:
    where = ELSEWHERE[name]
    if not where.startswith("nothing: "):
        path, _, test = where.partition("::")
        assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


def _newest(site: TestSite) -> str:
    return max(tokens.listed(site.session), key=lambda token: token.id).handle


def _names(command: Any, before: str = "") -> list[str]:
    if not hasattr(command, "commands"):
        return [before]
    return [
        name
        for key, one in command.commands.items()
        for name in _names(one, f"{before} {key}".strip())
    ]
