"""The one written form of a client's address, and the network that limits count by (IP-2)."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Literal, NamedTuple

# Satisfies no address list: the peer is not known, or its proxy did not tell (IP-5).
UNKNOWN = ""

V4_BITS = 32
V6_BITS = 128
_MAPPED = 0xFFFF << V4_BITS
_V4_SPACE = (1 << V4_BITS) - 1
_LONGEST = len("0000:0000:0000:0000:0000:ffff:255.255.255.255")


class Number(NamedTuple):
    """An address as a whole number of its version."""

    version: Literal[4, 6]
    value: int


@lru_cache(maxsize=4096)
def number(text: str) -> Number | None:
    """Return the number of a plain address, an IPv4 address in IPv6 clothing as IPv4.

    Ports, brackets, zones, leading zeros and anything but decimal octets are not plain.
    """
    if len(text) > _LONGEST:
        return None
    try:
        if ":" not in text:
            return Number(4, int(IPv4Address(text)))
        if "%" in text:
            return None
        return unmapped(int(IPv6Address(text)))
    except ValueError:
        return None


def unmapped(value: int) -> Number:
    """Return an IPv6 number, or the IPv4 number that it maps (`::ffff:a.b.c.d`)."""
    if value >> V4_BITS == _MAPPED >> V4_BITS:
        return Number(4, value & _V4_SPACE)
    return Number(6, value)


# The same clients come again and again.
@lru_cache(maxsize=4096)
def canonical(text: str) -> str | None:
    """Return the one written form of an address, or None when it is not a plain address."""
    found = number(text)
    return None if found is None else _written(found)


def network(address: str) -> str:
    """Return the network that limits count by: IPv4 /24, IPv6 /56; unknown ones share one."""
    found = number(address)
    if found is None:
        return "unknown"
    kept = 24 if found.version == 4 else 56
    dropped = (V4_BITS if found.version == 4 else V6_BITS) - kept
    return f"{_written(Number(found.version, found.value >> dropped << dropped))}/{kept}"


def _written(found: Number) -> str:
    address = IPv4Address(found.value) if found.version == 4 else IPv6Address(found.value)
    return str(address)
