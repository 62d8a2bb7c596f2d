"""Which programs outside a plugin may call: hosts in its settings, at public addresses (NET-8)."""

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

PORTS = {"https": 443, "http": 80}
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Collection[str]]

# IPv6 addresses that lead to an IPv4 address which the number itself hides: translation, 6to4,
# Teredo, and the old compatible form.
_HIDING = tuple(
    IPv6Network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
_LOCALHOST = "localhost"


class Unreachable(Exception):
    """A place outside may not be called; the text says why, and holds no secret."""


class Place(NamedTuple):
    """A scheme, a host and a port."""

    scheme: str
    host: str
    port: int

    @property
    def name(self) -> str:
        """Return the place as it is written in an address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def configured(addresses: Iterable[str]) -> frozenset[Place]:
    """Return the places that settings name: whole addresses, or host names alone."""
    found: set[Place] = set()
    for address in addresses:
        written = address.strip()
        if written:
            found.add(place_of(written if "://" in written else f"https://{written}"))
    return frozenset(found)


def place_of(url: str) -> Place:
    """Return the place of an address, or raise where it is none that can be called."""
    parts = _split(url)
    if parts.scheme not in PORTS:
        raise Unreachable(f"an address must begin with https://, not {parts.scheme[:20]}:")
    if "@" in parts.netloc:
        raise Unreachable("an address must not hold a user name or a password")
    if not parts.hostname:
        raise Unreachable("the address names no host")
    host = parts.hostname.rstrip(".").lower()
    try:
        port = parts.port
    except ValueError:
        raise Unreachable("the port of the address is no port") from None
    _check_spelling(host)
    return Place(parts.scheme, host, PORTS[parts.scheme] if port is None else port)


def unfit_address(written: str) -> str:
    """Tell why an address in a setting can never be called, '' where it may be."""
    if "://" not in written:
        return "an address must begin with https://"
    try:
        place = place_of(written.strip())
    except Unreachable as problem:
        return str(problem)
    if _is_local(place.host):
        # Whether this machine itself may be called is known where it is.
        return ""
    if place.scheme != "https":
        return f"{place.host} may be called by https only"
    try:
        address = ipaddress.ip_address(place.host)
    except ValueError:
        return ""
    return "" if is_public(address) else f"{place.host} is at an address that is not public"


def unfit_hosts(written: str) -> str:
    """Tell the same of hosts and addresses with commas between them."""
    hosts = [host.strip() for host in written.split(",") if host.strip()]
    problems = (unfit_address(host if "://" in host else f"https://{host}") for host in hosts)
    return next(filter(None, problems), "")


def check(url: str, allowed: Collection[Place], *, loopback: bool) -> Place:
    """Return the place of an address that the plugin's settings name; refuse all others."""
    found = place_of(url)
    if found.scheme != "https" and not (loopback and _is_local(found.host)):
        raise Unreachable(f"{found.host} may be called by https only")
    if found not in allowed:
        raise Unreachable(f"{found.name} is not in the plugin's settings")
    return found


def address_of(place: Place, resolve: Resolve, *, loopback: bool) -> str:
    """Look a host up once and return the address to connect to; all it has must be public."""
    try:
        found = [ipaddress.ip_address(each) for each in resolve(place.host, place.port)]
    except (OSError, ValueError):
        raise Unreachable(f"{place.host} cannot be found") from None
    if not found:
        raise Unreachable(f"{place.host} cannot be found")
    for address in found:
        if not (is_public(address) or (loopback and address.is_loopback)):
            raise Unreachable(f"{place.host} is at an address that is not public")
    return str(found[0])


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public network, whatever way it is written."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return False
        if any(address in network for network in _HIDING):
            return False
        if address.scope_id is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system finds them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _split(url: str) -> SplitResult:
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url) or "\\" in url:
        raise Unreachable("the address holds blanks, controls or backslashes")
    try:
        return urlsplit(url)
    except ValueError:
        raise Unreachable("the address cannot be read") from None


def _check_spelling(host: str) -> None:
    """Refuse numbers that some programs read as an address: 2130706433, 0177.1, 0x7f.1, 127.1."""
    last = host.rpartition(".")[2]
    looks_numeric = last.isdigit() or last.startswith("0x") or ":" in host
    if not looks_numeric:
        if not host.isascii() or "%" in host:
            raise Unreachable("the host must be written in ASCII letters")
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise Unreachable("the host is written as an odd number, not as an address") from None
    # How an IPv4 address inside IPv6 is written depends on Python's version.
    plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
    if str(plain) != host:
        raise Unreachable(f"the host must be written as {plain}")


def _is_local(host: str) -> bool:
    if host == _LOCALHOST:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
