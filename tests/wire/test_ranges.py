"""Which part of a file a Range header asks for (RFC 9110, section 14)."""

import pytest

from coursewire.wire.ranges import NoSuchPart, Part, asked_part

SIZE = 10


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-4", (0, 5)),
        ("bytes=4-4", (4, 5)),
        ("bytes=3-", (3, 10)),
        ("bytes=9-9", (9, 10)),
        ("bytes=5-99", (5, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("Bytes=0-0", (0, 1)),
        ("bytes=00-04", (0, 5)),
    ],
)
def test_one_part(header: str, part: tuple[int, int]) -> None:
    assert asked_part(header, SIZE) == Part(*part)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=4",
        "bytes=4-3",
        "bytes=0-1,3-4",
        "bytes= 0-4",
        "bytes=0-4 ",
        "bytes=a-b",
        "bytes=+1-4",
        "bytes=--3",
        "lines=0-4",
        f"bytes=0-{'9' * 19}",
        "bytes=\N{ARABIC-INDIC DIGIT TWO}-",
    ],
)
def test_what_is_no_part_is_all_of_it(header: str) -> None:
    assert asked_part(header, SIZE) is None


@pytest.mark.parametrize(
    ("header", "size"),
    [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)],
)
def test_what_lies_behind_the_end(header: str, size: int) -> None:
    with pytest.raises(NoSuchPart):
        asked_part(header, size)
