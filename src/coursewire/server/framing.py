"""How heads of requests are read, and which are refused since two readers could differ on them.

The parser refuses most of what is no HTTP; what it lets pass and a proxy in front may read in
another way is refused here (NET-5).
"""

import re

from coursewire.server.types import Headers

VERSIONS = frozenset({"1.0", "1.1"})
_ENDS = tuple(f" HTTP/{version}".encode() for version in VERSIONS)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def with_escapes(data: bytes) -> bytes:
    """Escape bytes beyond ASCII in the request's line, if the data begins with the whole of it.

    Typed into curl they come as they are. Other web servers take them, this parser would not.
    """
    line, end, rest = data.partition(b"\r\n")
    if line.isascii() or not line.endswith(_ENDS):
        return data
    return _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest


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
