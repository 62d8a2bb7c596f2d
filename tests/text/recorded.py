"""Texts of recordings: what was stored, under which settings it was read, what came back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from coursewire.text.settings import TextSettings

RECORDINGS = Path(__file__).parents[1] / "conformance" / "recordings"

_SETTING = re.compile(r"moodlewssetting(raw|filter|fileurl)=(\w+)")


class Reading(msgspec.Struct, frozen=True):
    """One text that was read: as stored, as answered (with the recording's markers)."""

    place: str
    text: str
    text_format: int
    settings: TextSettings
    answer: str
    answer_format: int


def steps(name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The steps of a recording, numbered from 1."""
    lines = (RECORDINGS / f"{name}.jsonl").read_bytes().splitlines()
    for number, line in enumerate(lines, start=1):
        yield number, msgspec.json.decode(line)


def readings(name: str, created: str) -> Iterator[Reading]:
    """The descriptions in a recording; `created` is the parameter that holds what is created."""
    stored: dict[str, tuple[str, int]] = {}
    for number, step in steps(name):
        items = step["expect"].get("body")
        given = step.get("params", {}).get(created)
        function = step.get("function") or ""
        if given and "_update_" in function:
            for change in given:
                stored.pop(str(change.get("id")), None)
        if not isinstance(items, list):
            continue
        if given and "_create_" in function:
            for new, item in zip(given, items, strict=True):
                stored[_label(item)] = (new["description"], new.get("descriptionformat", 1))
            continue
        for item in items:
            if isinstance(item, dict) and _label(item) in stored and "description" in item:
                yield Reading(
                    f"{name}:{number} {_label(item)}",
                    *stored[_label(item)],
                    _settings(step),
                    item["description"],
                    int(item["descriptionformat"]),
                )


def _label(item: dict[str, Any]) -> str:
    return str(item.get("id")).replace("int:", "")


def _settings(step: dict[str, Any]) -> TextSettings:
    given = dict(_SETTING.findall(step.get("raw", {}).get("body", "")))
    return TextSettings(
        raw=given.get("raw") == "1",
        filter=given.get("filter") == "1",
        fileurl=given.get("fileurl", "1") == "1",
    )
