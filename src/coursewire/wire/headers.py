"""The headers of answers, ready for ASGI: those of the protocol, and what security adds.

Added to the reference are `no-store`, `nosniff` and `Referrer-Policy` (deviation D15, OUT-2). No
value here ever comes from a request (OUT-3).
"""

from coursewire.wire.request import Format

Headers = tuple[tuple[bytes, bytes], ...]

_SECURITY: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
# What a page of this site's own carries besides its content type.
UNSTORED: Headers = ((b"cache-control", b"no-store"), *_SECURITY)
PLAIN: Headers = ((b"content-type", b"text/plain; charset=utf-8"), *UNSTORED)
_COMMON: Headers = (
    (
        b"cache-control",
        b"private, must-revalidate, pre-check=0, post-check=0, max-age=0, no-store",
    ),
    (b"expires", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    (b"pragma", b"no-cache"),
    (b"accept-ranges", b"none"),
    (b"access-control-allow-origin", b"*"),
    *_SECURITY,
)

REST_HEADERS: dict[Format, Headers] = {
    "json": ((b"content-type", b"application/json"), *_COMMON),
    "xml": (
        (b"content-type", b"application/xml; charset=utf-8"),
        (b"content-disposition", b'inline; filename="response.xml"'),
        *_COMMON,
    ),
}


def ajax_headers(*, with_files: bool = False) -> Headers:
    """Return the headers of token and upload scripts; a browser shall show what a form sent."""
    kind = b"text/plain" if with_files else b"application/json"
    return ((b"content-type", kind + b"; charset=utf-8"), *_COMMON)


AJAX_HEADERS: Headers = ajax_headers()
