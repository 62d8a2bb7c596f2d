"""`coursewire token scan`: live tokens that lie about in files, told by handle (TOK-12)."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple

import typer

from coursewire.cli.acting import acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    JsonOption,
    console_error,
    load_settings,
    out,
)
from coursewire.cli.showing import print_json, print_table
from coursewire.domain import tokens
from coursewire.domain.call import Call
from coursewire.store.tokens import TokenRecord
from coursewire.text.counted import counted

_LETTER = rb"[0-9A-Za-z]"
_OF_TOKEN = rb"[0-9a-f]"
_HEX = rb"[0-9A-Fa-f]"
# A token stands alone, or behind what ends in letters but is a sign written out.
_WRITTEN_OUT = (
    (rb"%", _HEX, _HEX),  # in addresses: wstoken%3D…
    (rb"%", rb"2", rb"5", _HEX, _HEX),  # and in addresses within addresses
    (rb"=", _HEX, _HEX),  # in mails: wstoken=3D…
    (rb"\\", rb"[0abefnrtv]"),  # in JSON and sources: "\n…"
    (rb"\\", rb"x", _HEX, _HEX),
    (rb"\\", *[rb"[0-7]"] * 3),
    (rb"[\\%]", rb"u", *[_HEX] * 4),
    (rb"[0-9;\[]", rb"[mK]"),  # colours of a terminal
)


def _pattern(between: bytes) -> bytes:
    """Return what comes behind a token's first letter; `between` stands between all letters."""
    alone = rb"(?<!" + _LETTER + _OF_TOKEN + rb")"
    if between:
        alone += rb"(?<!" + _LETTER + between + _OF_TOKEN + rb")"
    ways = [rb"(?<=" + between.join((*signs, _OF_TOKEN)) + rb")" for signs in _WRITTEN_OUT]
    before = rb"(?:" + rb"|".join((alone, *ways)) + rb")"
    one = between + _OF_TOKEN
    after = rb"(?!" + _LETTER + rb")(?!" + between + _LETTER + rb")"
    # Most letters are left at once, before the ways are tried.
    return rb"(?=" + one + rb")" + before + rb"(?:" + one + rb"){31}" + after


# The second way is that of UTF-16, which redirections of PowerShell write.
_TOKEN = re.compile(_OF_TOKEN + rb"(?:" + _pattern(b"") + rb"|" + _pattern(rb"\x00") + rb")")
_STANDARD_INPUT = "-"
_FOUND = 1
_UNREAD = 2
# A file without line ends must not come into memory as a whole.
_PIECE = 1 << 20
_LONGEST = 2 * (32 + 8)

FilesArgument = Annotated[
    list[str], typer.Argument(help="Files or folders to look through; - is standard input.")
]


class Found(NamedTuple):
    """A token in a file."""

    place: str
    line: int
    token: TokenRecord


def scan(
    files: FilesArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Find live tokens of this site in logs, scripts or a checked-out project.

    Tokens are named by file, line and handle, never by their value. Exit 1 when there are any, 2
    when there are none but something could not be read.
    """
    unread: list[str] = []
    with acting(load_settings(data, database)) as site:
        found = list(_live(site.call, files, unread))
    if json:
        print_json([_as_json(one) for one in found])
    else:
        columns = ("where", "handle", "name", "user", "service")
        print_table(columns, map(_as_cells, found), empty="no live token of this site")
        if found:
            handles = {one.token.handle for one in found}
            out.print(f"End {counted(len(handles), 'token')}: coursewire token revoke HANDLE")
    for problem in unread:
        console_error(problem)
    if found or unread:
        raise typer.Exit(_FOUND if found else _UNREAD)


def _live(call: Call, names: list[str], unread: list[str]) -> Iterator[Found]:
    known: dict[bytes, TokenRecord | None] = {}
    for name in names:
        for place, line, value in _candidates(name, unread):
            if value not in known:
                known[value] = tokens.of_value(call, value.decode("ascii"))
            token = known[value]
            if token is not None and token.is_live(call.now):
                yield Found(place, line, token)


def _candidates(name: str, unread: list[str]) -> Iterator[tuple[str, int, bytes]]:
    if name == _STANDARD_INPUT:
        yield from _inside("standard input", sys.stdin.buffer)
        return
    path = Path(name)
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if path.is_dir() and (not file.is_file() or file.is_symlink()):
            continue
        try:
            with file.open("rb") as opened:
                yield from _inside(str(file), opened)
        except OSError as problem:
            # What else was found must be told: those tokens lie about all the same.
            unread.append(f"{file} cannot be read: {problem.strerror}")


def _inside(place: str, file: BinaryIO) -> Iterator[tuple[str, int, bytes]]:
    line, kept = 1, b""
    seen: set[tuple[int, bytes]] = set()
    while piece := file.readline(_PIECE):
        content = kept + piece
        for match in _TOKEN.finditer(content):
            value = match[0].replace(b"\0", b"")
            if (line, value) not in seen:
                seen.add((line, value))
                yield place, line, value
        if piece.endswith(b"\n"):
            line, kept = line + 1, b""
            seen.clear()
        else:
            # A token, or the sign before it, may go on in the next piece of an overlong line.
            kept = content[-_LONGEST:]


def _as_json(found: Found) -> dict[str, str | int]:
    token = found.token
    return {
        "file": found.place,
        "line": found.line,
        "handle": token.handle,
        "name": token.name,
        "user": token.username,
        "service": token.service_name,
    }


def _as_cells(found: Found) -> tuple[str, ...]:
    token = found.token
    where = f"{found.place}:{found.line}"
    return (where, token.handle, token.name, token.username, token.service_name)
