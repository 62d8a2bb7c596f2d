"""One-time codes by time, as authenticator apps make them (RFC 6238: SHA-1, 6 digits, 30 s)."""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP = 30
DIGITS = 6
# Clocks of telephones differ: a code of the step before or after is accepted as well.
DRIFT = 1
_SECRET_BYTES = 20


def new_secret() -> str:
    """Return a secret in the letters and digits that apps take."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code(secret: str, step: int) -> str:
    """Return the code of one step of time."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, given: str, now: int) -> int | None:
    """Return the step whose code was given, of those that are near enough; None: of none."""
    current = now // STEP
    sent = given.encode("utf-8", "replace")
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(code(secret, step).encode(), sent):
            return step
    return None


def address(secret: str, account: str, issuer: str) -> str:
    """Return the address that apps read the secret from."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
