"""The log on standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from coursewire.server import logs
from tests.support.hostile_text import LONGEST_LINE, lines_of, texts
from tests.support.sizes import size


@pytest.fixture
def configured() -> Iterator[None]:
    """The log as the server has it; what others made of it comes back."""
    before = structlog.get_config()
    logs.configure("info")
    yield
    structlog.configure(**before)


class Thing:
    """What is none of JSON's own, and has a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


@pytest.mark.usefixtures("configured")
def test_aud_5_hostile_values_stay_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    count = size(20_000, 200_000)
    log = structlog.get_logger("tests")
    for text in texts(count):
        log.info(text, reason=text, inner=[{text: (text, Thing(text))}], thing=Thing(text))
    found = lines_of(capsys.readouterr().err, count)
    assert all(line["event"] == line["reason"] == line["thing"] for line in found)
    assert all(line["inner"] == [{line["event"]: [line["event"]] * 2}] for line in found)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("character", ["x", '"', "\n", "\u20ac", "\U0001d54f", "\ud800"])
def test_aud_5_a_line_is_16_kib_at_most(capsys: pytest.CaptureFixture[str], character: str) -> None:
    text = character * 5000
    structlog.get_logger("tests").warning(text, one=text, two=[text], three=text, four=text)
    line = capsys.readouterr().err
    assert len(line.encode()) <= LONGEST_LINE + 1
    (found,) = lines_of(line, 1)
    assert set(found) == {"event", "level", "timestamp", "omitted"}
    assert found["level"] == "warning"
    assert len(found["event"]) == 1024
    assert int(found["omitted"].removesuffix(" bytes")) > LONGEST_LINE


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
