"""How results are written: tables and JSON in which stored text cannot steer a terminal (OUT-4)."""

import errno
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from coursewire.audit.redaction import visible

# Piped output is for programs and `grep`: a row stays on one line.
_PIPED_WIDTH = 2000
# JSON strings escape only C0; terminals obey C1, line separators and direction marks as well.
_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class VisibleConsole(Console):
    """Writes out control characters in whatever is printed; only Rich's own styling is left."""

    @property
    def size(self) -> ConsoleDimensions:
        """Return the size of the terminal; without one, nothing is wrapped."""
        found = super().size
        return found if self.is_terminal else ConsoleDimensions(_PIPED_WIDTH, found.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size

    def on_broken_pipe(self) -> None:
        """Let whoever writes know that nobody reads; the command ends without a word."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Return the segments of a renderable, their texts made visible line by line."""
        for segment in super().render(renderable, options):
            if segment.is_control:
                yield segment
            else:
                shown = "\n".join(visible(line) for line in segment.text.split("\n"))
                yield Segment(shown, segment.style)


# What stands between colons is data: of an anchor such as 12:100:9c41… an emoji would be made.
out = VisibleConsole(highlight=False, soft_wrap=False, emoji=False)
err = VisibleConsole(stderr=True, highlight=False, emoji=False)


def as_json(value: Any) -> str:  # noqa: ANN401 - whatever msgspec writes
    """Return indented JSON that is safe to show on a terminal and the same to a program."""
    return _indented(msgspec.json.encode(value))


def _indented(written: bytes) -> str:
    text = msgspec.json.format(written, indent=2).decode()
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever msgspec writes
    """Print a value as JSON."""
    plain(as_json(value))


def print_json_text(written: bytes) -> None:
    """Print JSON that somebody else wrote, indented; raises DecodeError when it is none."""
    plain(_indented(written))


def plain(text: str) -> None:
    """Print a line exactly as it is, never wrapped: for what is copied or read by a program."""
    out.print(Text(text), soft_wrap=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str = "") -> None:
    """Print rows under quiet headings, or say that there are none."""
    shown = [[visible(cell) for cell in row] for row in rows]
    if not shown:
        out.print(Text(empty or "none", style="dim"))
    elif out.is_terminal:
        table = Table(*columns, box=None, header_style="dim", pad_edge=False)
        for row in shown:
            table.add_row(*map(Text, row))
        out.print(table)
    else:
        _print_aligned([list(columns), *shown])


def print_facts(facts: Mapping[str, str]) -> None:
    """Print names and values, one pair a line; empty values are left out."""
    shown = [[name, visible(value)] for name, value in facts.items() if value]
    if not out.is_terminal:
        _print_aligned(shown)
        return
    table = Table.grid(padding=(0, 2))
    for name, value in shown:
        table.add_row(Text(name, style="dim"), Text(value))
    out.print(table)


def _print_aligned(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        plain("  ".join(cells).rstrip())
