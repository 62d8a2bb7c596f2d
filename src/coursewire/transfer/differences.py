"""How two answers differ, where ids and times of two sites are never the same."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, cast

from msgspec import Struct

from coursewire.audit.redaction import REDACTED, SECRET_NAMES
from coursewire.text.counted import counted

_TIMES = re.compile(r"time|date|access|login|created|modified|start|end$")
_LATE = 100_000_000
_NUMBER = re.compile(r"\d+")


class Difference(Struct, frozen=True, kw_only=True):
    """A place of an answer that is not the same on both sites."""

    call: int
    function: str
    place: str
    a: Any
    b: Any


class Pairs:
    """Which id of one site is which of the other; the same id is always the same thing."""

    def __init__(self) -> None:
        self._forth: dict[tuple[str, int], int] = {}
        self._back: dict[tuple[str, int], int] = {}

    def match(self, kind: str, a: int, b: int) -> bool:
        """Tell whether two ids may be one thing, and remember that they are."""
        if (a == 0) != (b == 0):
            return False
        forth = self._forth.setdefault((kind, a), b)
        back = self._back.setdefault((kind, b), a)
        return forth == b and back == a


class Comparison:
    """Compares the answers of one run of a scenario."""

    def __init__(self, root_a: str, root_b: str) -> None:
        self._roots = root_a.rstrip("/"), root_b.rstrip("/")
        self._pairs = Pairs()

    def answers(
        self, number: int, function: str, a: object, b: object, ignore: Sequence[str] = ()
    ) -> list[Difference]:
        """Return the differences of two answers, outside the places that may differ."""
        found: list[Difference] = []
        for place, one, other in self._walk(function, "$", "", a, b):
            if not any(fnmatchcase(place, pattern) for pattern in ignore):
                found.append(
                    Difference(call=number, function=function, place=place, a=one, b=other)
                )
        return found

    def _walk(
        self,
        function: str,
        place: str,
        key: str,
        a: object,
        b: object,
    ) -> list[tuple[str, Any, Any]]:
        if isinstance(a, dict) and isinstance(b, dict):
            return self._maps(function, place, cast("dict[str, Any]", a), cast("dict[str, Any]", b))
        if isinstance(a, list) and isinstance(b, list):
            return self._lists(
                function, place, key, cast("list[object]", a), cast("list[object]", b)
            )
        # One of them may still be a list or a map of anything.
        return self._values(function, place, key, a, b)  # pyright: ignore[reportUnknownArgumentType]

    def _values(
        self, function: str, place: str, key: str, a: object, b: object
    ) -> list[tuple[str, Any, Any]]:
        if key.lower() in SECRET_NAMES:
            return [] if bool(a) == bool(b) else [(place, REDACTED, REDACTED)]
        return [] if self._same(function, key, a, b) else [(place, a, b)]

    def _maps(
        self, function: str, place: str, a: dict[str, Any], b: dict[str, Any]
    ) -> list[tuple[str, Any, Any]]:
        found: list[tuple[str, Any, Any]] = []
        for name in {**a, **b}:
            if name in a and name in b:
                found += self._walk(function, f"{place}.{name}", name, a[name], b[name])
            else:
                missing = "(missing)"
                found.append((f"{place}.{name}", a.get(name, missing), b.get(name, missing)))
        return found

    def _lists(
        self, function: str, place: str, key: str, a: list[object], b: list[object]
    ) -> list[tuple[str, Any, Any]]:
        if len(a) != len(b):
            return [(place, _entries(a), _entries(b))]
        found: list[tuple[str, Any, Any]] = []
        for index, (one, other) in enumerate(zip(a, b, strict=True)):
            found += self._walk(function, f"{place}.{index}", key, one, other)
        return found

    def _same(self, function: str, key: str, a: object, b: object) -> bool:
        if type(a) is not type(b):
            return False
        if isinstance(a, int) and isinstance(b, int) and not isinstance(a, bool):
            if is_id(key):
                return self._pairs.match(_kind(function, key), a, b)
            if _TIMES.search(key) and a > _LATE and b > _LATE:
                return True
        if isinstance(a, str) and isinstance(b, str) and a != b:
            return self._neutral(a, 0) == self._neutral(b, 1)
        return a == b

    def _neutral(self, text: str, which: int) -> str:
        """Return a text without the address of its site, and without the ids in addresses."""
        if self._roots[which] not in text:
            return text
        head, *rest = text.split(self._roots[which])
        return head + "".join("(site)" + _NUMBER.sub("#", part) for part in rest)


def _entries(items: list[object]) -> str:
    return counted(len(items), "entry", "entries")


def is_id(name: str) -> bool:
    """Tell whether a field of this name holds ids."""
    return name.endswith(("id", "ids")) or name in ("category", "parent")


def _kind(function: str, key: str) -> str:
    # `id` means another thing in each function's answer; `courseid` means the same everywhere.
    return f"{function}.{key}" if key == "id" else key.removesuffix("s")
