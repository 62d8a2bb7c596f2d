"""Proof that a form was sent from one of our own pages (WEB-3)."""

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from coursewire.store.console_sessions import SessionRecord
from coursewire.store.keys import Keys

FIELD = "csrf"
HEADER = "x-csrf-token"


def of_session(record: SessionRecord) -> str:
    """Return the token of a session: only who holds the session's key can make it."""
    return _written(hmac.digest(record.csrf, b"form" + record.digest, "sha256"))


def is_of_session(record: SessionRecord, given: str) -> bool:
    """Tell whether a token is that of the session."""
    return hmac.compare_digest(of_session(record).encode(), given.encode("utf-8", "replace"))


def of_login(keys: Keys, cookie: str) -> str:
    """Return the token of a form that is sent before there is a session."""
    return _written(keys.digest(f"console form {cookie}").value)


def is_of_login(keys: Keys, cookie: str, given: str) -> bool:
    """Tell whether a token belongs to the cookie of a form that is sent before a session."""
    sent = given.encode("utf-8", "replace")
    ours = [_written(one.value).encode() for one in keys.digests(f"console form {cookie}")]
    return bool(cookie) and any(hmac.compare_digest(one, sent) for one in ours)


def origin(address: str) -> str:
    """Return what browsers call the origin of pages under an address: no port that goes unsaid."""
    parts = urlsplit(address.lower())
    unsaid = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(unsaid)}"


def comes_from_here(headers: Mapping[str, str], ours: str) -> bool:
    """Tell whether the browser says that one of our pages made the request.

    Browsers that say nothing of the kind name at least the origin.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin", "").lower() == ours


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw[:24]).decode()
