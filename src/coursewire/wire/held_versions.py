"""Whether a request says that its sender holds the present version of a file (RFC 9110, 13.1)."""

import re
from collections.abc import Iterable
from email.utils import mktime_tz, parsedate_tz
from typing import NamedTuple

# Weak tags are compared like others here, as section 13.1.2 says.
_TAG = re.compile(r'(?:W/)?("[^"]*")')
# Far more than any way of writing a time takes.
_LONGEST_DATE = 64


class Held(NamedTuple):
    """What a request has in If-None-Match and in If-Modified-Since; None: it has no such header."""

    tags: str | None = None
    since: str | None = None

    def is_present(self, etag: str, modified: int) -> bool:
        """Tell whether this is the version of a tag, in its quotes, and of a time.

        Where tags are named, times are not looked at: a file may change twice in a second.
        """
        if self.tags is not None:
            return self.tags.strip() == "*" or etag in _TAG.findall(self.tags)
        since = _seconds(self.since or "")
        return since is not None and modified <= since


NOTHING = Held()


def held(headers: Iterable[tuple[bytes, bytes]]) -> Held:
    """Return what the headers of a request say; several lines of tags are one list."""
    found: dict[bytes, list[str]] = {b"if-none-match": [], b"if-modified-since": []}
    for name, value in headers:
        if name in found:
            found[name].append(value.decode("latin-1"))
    tags, since = found.values()
    return Held(", ".join(tags) if tags else None, since[-1] if since else None)


def _seconds(written: str) -> int | None:
    """Return a time as it is written in headers, or None; what is none has no effect."""
    if not written.isascii() or len(written) > _LONGEST_DATE:
        return None
    try:
        parts = parsedate_tz(written)
        return None if parts is None else mktime_tz(parts)
    except (ValueError, OverflowError):
        return None
