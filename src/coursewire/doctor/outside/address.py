"""The address of a site as people write it: a bare host, the front page, or the endpoint."""

from urllib.parse import urlsplit

from coursewire.client._address import host_of
from coursewire.doctor.outside.probes import LOGIN, REST
from coursewire.wire.hosts import is_loopback


class BadAddress(ValueError):
    """What was given is not the address of a site; the text says what to write."""


def site_root(written: str) -> str:
    """Return the address of the front page, without a slash at its end.

    A bare host is reached by https, this machine by http.
    """
    text = written.strip()
    if "://" not in text:
        host = host_of(f"//{text}")
        text = f"{'http' if is_loopback(host) else 'https'}://{text}"
    if not host_of(text):
        raise _no_site(written)
    parts = urlsplit(text)
    if "@" in parts.netloc or parts.query or parts.fragment:
        msg = "the address holds a user, a password or a query; give only the site's address"
        raise BadAddress(msg)
    if parts.scheme not in ("http", "https") or " " in text:
        raise _no_site(written)
    root = f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")
    for script in (REST, LOGIN, "/index.php"):
        root = root.removesuffix(script)
    return root


def _no_site(written: str) -> BadAddress:
    return BadAddress(
        f"{written!r} is not the address of a site; write it as https://moodle.example.org"
    )


def may_carry_a_token(root: str) -> bool:
    """Tell whether what is sent there cannot be read on the way."""
    return root.startswith("https://") or is_loopback(host_of(root))
