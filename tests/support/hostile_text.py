"""Text that would break a line, steer a terminal or end a JSON string; what a log makes of it."""

import json
import random
import unicodedata
from collections.abc import Iterator
from typing import Any

# Controls, directions, surrogates, separators of lines and paragraphs.
HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
HOSTILE = ["\n", "\r", "\x1b[31m", "\x00", "\u2028", "\u2029", "\x85", "\u202e", "\u2066", "\ud800"]
HOSTILE += ['"', "\\", "}{", "\x7f", "\x9b", "a", "é", "\U0001d54f", "\ufffe", "=", "\t"]
LONGEST_LINE = 16 * 1024


def texts(count: int) -> Iterator[str]:
    dice = random.Random(5)
    for _ in range(count):
        yield "".join(dice.choices(HOSTILE, k=dice.randrange(20)))


def lines_of(written: str, count: int) -> list[dict[str, Any]]:
    """The lines of a log: as many as were written, and each of them harmless JSON."""
    assert written.endswith("\n")
    lines = written.splitlines()
    assert len(lines) == count
    assert max(len(line.encode()) for line in lines) <= LONGEST_LINE
    found = [json.loads(line) for line in lines]
    seen = set(written) | {
        character for line in found for text in inside(line) for character in text
    }
    assert not {unicodedata.category(character) for character in seen - {"\n"}} & HARMFUL
    return found


def inside(value: object) -> Iterator[str]:
    """All texts of a decoded line, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from (name, *inside(item))
    elif isinstance(value, list):
        for item in value:
            yield from inside(item)
