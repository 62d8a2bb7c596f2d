"""IN-3: decoding is linear, and bounded at the limits, whatever shape the fields have."""

import contextlib
import gc
import time
import tracemalloc
from collections.abc import Callable

import pytest

from coursewire.wire.limits import MEBIBYTE, LimitExceeded, MalformedBody
from coursewire.wire.request import decode_request

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=XyZ"
Make = Callable[[int], bytes]


def joined(*fields: str) -> Make:
    """Make n fields; `#` stands for the number of the field."""
    encoded = [field.encode() for field in fields]
    return lambda n: b"&".join(encoded[i % len(encoded)].replace(b"#", b"%d" % i) for i in range(n))


def multipart(n: int) -> bytes:
    part = b'--XyZ\r\nContent-Disposition: form-data; name="a[%d]"\r\n\r\n1\r\n'
    return b"".join(part % i for i in range(n)) + b"--XyZ--\r\n"


# Name, size n that leaves 2n within the limits, and the maker.
SHAPES: list[tuple[str, str, int, Make]] = [
    ("one long key", FORM, 4 * MEBIBYTE, lambda n: b"a" * n),
    ("one long value", FORM, MEBIBYTE // 2, lambda n: b"a=" + b"x" * n),
    ("many brackets", FORM, 5_000, joined("a#" + "[b]" * 32 + "=1")),
    ("many equal keys", FORM, 10_000, joined("a=1")),
    ("a[]", FORM, 10_000, joined("a[]=1")),
    ("huge indices", FORM, 10_000, joined("a[429496729500#]=1")),
    ("alternating scalar and array", FORM, 10_000, joined("a[]=1", "a=1")),
    ("equal prefixes", FORM, 10_000, joined("a" * 100 + "#=1")),
    ("many semicolons", FORM, MEBIBYTE // 2, lambda n: b"a=" + b";" * n),
    ("percent noise", FORM, 10_000, joined("a#=" + "%%4%zz" * 60)),
    ("percent escapes", FORM, 10_000, joined("a#=" + "%41b" * 90)),
    ("deep, then wide", FORM, 5_000, joined("a" + "[b]" * 31 + "[#]=1")),
    ("long numbers", FORM, 10_000, joined("a[" + "9" * 200 + "#]=" + "9" * 100)),
    ("nothing but separators", FORM, 4 * MEBIBYTE, lambda n: b"&" * n),
    ("bytes that are no UTF-8", FORM, 500_000, lambda n: b"a=" + b"\xff" * n),
    ("multipart with tiny parts", MULTIPART, 500, multipart),
    (
        "lines like a boundary",
        MULTIPART,
        MEBIBYTE // 2,
        lambda n: b"--XyZ\r\n\r\n" + b"\r\n--XyZ\r" * n,
    ),
]


def decode(content_type: str, body: bytes) -> None:
    with contextlib.suppress(LimitExceeded, MalformedBody):
        decode_request("POST", b"", content_type, body)


def cost(content_type: str, body: bytes) -> float:
    """CPU seconds of one decoding, the best of several; long enough to be told from noise."""
    rounds = 1
    while True:
        gc.collect()
        start = time.process_time()
        for _ in range(rounds):
            decode(content_type, body)
        spent = time.process_time() - start
        if spent > 0.02:
            return spent / rounds
        rounds *= 4


@pytest.mark.parametrize(
    ("content_type", "n", "make"), [shape[1:] for shape in SHAPES], ids=[s[0] for s in SHAPES]
)
def test_in_3_twice_the_input_takes_about_twice_the_time(
    content_type: str, n: int, make: Make
) -> None:
    small, large = make(n), make(2 * n)
    ratios = []
    for _ in range(5):  # a busy machine may spoil one measurement, not five
        ratios.append(cost(content_type, large) / cost(content_type, small))
        if ratios[-1] <= 2.5:
            return
    pytest.fail(f"{ratios}")


WORST: list[tuple[str, str, bytes]] = [
    ("20,000 deep maps", FORM, joined("a#" + "[]" * 32 + "=1")(20_000)),
    ("8 MiB of escapes", FORM, b"&".join([b"a=" + b"%41b" * (MEBIBYTE // 2)] * 4)[: 8 * MEBIBYTE]),
    (
        "8 MiB of percent signs",
        FORM,
        b"&".join([b"a=" + b"%" * (MEBIBYTE - 1)] * 8)[: 8 * MEBIBYTE],
    ),
    ("8 MiB of names", FORM, joined("%41" * 130 + "#=1")(20_000)[: 8 * MEBIBYTE]),
    ("8 MiB of separators", FORM, b"&" * 8 * MEBIBYTE),
    ("8 MiB of boundaries", MULTIPART, b"--XyZ\r\n\r\n" + b"\r\n--XyZ\r" * MEBIBYTE),
    ("1,000 parts", MULTIPART, multipart(1_000)),
]


@pytest.mark.parametrize(
    ("content_type", "body"), [case[1:] for case in WORST], ids=[case[0] for case in WORST]
)
def test_in_3_the_worst_at_the_limits_is_bounded(content_type: str, body: bytes) -> None:
    seconds = min(cost(content_type, body) for _ in range(3))
    assert seconds <= 1.0
    tracemalloc.start()
    decode(content_type, body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 200 * MEBIBYTE
