"""Recorded requests with something likely in the place of every marker, decoded as we decode."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from coursewire.contracts.capabilities import known
from coursewire.domain.installed import AUTHS, LANGS, THEMES
from coursewire.text.types import Known
from coursewire.wire.form import Tree
from coursewire.wire.request import decode_request, read_rest

FOLDER = Path(__file__).parent.parent / "conformance" / "recordings"
FORM = "application/x-www-form-urlencoded"
MARKER = re.compile(r"\$\{([^{}]*)\}")
REST = "/webservice/rest/server.php"

KNOWN = Known(
    site_url="https://moodle.example.com",
    langs=LANGS,
    auths=AUTHS,
    themes=THEMES,
    capabilities=frozenset(known()),
)

# These are told before parameters are looked at.
ACCESS = frozenset({"invalidtoken", "accessexception", "invalidrecordunknown", "codingerror"})


class Request(NamedTuple):
    """A recorded call of a function; `errorcode` is None where it was answered."""

    source: str
    function: str
    arguments: Tree
    errorcode: str | None


def requests(pattern: str) -> Iterator[Request]:
    """Yield the recorded calls of the REST endpoint in the recordings of this name."""
    for path in sorted(FOLDER.glob(pattern)):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            step = json.loads(line)
            if step.get("path", REST) != REST:
                continue
            request = read_rest(_tree(step), KNOWN)
            error = step["expect"].get("error")
            yield Request(
                f"{path.parent.name}/{path.stem}:{number}",
                request.function,
                request.arguments,
                error and error.get("errorcode"),
            )


def _tree(step: dict[str, Any]) -> Tree:
    if "raw" not in step:
        fields = [("wsfunction", step.get("function", "")), *_fields(step.get("params", {}), "")]
        return decode_request("POST", b"", FORM, urlencode(fields).encode()).tree
    raw = step["raw"]
    query, body = (_filled(raw.get(part) or "").encode() for part in ("query", "body"))
    return decode_request(step["method"], query, raw.get("content_type", FORM), body).tree


def _fields(value: Any, prefix: str) -> Iterator[tuple[str, str]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(member, dict | list):
            yield from _fields(member, name)
        else:
            yield _filled(name), _filled(str(member))


def _filled(text: str) -> str:
    """Return a text with ids and tokens in the place of the markers."""
    return MARKER.sub(lambda found: "$" if found[1] == "$" else "5", text)
