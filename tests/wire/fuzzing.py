"""A small coverage-guided fuzzer: mutates a corpus and keeps what reaches code not reached yet."""

import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

CORPUS = Path(__file__).parent.parent / "corpus"
LONGEST = 2_000
# Inputs between two that are traced: tracing costs ten times the decoding.
TRACED_EVERY = 20


def corpus(name: str) -> list[bytes]:
    """The kept inputs of a decoder."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


class Fuzzer:
    """Feeds a decoder; what it raises beyond its own errors ends the run."""

    def __init__(
        self,
        target: Callable[[bytes], object],
        seeds: Sequence[bytes],
        files: Sequence[str],
        seed: int,
    ) -> None:
        self._target = target
        self._files = tuple(files)
        self._dice = random.Random(seed)
        self._reached: set[tuple[str, int, int]] = set()
        self.pool = list(seeds)
        for data in seeds:
            self._traced(data)

    @property
    def reached(self) -> int:
        """How many steps from line to line were seen."""
        return len(self._reached)

    def run(self, count: int) -> None:
        """Decode so many inputs."""
        for number in range(count):
            data = self._mutated()
            try:
                if number % TRACED_EVERY == 0 and self._traced(data):
                    self.pool.append(data)
                elif number % TRACED_EVERY:
                    self._target(data)
            except Exception as error:
                msg = f"an input of {len(data)} bytes was decoded wrongly: {data!r}"
                raise AssertionError(msg) from error

    def _mutated(self) -> bytes:
        dice = self._dice
        data = bytearray(dice.choice(self.pool))
        for _ in range(dice.choice((1, 1, 2, 4, 8))):
            at = dice.randrange(len(data) + 1)
            match dice.randrange(6):
                case 0:
                    data[at:at] = bytes([dice.randrange(256)])
                case 1:
                    del data[at : at + dice.randrange(1, 5)]
                case 2:
                    other = dice.choice(self.pool)
                    begin = dice.randrange(len(other) + 1)
                    data[at:at] = other[begin : begin + dice.randrange(1, 30)]
                case 3:
                    data[at : at + 1] = dice.choice((b"[", b"]", b"=", b"&", b"%", b";", b"\r\n"))
                case 4:
                    data[at:at] = data[at : at + dice.randrange(1, 30)] * dice.randrange(1, 4)
                case _:
                    other = dice.choice(self.pool)
                    data[at:] = other[dice.randrange(len(other) + 1) :]
        return bytes(data[:LONGEST])

    def _traced(self, data: bytes) -> bool:
        """Decode with every line watched; tell whether something new was reached."""
        steps: set[tuple[str, int, int]] = set()

        def watch(frame: FrameType, _event: str, _arg: Any) -> Any:
            name = frame.f_code.co_filename
            if not name.endswith(self._files):
                return None
            before = 0

            def line(inner: FrameType, _event: str, _arg: Any) -> Any:
                nonlocal before
                steps.add((name, before, inner.f_lineno))
                before = inner.f_lineno
                return line

            return line

        earlier = sys.gettrace()
        sys.settrace(watch)
        try:
            self._target(data)
        finally:
            sys.settrace(earlier)
        new = not steps <= self._reached
        self._reached |= steps
        return new
