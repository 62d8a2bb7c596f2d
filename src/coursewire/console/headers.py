"""The headers of every page: no inline script or style, no other host, no frame (WEB-4)."""

from coursewire.server.types import Headers

CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'; object-src 'none'"
)
_ALWAYS: Headers = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b""),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
_TLS: Headers = [(b"strict-transport-security", b"max-age=31536000")]
HTML = b"text/html; charset=utf-8"


def headers(kind: bytes, *, tls: bool, kept: bool = False) -> Headers:
    """Return the headers of an answer; `kept` is for files that never change under their name."""
    age = b"public, max-age=31536000, immutable" if kept else b"no-store"
    given: Headers = [(b"content-type", kind), (b"cache-control", age), *_ALWAYS]
    return given + _TLS if tls else given
