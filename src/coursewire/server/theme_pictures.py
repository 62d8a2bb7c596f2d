"""`theme/image.php`: the pictures to which answers lead, of our own drawing.

Answers name them for people without a picture, for kinds of activities and for typed faces.
Clients fetch them without a token, as they do at Moodle.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from coursewire.server.sending import length
from coursewire.server.types import App, Headers, Receive, Scope, Send
from coursewire.text.emoticons import SIGNS

SCRIPT = "/theme/image.php"
# Theme, component, revision, and the name of the picture; clients that read no drawings say `_s`.
_WANTED = re.compile(r"(?:/_s)?/\w+/(\w+)/-?\d+/([\w/]+)", re.ASCII)
_HEADERS: Headers = [
    (b"content-type", b"image/svg+xml; charset=utf-8"),
    # The same for everybody, and the same until the next version of this program.
    (b"cache-control", b"public, max-age=86400"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
]
_PAGES = files("coursewire.server") / "pages"
_SIZES = ("u/f1", "u/f2", "u/f3")
_ICONS = frozenset({"monologo", "icon"})
_FACE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">'
    '<text x="8" y="13" font-size="14" text-anchor="middle">{}</text></svg>\n'
)


class ThemePictures:
    """Gives out the pictures; what is none of them is left to `rest`."""

    def __init__(self, rest: App) -> None:
        self._rest = rest
        person = (_PAGES / "person.svg").read_bytes()
        self._activity = (_PAGES / "activity.svg").read_bytes()
        self._core: Mapping[str, bytes] = MappingProxyType(
            dict.fromkeys(_SIZES, person)
            | {f"s/{name}": _FACE.format(sign).encode() for name, sign in SIGNS.items()}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a picture."""
        found = self._found(scope["path"])
        if found is None:
            await self._rest(scope, receive, send)
            return
        body = b"" if scope["method"] == "HEAD" else found
        headers = [*_HEADERS, length(found)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _found(self, path: str) -> bytes | None:
        wanted = _WANTED.fullmatch(path.partition(SCRIPT)[2])
        if wanted is None:
            return None
        component, name = wanted.groups()
        if component == "core":
            return self._core.get(name)
        # Kinds that plugins bring have one as well.
        return self._activity if name in _ICONS else None
