"""Lists: pages of fifty rows, which columns they show, and the same rows as a file."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct

from coursewire.console.answers import Answer
from coursewire.console.forms import Form
from coursewire.text import spreadsheets

T = TypeVar("T")

ROWS = 50
_LAST = 1_000_000


class Pages(Struct, frozen=True):
    """Which page of a list is shown: `number` from 1, and how many rows there are in all."""

    number: int
    total: int
    size: int = ROWS

    @property
    def offset(self) -> int:
        """Return how many rows come before."""
        return (self.number - 1) * self.size

    @property
    def count(self) -> int:
        """Return how many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Return the number of the first row shown, from 1."""
        return min(self.offset + 1, self.total)

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """Return the rows of this page out of all of them."""
        return rows[self.offset : self.offset + self.size]

    @property
    def last(self) -> int:
        """Return the number of the last row shown."""
        return min(self.offset + self.size, self.total)


def asked(query: Form) -> Pages:
    """Return the page that `?page=` asks for, before it is known how many rows there are."""
    return pages(query, ROWS * _LAST)


def pages(query: Form, total: int, size: int = ROWS, field: str = "page") -> Pages:
    """Return the page that `?page=` asks for, or the nearest one that exists."""
    asked = min(max(1, query.number(field, 1)), _LAST)
    return Pages(min(asked, max(1, -(-total // size))), total, size)


class Column(Struct, frozen=True):
    """A column that may be left out: its number from 1, and the `?hide=` with it the other way."""

    number: int
    words: str
    is_hidden: bool
    turned: str | None


def columns_of(query: Form, columns: Sequence[tuple[str, str]]) -> list[Column]:
    """Return the columns that may be left out: not the first, which names the row."""
    named = {
        number: words for number, (words, _key) in enumerate(columns, 1) if words and number > 1
    }
    asked = query.text("hide").split(",")
    hidden = [number for number in named if str(number) in asked]
    return [
        Column(number, words, number in hidden, _turned(hidden, number))
        for number, words in named.items()
    ]


def _turned(hidden: Sequence[int], number: int) -> str | None:
    left = {*hidden} ^ {number}
    return ",".join(str(each) for each in sorted(left)) or None


def as_file(name: str, rows: Sequence[Sequence[object]]) -> Answer:
    """Return rows as CSV; what a spreadsheet would run as a formula is marked as text (OUT-4)."""
    disposition = f'attachment; filename="{name}.csv"'.encode("ascii")
    return Answer(
        body=spreadsheets.document(rows).encode(),
        kind=b"text/csv; charset=utf-8",
        extra=((b"content-disposition", disposition),),
    )
