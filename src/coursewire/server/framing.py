"""Which heads of requests are refused because two readers could understand them differently.

The parser refuses most of what is no HTTP; what it lets pass and a proxy in front may read in
another way is refused here (NET-5).
"""

from coursewire.server.types import Headers

VERSIONS = frozenset({"1.0", "1.1"})


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
