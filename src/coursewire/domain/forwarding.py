"""The client's address behind trusted proxies: one header, read from the right (IP-1, IP-5)."""

from collections.abc import Iterator, Sequence

from coursewire.domain.address_rules import Rules, compiled
from coursewire.domain.addresses import UNKNOWN, canonical

# The standard header; any other name is read as a list of addresses, like X-Forwarded-For.
STANDARD = "forwarded"


def trusted_proxies(networks: Sequence[str]) -> Rules:
    """Return the proxies whose forwarding header is believed."""
    return compiled(",".join(networks))


def client_address(peer: str, values: Sequence[str], trusted: Rules, header: str = "") -> str:
    """Return the address that rules see, in canonical form, or `UNKNOWN`.

    `values` are all values of the one configured header, in the order they were received, and
    `header` its name. They count only if the peer is a trusted proxy: then the first address
    from the right that is not a trusted proxy is the client. A header that is missing, or that
    holds anything else before that address, leaves the client unknown: a client can strip a
    header by naming it in `Connection`, and must not gain the proxy's own address by that.
    """
    address = canonical(peer) or UNKNOWN
    if not trusted or not trusted.allows(address):
        return address
    client = UNKNOWN
    for item in _from_the_right(values, standard=header.lower() == STANDARD):
        found = canonical(_without_port(item))
        if found is None:
            return UNKNOWN
        client = found
        if not trusted.allows(found):
            break
    return client


def _from_the_right(values: Sequence[str], *, standard: bool) -> Iterator[str]:
    for value in reversed(values):
        for item in reversed(value.split(",")):
            text = item.strip(" \t")
            if text:
                yield _for_parameter(text) if standard else text


def _for_parameter(element: str) -> str:
    """Return what `for=` names in one element of the standard header, or nothing usable."""
    named = [
        value
        for name, _, value in (pair.strip(" \t").partition("=") for pair in element.split(";"))
        if name.lower() == "for"
    ]
    if len(named) != 1:
        return "unusable"
    value = named[0]
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value


def _without_port(item: str) -> str:
    """Return the address of `address:port`, `[address]:port` or `[address]`."""
    if item.startswith("["):
        address, closed, rest = item[1:].partition("]")
        usable = closed and ":" in address and (not rest or _is_port(rest))
        return address if usable else "unusable"
    address, colon, port = item.rpartition(":")
    return address if colon and "." in address and _is_port(colon + port) else item


def _is_port(text: str) -> bool:
    digits = text[1:]
    return text[0] == ":" and len(digits) <= 5 and digits.isascii() and digits.isdigit()
