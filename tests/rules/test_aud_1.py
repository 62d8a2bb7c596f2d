"""AUD-1: things that somebody can do, and exactly one record of each."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from coursewire.console import listing
from coursewire.functions.catalogue import BUILT_IN
from coursewire_percipio import PLUGIN
from tests.cli import changes as commands
from tests.rules import kinds, matrix
from tests.rules.changes import Change, World
from tests.rules.changes_by_call import CALLS
from tests.rules.changes_by_rule import RULES
from tests.rules.changes_in_console import FORMS
from tests.support.plugins import plugged

TABLE: tuple[Change, ...] = (*CALLS, *FORMS, *RULES)
# What is recorded by the way, and not by a form, a command or a call of the tables: each with the
# file of tests that looks for it.
BY_THE_WAY: Mapping[str, str] = {
    "audit.purge": "tests/cli/test_audit.py",
    "console.confirm": "tests/console/test_sessions.py",
    "console.link_used": "tests/console/test_sign_in.py",
    "console.recovery_code": "tests/console/test_sign_in.py",
    "console.refused": "tests/console/test_sign_in.py",
    "enrolment.self_enrol": "tests/functions/test_enrol_self.py",
    "file.purge": "tests/server/test_upkeep.py",
    "login.failure": "tests/domain/test_login.py",
    "login.lockout": "tests/domain/test_login_limits.py",
    "login.success": "tests/domain/test_login.py",
    "percipio.image": "tests/plugins/percipio/test_images.py",
    "percipio.import": "tests/plugins/percipio/test_asset_import.py",
    "private_key.renew": "tests/domain/test_private_keys.py",
    "server.start": "tests/server/test_attendance.py",
    "server.stop": "tests/server/test_attendance.py",
    "site.migrate": "tests/cli/test_backup.py",
    "site.restore": "tests/transfer/test_restore.py",
    "token.create": "tests/domain/test_login_token.py",
    "token.expire": "tests/domain/test_tokens.py",
    "token.first_use": "tests/domain/test_last_access.py",
    "token.purge": "tests/server/test_upkeep.py",
    "token.refuse": "tests/domain/test_refused_tokens.py",
    "token.send": "tests/domain/test_login_token.py",
    "user.preferences": "tests/functions/core_user/test_preferences.py",
}
# The answer is that of other functions, and they record; a file comes by another path.
OTHERWISE = {"tool_mobile_call_external_functions", "core_files_upload"}


@pytest.fixture
def world(site: Any) -> Iterator[World]:
    with plugged(site, PLUGIN) as served:
        yield World(served)


def _check(world: World, changes: tuple[Change, ...]) -> None:
    for change in changes:
        assert world.recorded(change) == change.records, change.way


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_aud_1_each_call_leaves_exactly_one_record(world: World) -> None:
    _check(world, CALLS)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_aud_1_each_rule_leaves_exactly_one_record(world: World) -> None:
    _check(world, RULES)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_aud_1_each_form_of_the_console_leaves_the_records_of_what_it_changed(
    world: World,
) -> None:
    _check(world, FORMS)


def test_aud_1_the_table_holds_every_form_of_the_console() -> None:
    """A new form fails here until it stands in tests/rules/changes_in_console.py."""
    posts = {action.path for action in listing.ACTIONS if action.method == "POST"}
    assert posts == {change.way for change in FORMS}


def test_aud_1_whatever_a_function_writes_is_recorded() -> None:
    """The matrix (AUTHZ-2) calls each function as everybody about everything."""
    table = matrix.stored()
    outcomes = {
        function: [line for row in rows.values() for line in row.values()]
        for function, rows in table.items()
    }
    written = [line for lines in outcomes.values() for line in lines if "; writes " in line]
    assert len(written) > 100
    assert [line for line in written if "audit_records" not in line.split()] == []
    writers = {bound.contract.name for bound in BUILT_IN if bound.contract.kind == "write"}
    silent = {
        name for name in writers if not any("audit_records" in line for line in outcomes[name])
    }
    assert silent == OTHERWISE


def test_aud_1_no_kind_of_change_is_without_a_test() -> None:
    """A new kind fails here until it stands in one of the tables."""
    shown = {kind for change in TABLE for kind in change.records}
    shown |= {kind for command in commands.CHANGES for kind in command.records}
    assert not shown & set(BY_THE_WAY), "it stands in a table already"
    assert set(kinds.in_source()) == shown | set(BY_THE_WAY)
    assert len(shown) >= 60


@pytest.mark.parametrize("kind", BY_THE_WAY)
def test_aud_1_what_is_recorded_by_the_way_is_looked_for(kind: str) -> None:
    assert json.dumps(kind) in (kinds.ROOT / BY_THE_WAY[kind]).read_text(encoding="utf-8")
