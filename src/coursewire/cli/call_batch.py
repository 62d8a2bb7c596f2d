"""A batch of a command: rows sent in parts, a bar while they go, and which of them failed."""

from typing import Any

import msgspec
from msgspec import Struct

from coursewire.cli import progress
from coursewire.cli.call_shown import Format, as_rows, print_csv, text_of
from coursewire.cli.showing import err, print_json, print_table
from coursewire.client import InvalidParameter, Moodle, MoodleError, Report
from coursewire.client import Progress as Settled
from coursewire.contracts.function import AnyFunction
from coursewire.text.counted import counted

SIZE = 50
"""Rows in one call, unless said otherwise."""


class FailedRow(Struct, frozen=True, kw_only=True):
    """A row that was refused; the first row has the number 1."""

    row: int
    error: str
    errorcode: str
    # False: refused with others of its call, and not to be told from them.
    alone: bool


class Batch(Struct, frozen=True, kw_only=True):
    """What became of all rows, by their numbers; `results` are the answers to each."""

    rows: int
    done: list[int]
    failed: list[FailedRow]
    unknown: list[int]
    untried: list[int]
    stopped: str
    results: dict[int, Any]


def send(moodle: Moodle, function: AnyFunction | str, rows: list[Any], size: int) -> Batch:
    """Send all rows, with a bar where a person watches."""
    with progress.shown() as tell:

        def watch(settled: Settled) -> None:
            tell("rows", settled.settled, settled.total)

        return _batch(moodle.batch(function, rows, size=size, progress=watch))


def unfit(moodle: Moodle, function: str, key: str, rows: list[Any]) -> dict[int, MoodleError]:
    """Return what is wrong with rows that do not fit their contract; nothing is sent."""
    found: dict[int, MoodleError] = {}
    for number, row in enumerate(rows, 1):
        try:
            moodle.preview(function, {key: [row]})
        except InvalidParameter as error:
            found[number] = error
    return found


def show(batch: Batch, form: Format) -> int:
    """Print the answers, and on standard error what failed; return the exit code."""
    if form is Format.JSON:
        print_json(batch)
    elif batch.results:
        headings, *answers = as_rows(list(batch.results.values()))
        numbered = [["row", *headings]]
        numbered += [[n, *cells] for n, cells in zip(batch.results, answers, strict=True)]
        if form is Format.CSV:
            print_csv(numbered)
        else:
            shown = [[text_of(cell) for cell in cells] for cells in numbered]
            print_table(shown[0], shown[1:])
    for failed in batch.failed:
        among = "" if failed.alone else " (or another row of its call)"
        err.print(f"row {failed.row}{among}: {failed.error}", markup=False)
    _tell_rest(batch)
    return 0 if len(batch.done) == batch.rows else 1


def _tell_rest(batch: Batch) -> None:
    if batch.stopped:
        err.print(f"stopped: {batch.stopped}", markup=False)
    if batch.unknown:
        err.print(f"may have been carried out: rows {_ranges(batch.unknown)}", markup=False)
    if batch.untried:
        err.print(f"not sent: rows {_ranges(batch.untried)}", markup=False)
    failed = f", {len(batch.failed)} failed" if batch.failed else ""
    err.print(f"{len(batch.done)} of {counted(batch.rows, 'row')} done{failed}.", markup=False)


def _batch(report: Report[Any]) -> Batch:
    return Batch(
        rows=report.total,
        done=sorted(row + 1 for part in report.done for row in part.rows),
        failed=[
            FailedRow(
                row=failed.row + 1,
                error=_told(failed.error),
                errorcode=failed.error.errorcode,
                alone=failed.alone,
            )
            for failed in sorted(report.failed, key=lambda failed: failed.row)
        ],
        unknown=[row + 1 for row in sorted(report.unknown)],
        untried=[row + 1 for row in sorted(report.untried)],
        stopped=str(report.stopped or ""),
        results={
            row + 1: msgspec.to_builtins(answer) for row, answer in sorted(report.results().items())
        },
    )


def _told(error: MoodleError) -> str:
    """Return the error with what the site said besides: here always, there in development."""
    return f"{error}; {error.debuginfo}" if error.debuginfo else str(error)


def _ranges(numbers: list[int]) -> str:
    """Return numbers as people write them: 1-3, 7."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    return ", ".join("-".join(map(str, each)) for each in ranges)
