"""The client's address, as rules see it (IP-1)."""

from coursewire.domain import forwarding
from coursewire.domain.address_rules import Rules
from coursewire.server.types import Headers, Scope


def address_of(scope: Scope, trusted: Rules, header: str) -> str:
    """Return the socket's peer, or what a trusted proxy says in the one configured header."""
    client: tuple[str, int] | None = scope.get("client")
    peer = client[0] if client else ""
    if not trusted:
        return forwarding.client_address(peer, (), trusted)
    headers: Headers = scope["headers"]
    name = header.encode("ascii")
    values = [value.decode("latin-1") for given, value in headers if given == name]
    return forwarding.client_address(peer, values, trusted, header)


def content_type(headers: Headers) -> str:
    """Return the content type of a request, or '' where it has none."""
    for name, value in headers:
        if name == b"content-type":
            return value.decode("latin-1")
    return ""
