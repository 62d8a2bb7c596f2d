"""The log on standard error."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from coursewire.server import logs


@pytest.mark.parametrize("buffering", [1, -1], ids=["lines", "blocks"])
def test_dur_9_a_log_that_cannot_be_written_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, buffering: int
) -> None:
    full = Path("/dev/full").open("w", buffering=buffering, encoding="utf-8")  # noqa: SIM115 - its end fails
    monkeypatch.setattr(sys, "stderr", full)
    log = structlog.PrintLogger(logs.StandardError())  # type: ignore[arg-type]
    for _ in range(3):
        log.msg("a line")
    monkeypatch.undo()
    with suppress(OSError):
        full.close()


def test_dur_9_a_reader_of_the_log_that_has_gone_stops_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    broken = os.fdopen(writer, "w", buffering=1, encoding="utf-8")
    monkeypatch.setattr(sys, "stderr", broken)
    structlog.PrintLogger(logs.StandardError()).msg("a line")  # type: ignore[arg-type]
    monkeypatch.undo()
    with suppress(OSError):
        broken.close()
