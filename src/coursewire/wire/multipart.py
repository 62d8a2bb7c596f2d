"""Multipart bodies: fields by the same rules as other forms, files kept with what names them."""

import logging
from typing import TYPE_CHECKING

from msgspec import Struct
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from coursewire.wire.form import Form, FormBuilder
from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded, Limits, MalformedBody

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# A header of more parameters than this is an attack on the time it takes to read.
_PARAMETERS = 64

# What the library warns of reaches the caller as a refusal; strangers shall not fill the log.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


class File(Struct, frozen=True):
    """An uploaded file; all names are as the client sent them, so not to be trusted."""

    name: str
    filename: str
    content_type: str
    content: bytes


class Multipart(Struct, frozen=True):
    """The fields and the files of a multipart body."""

    form: Form
    files: tuple[File, ...]


def decode_multipart(
    content_type: str, body: bytes, limits: Limits = DEFAULT_LIMITS, *, fields_before: int = 0
) -> Multipart:
    """Decode a body whose content type is multipart/form-data."""
    builder = FormBuilder(limits, fields_before=fields_before)
    files: list[File] = []
    if not body:
        return Multipart(builder.form(), ())
    for part in _parts(_boundary(content_type), body, limits.parts):
        disposition = _parameters(part.headers.get(b"content-disposition", b""))
        name, filename = disposition.get(b"name"), disposition.get(b"filename")
        if name is None:
            raise MalformedBody("a part has no name")
        if filename is None:
            builder.add(name, b"".join(part.data))
        else:
            kind = part.headers.get(b"content-type", b"").decode("latin-1")
            files.append(File(_text(name), _text(filename), kind, b"".join(part.data)))
    return Multipart(builder.form(), tuple(files))


def _boundary(content_type: str) -> bytes:
    boundary = _parameters(content_type.encode("latin-1", "replace")).get(b"boundary")
    if not boundary:
        raise MalformedBody("the content type names no boundary")
    return boundary


def _parameters(header: bytes) -> dict[bytes, bytes]:
    if header.count(b";") > _PARAMETERS:
        raise MalformedBody(f"a header has more than {_PARAMETERS} parameters")
    return parse_options_header(header)[1]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


class _Part:
    """The headers of one part by lower-case name, and its content as the parser slices it."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.data: list[bytes] = []


class _Reader:
    """Takes what the library's parser finds."""

    def __init__(self, limit: int) -> None:
        self.parts: list[_Part] = []
        self.is_complete = False
        self._limit = limit
        self._header = b""

    def begin(self) -> None:
        if len(self.parts) == self._limit:
            raise LimitExceeded(400, "parts", self._limit)
        self.parts.append(_Part())

    def header(self, data: bytes, start: int, end: int) -> None:
        self._header = data[start:end].lower()

    def value(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].headers[self._header] = data[start:end]

    def content(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].data.append(data[start:end])

    def end(self) -> None:
        self.is_complete = True


def _parts(boundary: bytes, body: bytes, limit: int) -> list[_Part]:
    # Lines that only begin like a boundary are what takes the library's parser longest.
    if body.count(b"\r\n--" + boundary) > limit + 1:
        raise LimitExceeded(400, "parts", limit)
    reader = _Reader(limit)
    callbacks: MultipartCallbacks = {
        "on_part_begin": reader.begin,
        "on_header_field": reader.header,
        "on_header_value": reader.value,
        "on_part_data": reader.content,
        "on_end": reader.end,
    }
    try:
        MultipartParser(boundary, callbacks).write(_without_preamble(boundary, body))
    except FormParserError as error:
        raise MalformedBody(str(error)) from error
    if not reader.is_complete:
        raise MalformedBody("the last boundary is missing")
    return reader.parts


def _without_preamble(boundary: bytes, body: bytes) -> bytes:
    """Return a body from its first boundary on: what stands before it says nothing."""
    start = -1 if body.startswith(b"--" + boundary) else body.find(b"\r\n--" + boundary)
    return body if start < 0 else body[start + 2 :]
