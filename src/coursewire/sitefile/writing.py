"""A site file as YAML, one line for an entry wherever that can be."""

from collections.abc import ItemsView, Mapping
from typing import Any

import msgspec
import yaml

from coursewire.sitefile.model.entry import Part
from coursewire.sitefile.model.site_file import SiteFile

WIDTH = 100


def text_of(file: SiteFile, heading: str) -> str:
    """Return the text of a file; fields that have their default are left out."""
    parts = [f"# {_one_line(heading)}\n"]
    for section in file.__struct_fields__:
        value = _plain(getattr(file, section))
        if value:
            parts.append(_yaml({section: value}))
    return "\n".join(parts)


def _one_line(remark: str) -> str:
    """Return a remark that cannot end: what stands behind the end of a line would be applied."""
    letters = "".join(letter if letter.isprintable() else " " for letter in remark)
    return " ".join(letters.split())


def _yaml(value: Any) -> str:  # noqa: ANN401 - plain values
    # None: collections of scalars on one line, others on several.
    return str(
        yaml.dump(
            value,
            Dumper=yaml.CSafeDumper,
            default_flow_style=None,
            allow_unicode=True,
            sort_keys=False,
            width=WIDTH,
        )
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a site file
    if isinstance(value, Part):
        return {
            field.encode_name: _plain(getattr(value, field.name))
            for field in msgspec.structs.fields(type(value))
            if field.required or not _is_default(field, getattr(value, field.name))
        }
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in _pairs(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in _items(value)]
    return value


def _pairs(value: Any) -> ItemsView[str, Any]:  # noqa: ANN401 - names with any values
    named: Mapping[str, Any] = value
    return named.items()


def _items(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a list of any values
    several: tuple[Any, ...] = value
    return several


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:  # noqa: ANN401
    if field.default_factory is not msgspec.NODEFAULT:
        return not value
    return bool(value == field.default)
