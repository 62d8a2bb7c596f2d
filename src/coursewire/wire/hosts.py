"""Which hosts are this machine itself, so that what goes there crosses no network."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Tell whether a host, a name or an address, can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
