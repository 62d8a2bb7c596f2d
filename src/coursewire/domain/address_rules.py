"""Address lists of tokens and authorised users: their syntax, compiled into intervals (IP-3).

    192.168.1.10        one address               192.168.1.5-20      last part from 5 to 20
    192.168 or 192.168. the first parts only      2001:db8::1-9       the same, hexadecimal
    192.168.1.0/24      a network                 2001:db8            the first groups only

Entries are separated by commas; one match lets in. Every entry is an interval of whole numbers,
so matching is a binary search and no pattern is ever run (IP-7).
"""

from bisect import bisect_right
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Final, Literal, NamedTuple

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain.addresses import V4_BITS, V6_BITS, Number, number, unmapped

LONGEST = 255
_WRITTEN: Final = (
    "write addresses such as 192.168.1.10, 192.168., 192.168.1.5-20, 10.0.0.0/8 or 2001:db8::/32, "
    "separated by commas"
)
SHORTER: Final = "write addresses that lie together as a range or a network"
_OCTETS = 4
_GROUPS = 8
_ANY_V4: Final = Number(4, 0)


class Interval(NamedTuple):
    """Addresses of one version from `low` to `high`, both included."""

    version: Literal[4, 6]
    low: int
    high: int


class InvalidAddressRule(InvalidParameter):
    """An address list cannot be saved; `entry` is the part at fault."""

    def __init__(self, entry: str, problem: str, remedy: str = _WRITTEN) -> None:
        super().__init__(f"address list: {entry!r} {problem}", remedy=remedy)
        self.entry = entry


class Rules:
    """A compiled list; `allows` tells whether an address is on it."""

    def __init__(self, intervals: list[Interval]) -> None:
        self._lows: dict[int, list[int]] = {4: [], 6: []}
        self._highs: dict[int, list[int]] = {4: [], 6: []}
        for interval in sorted(intervals):
            self._add(interval)
        self._is_empty = not intervals

    def __bool__(self) -> bool:
        return not self._is_empty

    def _add(self, interval: Interval) -> None:
        lows, highs = self._lows[interval.version], self._highs[interval.version]
        if highs and interval.low <= highs[-1] + 1:
            highs[-1] = max(highs[-1], interval.high)
        else:
            lows.append(interval.low)
            highs.append(interval.high)

    def allows(self, address: str) -> bool:
        """Tell whether the address is on the list; `0.0.0.0` and an unknown one never are."""
        found = number(address)
        if found is None or found == _ANY_V4:
            return False
        place = bisect_right(self._lows[found.version], found.value) - 1
        return place >= 0 and found.value <= self._highs[found.version][place]


@lru_cache(maxsize=1024)
def compiled(text: str) -> Rules:
    """Return the list as rules; an entry that is not valid matches nothing (IP-4)."""
    intervals = [interval(entry) for entry in _entries(text)]
    return Rules([found for found in intervals if found is not None])


def allowed(text: str, address: str) -> bool:
    """Tell whether a list lets an address in; no list lets everybody in."""
    return not text or compiled(text).allows(address)


def added(text: str, address: str) -> str:
    """Return a list with one more address on it, or '' where it has no room for that."""
    longer = f"{text}, {address}"
    return longer if len(longer) <= LONGEST else ""


def checked(text: str) -> str:
    """Return a list that may be saved, or refuse it and name the entry at fault."""
    if not text:
        return text
    if len(text) > LONGEST:
        problem = f"is longer than {LONGEST} characters"
        raise InvalidAddressRule(text[:40] + "…", problem, SHORTER)
    entries = _entries(text)
    for entry in entries:
        if interval(entry) is None:
            raise InvalidAddressRule(entry, "is not an address, a network or a range")
    if not entries:
        raise InvalidAddressRule(text, "names no address, which would keep everybody out")
    return text


def interval(entry: str) -> Interval | None:
    """Return the addresses that one entry means, or None when it is not valid."""
    try:
        if "/" in entry:
            return _network(entry)
        if "-" in entry:
            return _range(entry)
        return _prefix(entry)
    except ValueError:
        return None


def _entries(text: str) -> list[str]:
    return [entry for part in text.split(",") if (entry := part.strip(" "))]


def _network(entry: str) -> Interval:
    base, length = (part.strip(" ") for part in entry.split("/"))
    bits = _decimal(length)
    value, width = _full(base)
    if bits > width:
        raise ValueError(entry)
    free = width - bits
    return _interval(width, value >> free << free, value >> free << free | (1 << free) - 1)


def _range(entry: str) -> Interval:
    first, last = (part.strip(" ") for part in entry.split("-"))
    value, width = _full(first)
    size, end = (8, _decimal(last)) if width == V4_BITS else (16, _hexadecimal(last))
    if "." in first and width == V6_BITS:
        raise ValueError(entry)
    low = value & ((1 << size) - 1)
    if not low <= end < 1 << size:
        raise ValueError(entry)
    return _interval(width, value, value - low + end)


def _prefix(entry: str) -> Interval:
    if ":" in entry:
        return _prefix_v6(entry)
    parts = entry.removesuffix(".").split(".")
    if len(parts) > _OCTETS:
        raise ValueError(entry)
    filled = ".".join([*parts, *["0"] * (_OCTETS - len(parts))])
    return _top(int(IPv4Address(filled)), V4_BITS, 8 * len(parts))


def _prefix_v6(entry: str) -> Interval:
    groups = entry.split(":")
    if groups[-1] == "" and len(groups) == 2 and groups[0]:
        # A lone group needs its colon: without it, it would be the first part of an IPv4 address.
        groups = groups[:1]
    if "" in groups or len(groups) >= _GROUPS or "." in entry:
        return _top(int(_plain_v6(entry)), V6_BITS, V6_BITS)
    filled = ":".join([*groups, *["0"] * (_GROUPS - len(groups))])
    return _top(int(IPv6Address(filled)), V6_BITS, 16 * len(groups))


def _top(value: int, width: int, bits: int) -> Interval:
    return _interval(width, value, value | (1 << width - bits) - 1)


def _interval(width: int, low: int, high: int) -> Interval:
    if width == V4_BITS:
        return Interval(4, low, high)
    first, last = unmapped(low), unmapped(high)
    if first.version == last.version:
        return Interval(first.version, first.value, last.value)
    return Interval(6, low, high)


def _full(text: str) -> tuple[int, int]:
    if ":" in text:
        return int(_plain_v6(text)), V6_BITS
    return int(IPv4Address(text)), V4_BITS


def _plain_v6(text: str) -> IPv6Address:
    if "%" in text:
        raise ValueError(text)
    return IPv6Address(text)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 3 or text != str(int(text)):
        raise ValueError(text)
    return int(text)


def _hexadecimal(text: str) -> int:
    if not text or len(text) > 4 or not set(text) <= set("0123456789abcdefABCDEF"):
        raise ValueError(text)
    return int(text, 16)
