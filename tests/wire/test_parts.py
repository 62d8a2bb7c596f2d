"""A list that comes in parts has the bytes that it has when it comes whole."""

from collections.abc import Iterator

import pytest
from msgspec import UNSET, Struct, UnsetType

from coursewire.contracts.errors import AnswerTooLarge, InvalidResponse
from coursewire.contracts.fields import Int, Raw
from coursewire.contracts.function import Function
from coursewire.text.types import Known
from coursewire.wire.limits import Limits
from coursewire.wire.parts import written
from coursewire.wire.plan import plan_of
from coursewire.wire.request import Format

KNOWN = Known(site_url="http://here.example")
BOTH = pytest.mark.parametrize("format_", ["json", "xml"])


class Item(Struct, frozen=True, kw_only=True):
    id: Int
    text: Raw | UnsetType = UNSET


PLAN = plan_of(Function(name="f", params=Item, returns=list[Item], kind="read", summary=""))


def item(number: int) -> object:
    return Item(id=number, text=UNSET if number % 3 else f"Ä/{number}")


@BOTH
@pytest.mark.parametrize("sizes", [[], [0], [1], [2, 1], [0, 3, 0, 2], [300, 1, 256, 513]])
def test_the_bytes_are_the_same(format_: Format, sizes: list[int]) -> None:
    parts = [[item(number) for number in range(size)] for size in sizes]
    encode = PLAN.json if format_ == "json" else PLAN.xml
    whole = b"".join(encode([it for part in parts for it in part]))
    assert b"".join(written(PLAN, format_, parts, KNOWN, Limits())) == whole


@BOTH
def test_each_part_is_checked_before_the_next_is_made(format_: Format) -> None:
    made: list[int] = []

    def parts() -> Iterator[list[object]]:
        for number in range(3):
            made.append(number)
            yield [Item(id=number if number != 1 else 2**70)]

    with pytest.raises(InvalidResponse):
        list(written(PLAN, format_, parts(), KNOWN, Limits()))
    assert made == [0, 1]


def test_rows_are_counted_over_all_parts() -> None:
    parts = [[item(1), item(2)], [item(3)]]
    assert list(written(PLAN, "json", parts, KNOWN, Limits(rows=3)))
    with pytest.raises(AnswerTooLarge, match="2"):
        list(written(PLAN, "json", parts, KNOWN, Limits(rows=2)))
