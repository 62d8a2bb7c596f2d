"""Which place in a site file is at fault when the domain refuses a change."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import msgspec

from coursewire.contracts.errors import Refusal
from coursewire.sitefile.model.entry import Part
from coursewire.sitefile.plan import Change
from coursewire.sitefile.problems import Path, Problem

# Refusals that do not quote what they are about.
_FIELDS: Mapping[str, str] = {
    "enddatebeforestartdate": "enddate",
    "nostartdatenoenddate": "startdate",
}


def problem(change: Change, refusal: Refusal, field: Path = ()) -> Problem:
    """Return what to tell of a refusal; `field` is at fault where that is known already."""
    parts = (refusal.reason.rstrip("."), refusal.remedy)
    sentence = f"{change.label}: {'; '.join(filter(None, parts))}".removeprefix(": ")
    return Problem((*change.path, *(field or _field(change, refusal))), sentence)


def _field(change: Change, refusal: Refusal) -> Path:
    """Return the field that a refusal is about: it quotes its value, or nothing else changes."""
    if not change.path or change.wanted is None:
        return ()
    known = _FIELDS.get(refusal.errorcode or "")
    if known:
        return (known,)
    if change.action == "change" and len(change.differences) == 1:
        return (_written_name(change.wanted, change.differences[0].field),)
    fields = [field.encode_name for field in msgspec.structs.fields(type(change.wanted))]
    missing = next((name for name in fields if refusal.reason.endswith(f" has no {name}")), None)
    if missing:
        return (missing,)
    values = _texts(msgspec.to_builtins(change.wanted), ())
    return next((path for path, text in values if repr(text) in refusal.reason), ())


def _written_name(entry: Part, name: str) -> str:
    """Return what the file calls a field."""
    fields = msgspec.structs.fields(type(entry))
    return next((field.encode_name for field in fields if field.name == name), name)


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Give the texts of an entry with the steps that lead to them; of a mapping the keys too."""
    if isinstance(value, str) and value:
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            if path:
                yield (*path, key), key
            yield from _texts(item, (*path, key))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(cast("Sequence[object]", value)):
            yield from _texts(item, (*path, place))
