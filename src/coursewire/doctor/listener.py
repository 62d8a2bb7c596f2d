"""How the site can be reached: its address, whether tokens travel in clear text, its proxies."""

from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from coursewire.doctor.facts import Installation
from coursewire.doctor.finding import Finding, error, note, ok, warning

_LOCAL = ("localhost", "127.0.0.1", "::1")


def look(it: Installation) -> Iterator[Finding]:
    """Look at everything before a request is read."""
    yield _bind(it)
    yield _public_address(it)
    yield from _proxies(it)
    yield _metrics(it)


def _bind(it: Installation) -> Finding:
    where = f"{it.host}:{it.port}"
    if it.loopback:
        return ok("bind", f"{where}, reachable from this machine only")
    if it.has_tls:
        return ok("bind", f"{where}, reachable from outside, with TLS")
    if it.trusted_proxies:
        return note(
            "bind",
            f"{where} speaks plain HTTP to its proxies",
            "let nobody but the proxies reach it",
        )
    if it.insecure_http:
        return warning(
            "bind",
            f"{where} speaks plain HTTP to everybody: tokens travel in clear text",
            "give tls_cert and tls_key, or put a proxy with TLS before it",
        )
    return error(
        "bind",
        f"{where} is reachable from outside without TLS: the server will not start",
        "give tls_cert and tls_key, name the proxy in trusted_proxies, or listen on 127.0.0.1",
    )


def _public_address(it: Installation) -> Finding:
    parts = urlsplit(it.public_url)
    if not it.public_url:
        if it.loopback:
            return ok("public address", "none: clients are on this machine")
        return warning(
            "public address",
            "none: addresses of files and pictures name the listener",
            "set public_url to the address that clients use",
        )
    if parts.scheme == "https":
        return ok("public address", it.public_url)
    if parts.hostname in _LOCAL:
        return ok("public address", f"{it.public_url}, on this machine only")
    return warning(
        "public address",
        f"{it.public_url}: tokens travel in clear text",
        "let clients use https://",
    )


def _proxies(it: Installation) -> Iterator[Finding]:
    behind = urlsplit(it.public_url).scheme == "https" and not it.has_tls
    if not it.trusted_proxies:
        if behind:
            yield warning(
                "proxies",
                "a proxy ends TLS, but none is trusted: every caller has the proxy's address",
                "name the proxy's address in trusted_proxies, or address lists cannot work",
            )
        else:
            yield ok("proxies", "none is trusted: callers have the address that they come from")
        return
    wide = [item for item in it.trusted_proxies if ip_network(item, strict=False).prefixlen == 0]
    if wide:
        yield error(
            "proxies",
            f"{wide[0]} is trusted: everybody can say what address they come from",
            "name only the addresses of your proxies in trusted_proxies",
        )
        return
    if it.loopback and not any(ip_network(p, strict=False).is_loopback for p in it.trusted_proxies):
        yield warning(
            "proxies",
            f"only {', '.join(it.trusted_proxies)} is trusted, but only this machine can connect",
            "trust 127.0.0.1, or listen on an address that the proxy can reach",
        )
        return
    yield ok("proxies", f"{', '.join(it.trusted_proxies)}, and no others")


def _metrics(it: Installation) -> Finding:
    where = f"{it.metrics_host}:{it.metrics_port}"
    if not it.metrics_port:
        return ok("metrics", "not served")
    if it.metrics_loopback:
        return ok("metrics", f"on {where}, reachable from this machine only")
    return warning(
        "metrics",
        f"on {where}, open to whoever can reach it",
        "listen on an address that only the monitor can reach",
    )
