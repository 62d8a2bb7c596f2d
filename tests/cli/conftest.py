"""The command in this process, on a fresh site of either engine."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coursewire.cli.main import program_for
from coursewire.store import keys
from tests.support.sites import TestSite, opened


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """Runs `coursewire …` in this process; an unknown error is raised, not told."""

    def __call__(self, *arguments: str, stdin: str = "", code: int | None = 0) -> Done:
        result = CliRunner().invoke(
            program_for(arguments), arguments, input=stdin, catch_exceptions=False
        )
        done = Done(result.exit_code, result.stdout, result.stderr)
        assert code is None or done.code == code, f"{done.out}{done.err}"
        return done

    def refused(self, *arguments: str, stdin: str = "", code: int = 1) -> str:
        """Run a command that must fail; gives its one error sentence and what to try."""
        done = self(*arguments, stdin=stdin, code=code)
        assert done.err.startswith("error: "), done.err
        assert "Traceback" not in done.err
        return done.err


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command without a site, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Command()


@pytest.fixture
def placed(
    command: Command, site_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """The command with a fresh site, which it finds by the environment."""
    folder = tmp_path / "place"
    folder.mkdir(mode=0o700)
    keys.create(folder / keys.FILE_NAME)
    monkeypatch.setenv("COURSEWIRE_DATA", str(folder))
    monkeypatch.setenv("COURSEWIRE_DATABASE", site_address)
    return command


@pytest.fixture
def site(placed: Command, site_address: str, tmp_path: Path) -> Iterator[TestSite]:
    """The site of `placed`, for preparing it and looking at what became of it."""
    del placed
    with opened(site_address, tmp_path / "place") as found:
        yield found
