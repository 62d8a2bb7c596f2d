"""From the answer of a body to bytes, in either format."""

from collections.abc import Callable, Iterable, Iterator

from coursewire.contracts.function import AnyFunction
from coursewire.wire.chunks import Shape, bounded, chunks, in_parts
from coursewire.wire.encode_json import json_shape
from coursewire.wire.encode_xml import xml_shape
from coursewire.wire.request import Format

__all__ = ["Encode", "EncodeParts", "bounded", "compile_encoder", "compile_parts_encoder"]

Encode = Callable[[object], Iterator[bytes]]
EncodeParts = Callable[[Iterable[list[object]]], Iterator[bytes]]


def compile_encoder(function: AnyFunction, format_: Format) -> Encode:
    """Return the function that writes checked answers piece by piece; it cannot fail."""
    shape = _shape(function, format_)
    return lambda result: chunks(shape, result)


def compile_parts_encoder(function: AnyFunction, format_: Format) -> EncodeParts:
    """Return the function that writes a list as its parts come, each of them checked."""
    shape = _shape(function, format_)
    return lambda parts: in_parts(shape, parts)


def _shape(function: AnyFunction, format_: Format) -> Shape:
    return json_shape(function) if format_ == "json" else xml_shape(function.return_tree())
