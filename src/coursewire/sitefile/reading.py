"""From the text of a site file to structs; everything that does not fit is named with its line."""

from pathlib import Path as FilePath
from typing import Any, cast, get_args, get_origin

import msgspec
from msgspec import Struct

from coursewire.sitefile import sentences
from coursewire.sitefile.document import Document
from coursewire.sitefile.model.entry import Entry, Part
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.problems import BadSiteFile, Problem

_TYPES: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(SiteFile)}
SINGLE: dict[str, type[Part]] = {
    name: kind for name, kind in _TYPES.items() if get_origin(kind) is not tuple
}
"""The sections that describe one thing."""
LISTS: dict[str, type[Entry]] = {
    name: get_args(kind)[0] for name, kind in _TYPES.items() if get_origin(kind) is tuple
}
"""The sections that list entries, in the order in which they are applied."""


class ReadFile:
    """A site file as it was read: structs, and the text to name lines of."""

    def __init__(self, document: Document, file: SiteFile) -> None:
        self.document = document
        self.file = file


def read_path(path: FilePath) -> ReadFile:
    """Read a site file from disk."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadSiteFile([f"{path}: cannot be read: {error.strerror}"]) from error
    return read(path.name, content)


def read(name: str, content: bytes) -> ReadFile:
    """Read a site file; raise BadSiteFile with everything in it that does not fit."""
    document = Document(name, content)
    try:
        sections = msgspec.convert(document.value or {}, dict[str, object])
    except msgspec.ValidationError:
        sentence = "must consist of sections such as users and courses"
        raise document.refusal(Problem((), sentence)) from None
    reading = _Reading(sections)
    if reading.problems:
        raise document.refusal(*reading.problems)
    file = SiteFile(**reading.sections)
    if problems := twice(file):
        raise document.refusal(*problems)
    return ReadFile(document, file)


class _Reading:
    """The sections as structs, and what did not fit."""

    def __init__(self, raw: dict[str, object]) -> None:
        self.problems: list[Problem] = []
        self.sections: dict[str, Any] = {}
        for name, value in raw.items():
            if name in SINGLE:
                self.sections[name] = self._one(name, {} if value is None else value)
            elif name in LISTS:
                self.sections[name] = self._many(name, [] if value is None else value)
            else:
                self._problem(Problem((name,), sentences.unknown("section", name, _TYPES)))

    def _one(self, name: str, raw: object) -> Struct | None:
        return self._convert(raw, SINGLE[name], (name,))

    def _many(self, name: str, raw: object) -> tuple[Struct | None, ...]:
        if not isinstance(raw, list):
            self._problem(Problem((name,), "must be a list: every entry begins with a dash"))
            return ()
        items = enumerate(cast("list[object]", raw))
        return tuple(self._convert(item, LISTS[name], (name, place)) for place, item in items)

    def _convert(
        self, raw: object, kind: type[Struct], path: tuple[str | int, ...]
    ) -> Struct | None:
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            self._problem(sentences.problem(str(error), kind, path))
            return None

    def _problem(self, problem: Problem) -> None:
        self.problems.append(problem)


def twice(file: SiteFile) -> list[Problem]:
    """Find entries that name the same object."""
    problems: list[Problem] = []
    for section in LISTS:
        first: dict[tuple[str, ...], int] = {}
        entries: tuple[Entry, ...] = getattr(file, section)
        for place, entry in enumerate(entries):
            before = first.setdefault(entry.natural_key, place)
            if before != place:
                sentence = f"{entry.label!r} is listed already as {section}[{before}]"
                problems.append(Problem((section, place), sentence))
    return problems
