"""Measures decoding in a process of its own, where neither coverage nor other tests add to it.

Run as a module it prints, as JSON, for every shape how twice the input relates to once, and for
every worst case the seconds and the peak of memory.
"""

import contextlib
import gc
import json
import time
import tracemalloc
from collections.abc import Callable

from coursewire.wire.limits import MEBIBYTE, LimitExceeded, MalformedBody
from coursewire.wire.request import decode_request

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=XyZ"
LINEAR = 2.5
Make = Callable[[int], bytes]


def joined(*fields: str) -> Make:
    """Make n fields; `#` stands for the number of the field."""
    encoded = [field.encode() for field in fields]
    return lambda n: b"&".join(encoded[i % len(encoded)].replace(b"#", b"%d" % i) for i in range(n))


def multipart(n: int) -> bytes:
    """Make n small parts."""
    part = b'--XyZ\r\nContent-Disposition: form-data; name="a[%d]"\r\n\r\n1\r\n'
    return b"".join(part % i for i in range(n)) + b"--XyZ--\r\n"


def boundaries(n: int) -> bytes:
    """Make one part with n lines that look like a boundary at first."""
    return b"--XyZ\r\n\r\n" + b"\r\n--XyZ\r" * n


# The content type, a size n that leaves 2n within the limits, and the maker.
SHAPES: dict[str, tuple[str, int, Make]] = {
    "one long key": (FORM, MEBIBYTE, lambda n: b"a" * n),
    "one long value": (FORM, MEBIBYTE // 2, lambda n: b"a=" + b"x" * n),
    "many brackets": (FORM, 10_000, joined("a#" + "[b]" * 32 + "=1")),
    "many appending brackets": (FORM, 10_000, joined("a" + "[]" * 32 + "=1")),
    "many equal keys": (FORM, 10_000, joined("a=1")),
    "a[]": (FORM, 10_000, joined("a[]=1")),
    "huge indices": (FORM, 10_000, joined("a[429496729500#]=1")),
    "alternating scalar and array": (FORM, 10_000, joined("a[]=1", "a=1")),
    "equal prefixes": (FORM, 10_000, joined("a" * 100 + "#=1")),
    "many semicolons": (FORM, MEBIBYTE // 2, lambda n: b"a=" + b";" * n),
    "percent noise": (FORM, 10_000, joined("a#=" + "%%4%zz" * 60)),
    "percent escapes": (FORM, 10_000, joined("a#=" + "%41b" * 90)),
    "deep, then wide": (FORM, 10_000, joined("a" + "[b]" * 31 + "[#]=1")),
    "long numbers": (FORM, 10_000, joined("a[" + "9" * 200 + "#]=" + "9" * 100)),
    "nothing but separators": (FORM, MEBIBYTE, lambda n: b"&" * n),
    "bytes that are no UTF-8": (FORM, 500_000, lambda n: b"a=" + b"\xff" * n),
    "multipart with tiny parts": (MULTIPART, 500, multipart),
    "lines like a boundary": (MULTIPART, MEBIBYTE // 2, boundaries),
}

WORST: dict[str, tuple[str, bytes]] = {
    "20,000 deep maps": (FORM, joined("a#" + "[]" * 32 + "=1")(20_000)),
    "8 MiB of escapes": (FORM, b"&".join([b"a=" + b"%41b" * (MEBIBYTE // 2)] * 4)),
    "8 MiB of percent signs": (FORM, b"&".join([b"a=" + b"%" * (MEBIBYTE - 3)] * 8)),
    "8 MiB of names": (FORM, joined("%41" * 130 + "#=1")(20_000)),
    "8 MiB of separators": (FORM, b"&" * 8 * MEBIBYTE),
    "8 MiB of boundaries": (MULTIPART, boundaries(MEBIBYTE)),
    "1,000 parts": (MULTIPART, multipart(1_000)),
}


def decode(content_type: str, body: bytes) -> None:
    """Decode a body, or find it over a limit."""
    with contextlib.suppress(LimitExceeded, MalformedBody):
        decode_request("POST", b"", content_type, body[: 8 * MEBIBYTE])


def cost(content_type: str, body: bytes) -> float:
    """CPU seconds of one decoding, over a time long enough to be told from noise."""
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


def ratio(content_type: str, n: int, make: Make) -> float:
    """How twice the input relates to once; other work on the machine can only add to either."""
    bodies = make(n), make(2 * n)
    least = [float("inf"), float("inf")]
    for _ in range(8):
        least = [min(old, cost(content_type, it)) for old, it in zip(least, bodies, strict=True)]
        if least[1] / least[0] <= LINEAR:
            break
    return least[1] / least[0]


def worst(content_type: str, body: bytes) -> tuple[float, int]:
    """The seconds and the bytes that a body costs."""
    seconds = min(cost(content_type, body) for _ in range(5))
    tracemalloc.start()
    decode(content_type, body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak


if __name__ == "__main__":
    measured = {
        "ratios": {name: ratio(*shape) for name, shape in SHAPES.items()},
        "worst": {name: worst(*case) for name, case in WORST.items()},
    }
    print(json.dumps(measured))  # noqa: T201 - what it is run for
