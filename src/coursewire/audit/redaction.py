"""What may stand in a log: no secrets, one line for one event, bounded in length (AUD-5)."""

import re
from collections.abc import Iterable, Mapping
from typing import cast

REDACTED = "***"
LONGEST = 4096

# Names under which secrets travel, in requests, settings and our own code.
SECRET_NAMES = frozenset(
    {
        "apikey",
        "authorization",
        "bearer",
        "clientsecret",
        "client_secret",
        "cookie",
        "csrf",
        "enrolmentkey",
        "key",
        "newpassword",
        "password",
        "privatetoken",
        "secret",
        "sesskey",
        "session",
        "token",
        "userprivateaccesskey",
        "wspassword",
        "wstoken",
    }
)

# C0 and C1 controls, DEL, the line separators, and the marks that turn the writing direction.
_CONTROLS = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x2028,
    0x2029,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")
_VISIBLE = {code: f"\\u{code:04x}" for code in _CONTROLS}


def line_value(text: str, longest: int = LONGEST) -> str:
    """Return text that stays on one line, cannot steer a terminal and is not longer than asked."""
    # Nearly all are plain, and then nothing is to be done.
    if len(text) <= longest and text.isascii() and text.isprintable():
        return text
    shown = visible(text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def line_values(value: object) -> object:
    """Return a value whose texts, and those inside it at every depth, stay on one line."""
    if isinstance(value, str):
        return line_value(value)
    if isinstance(value, Mapping):
        inner = cast("Mapping[str, object]", value)
        return {line_value(name): line_values(item) for name, item in inner.items()}
    if isinstance(value, list | tuple):
        return [line_values(item) for item in cast("Iterable[object]", value)]
    return value


def without_tokens(text: str) -> str:
    """Return a text with whatever looks like a token masked: clients send it under any name."""
    return _TOKEN.sub(REDACTED, text)


def visible(text: str) -> str:
    """Return text in which what could steer a terminal is written out (OUT-4)."""
    return text.translate(_VISIBLE).encode("utf-8", "backslashreplace").decode()


def path_without_query(target: str) -> str:
    """Return the path of a request target: the query may hold a token, so may a key in the path."""
    path = target.split("?", 1)[0].split("#", 1)[0]
    head, mark, rest = path.partition("/tokenpluginfile.php/")
    if mark:
        path = head + mark + REDACTED + "/" + rest.partition("/")[2]
    # Some clients put a token where a path goes on.
    return line_value(without_tokens(path), 1024)


def without_secrets(details: Mapping[str, object]) -> dict[str, object]:
    """Return the details with the values of secret names replaced, at every depth."""
    return {
        name: REDACTED if name.lower() in SECRET_NAMES else _inside(value)
        for name, value in details.items()
    }


def _inside(value: object) -> object:
    if isinstance(value, Mapping):
        inner = cast("Mapping[object, object]", value)
        return without_secrets({str(name): item for name, item in inner.items()})
    if isinstance(value, list | tuple | set | frozenset):
        return [_inside(item) for item in cast("Iterable[object]", value)]
    return line_value(value) if isinstance(value, str) else value
