"""How heads of requests are read, and which are refused since two readers could differ on them.

The parser refuses most of what is no HTTP; what it lets pass and a proxy in front may read in
another way is refused here (NET-5).
"""

import re

from coursewire.server.types import Headers

VERSIONS = frozenset({"1.0", "1.1"})
_ENDS = tuple(f" HTTP/{version}".encode() for version in VERSIONS)
_UPGRADE = re.compile(rb"\r\nupgrade[ \t]*:", re.IGNORECASE)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def with_escapes(data: bytes) -> bytes:
    """Escape bytes beyond ASCII in the request's line, if the data begins with the whole of it.

    Typed into curl they come as they are. Other web servers take them, this parser would not.
    """
    line, end, rest = data.partition(b"\r\n")
    if line.isascii() or not line.endswith(_ENDS):
        return data
    return _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest


def without_upgrade(data: bytes) -> bytes:
    """Put the wish for another protocol aside, if the data begin with the whole of a head.

    Clients that know HTTP/2 add it to any request, with a body or without, and go on as before
    where nobody takes it up (RFC 9110, 7.8). The parser takes it up: it would leave the body out.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0 or not _UPGRADE.search(data, 0, end):
        return data
    return _UPGRADE.sub(b"\r\nx-upgrade:", data[:end]) + data[end:]


def has_body(headers: Headers) -> bool:
    """Tell whether a head announces a body."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0") != b"")
        for name, value in headers
    )


def is_ambiguous(version: str, headers: Headers) -> bool:
    """Tell whether a head leaves open where its body ends or for whom it is."""
    hosts = 0
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding" and (version == "1.0" or value.lower() != b"chunked"):
            # A coding that nobody here undoes, or one that the version does not know.
            return True
    if version not in VERSIONS:
        return True
    return hosts > 1 or (hosts == 0 and version == "1.1")
