"""From the answer of a body to bytes, in either format."""

from collections.abc import Callable, Iterator

from coursewire.contracts.function import AnyFunction
from coursewire.wire.chunks import bounded, chunks
from coursewire.wire.encode_json import json_shape
from coursewire.wire.encode_xml import xml_shape
from coursewire.wire.request import Format

__all__ = ["Encode", "bounded", "compile_encoder"]

Encode = Callable[[object], Iterator[bytes]]


def compile_encoder(function: AnyFunction, format_: Format) -> Encode:
    """Return the function that writes checked answers piece by piece; it cannot fail."""
    shape = json_shape(function) if format_ == "json" else xml_shape(function.return_tree())
    return lambda result: chunks(shape, result)
