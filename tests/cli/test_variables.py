"""A misspelt variable of the environment is told, and hinders nothing."""

import pytest

from coursewire.cli import variables
from coursewire.cli.asking import TOKEN_VARIABLE
from coursewire.client import connections
from tests.cli.conftest import Command


def test_an_unknown_variable_is_told_in_one_line(
    placed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEWIRE_PROT", "9000")
    monkeypatch.setenv("COURSEWIRE_SERVICE_ACCOUNT_OF_NOBODY", "x")
    done = placed("user", "list", "--json")
    assert done.json
    assert done.err == (
        "warning: no such setting, ignored: COURSEWIRE_PROT (is COURSEWIRE_PORT meant?), "
        "COURSEWIRE_SERVICE_ACCOUNT_OF_NOBODY\n"
    )


def test_variables_of_all_parts_are_known(placed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (TOKEN_VARIABLE, connections.VARIABLE):
        assert name in variables.KNOWN
    for name in ("COURSEWIRE_TEST_SEED", "COURSEWIRE_BENCH_SIZE", "COURSEWIRE_TOKEN_A"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("COURSEWIRE_LOG_LEVEL", "error")
    assert placed("user", "list").err == ""
