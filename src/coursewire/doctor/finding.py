"""What the doctor finds: one row of its table."""

from typing import Literal

from msgspec import Struct

Severity = Literal["ok", "note", "warning", "error"]


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at: how it is, how bad that is, and the smallest change."""

    check: str
    severity: Severity
    fact: str
    remedy: str = ""


def ok(check: str, fact: str) -> Finding:
    """Return that all is well."""
    return Finding(check=check, severity="ok", fact=fact)


def note(check: str, fact: str, remedy: str = "") -> Finding:
    """Return something to know, not to mend."""
    return Finding(check=check, severity="note", fact=fact, remedy=remedy)


def warning(check: str, fact: str, remedy: str) -> Finding:
    """Return something that works and should be changed."""
    return Finding(check=check, severity="warning", fact=fact, remedy=remedy)


def error(check: str, fact: str, remedy: str) -> Finding:
    """Return something that keeps the site from working, or that is open to anybody."""
    return Finding(check=check, severity="error", fact=fact, remedy=remedy)
