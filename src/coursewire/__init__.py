"""Coursewire: Moodle's web-service layer, written anew in Python."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursewire.client import (
        AccessDenied,
        AsyncMoodle,
        ConnectionsError,
        Done,
        Failed,
        GivenToken,
        InvalidParameter,
        InvalidToken,
        Moodle,
        MoodleError,
        NoPermission,
        NotFound,
        Progress,
        Report,
        SiteUnavailable,
        UnexpectedAnswer,
        UploadedFile,
    )

__version__ = "0.1.0"

__all__ = [
    "AccessDenied",
    "AsyncMoodle",
    "ConnectionsError",
    "Done",
    "Failed",
    "GivenToken",
    "InvalidParameter",
    "InvalidToken",
    "Moodle",
    "MoodleError",
    "NoPermission",
    "NotFound",
    "Progress",
    "Report",
    "SiteUnavailable",
    "UnexpectedAnswer",
    "UploadedFile",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a class of the client
    """Load the client at its first use: the server does without it, and without HTTPX."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from coursewire import client  # noqa: PLC0415 - see above

    return getattr(client, name)
