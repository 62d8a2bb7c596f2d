"""A preset as somebody wrote it: read, checked against what Moodle knows, problems by line."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import msgspec

from coursewire.cli.common import Failure
from coursewire.contracts import capabilities
from coursewire.contracts.registry import entries
from coursewire.domain.gate import REST_CAPABILITY
from coursewire.presets import model
from coursewire.presets.model import Preset
from coursewire.sitefile import sentences
from coursewire.sitefile.document import Document
from coursewire.sitefile.problems import Problem

ENDINGS = (".yaml", ".yml")
# Names become parts of user names.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def of_file(path: Path) -> Preset:
    """Read a preset; raise BadSiteFile with everything in it that does not fit."""
    if path.suffix.lower() not in ENDINGS:
        msg = f"{path} is no file of a preset"
        raise Failure(msg, 2, remedy=f"its name ends in {' or '.join(ENDINGS)}")
    document = Document(str(path), path.read_bytes())
    problems: list[Problem] = []
    preset = _Reading(document.value, problems).preset()
    if preset is None or problems:
        raise document.refusal(*problems)
    return preset


class _Reading:
    """One preset as it is written, and what does not fit."""

    def __init__(self, written: object, problems: list[Problem]) -> None:
        self._problems = problems
        self._below: dict[str, Any] = {}
        self._fields: dict[str, Any] = {}
        if isinstance(written, dict):
            self._fields = {**cast("dict[str, Any]", written)}
        else:
            self._tell((), "must consist of keys such as name, service and functions")

    def preset(self) -> Preset | None:
        """Return the preset, None where it has no such form."""
        if self._problems:
            return None
        self._take_base()
        for name in model.LISTS:
            if not isinstance(self._fields.get(name, []), list):
                self._tell((name,), "must be a list: every entry begins with a dash")
        if self._problems:
            return None
        named = [self._named(item) for item in self._fields.get("capabilities", ())]
        fields = self._fields | ({"capabilities": named} if named else {})
        merged = model.on_top(self._below, fields)
        try:
            preset = msgspec.convert(merged, Preset)
        except msgspec.ValidationError as error:
            self._problems.append(self._as_written(sentences.problem(str(error), Preset, ())))
            return None
        self._check(preset)
        return preset

    def _named(self, capability: object) -> object:
        """Return a capability; who has nothing more to say of it writes its name alone."""
        return {"name": capability} if isinstance(capability, str) else capability

    def _take_base(self) -> None:
        base = self._fields.pop("base", None)
        if base is None:
            return
        if base not in model.NAMES:
            self._tell(("base",), sentences.unknown("preset", str(base), model.NAMES))
            return
        self._below = model.raw(base)

    def _check(self, preset: Preset) -> None:
        if not _NAME.fullmatch(preset.name):
            self._tell(("name",), "must be of small letters, digits, - and _, 60 at most")
        if preset.name in model.NAMES:
            self._tell(("name",), f"{preset.name} comes with Coursewire; choose another name")
        names = [each.name for each in preset.capabilities]
        self._check_twice("functions", preset.functions)
        self._check_twice("capabilities", names)
        if REST_CAPABILITY not in names:
            self._tell(("capabilities",), f"{REST_CAPABILITY} is missing; every call asks for it")
        if not preset.plugin:
            self._check_functions(preset.functions)
            self._check_capabilities(names)
        for place, each in enumerate(preset.capabilities):
            for name in each.functions:
                if name not in preset.functions:
                    sentence = sentences.unknown("function here", name, preset.functions)
                    self._tell_item("capabilities", place, sentence)

    def _check_functions(self, functions: Sequence[str]) -> None:
        for place, name in enumerate(functions):
            if name not in entries():
                sentence = f"{sentences.unknown('function', name, entries())}; a plugin's needs"
                self._tell_item("functions", place, f"{sentence} the key plugin")

    def _check_capabilities(self, names: Sequence[str]) -> None:
        for place, name in enumerate(names):
            if not capabilities.is_known(name):
                close = get_close_matches(name, capabilities.known(), n=1)
                meant = (
                    f"did you mean {close[0]!r}?" if close else "a plugin's needs the key plugin"
                )
                self._tell_item("capabilities", place, f"there is no capability {name!r}; {meant}")

    def _check_twice(self, field: str, names: Sequence[str]) -> None:
        for place, name in enumerate(names):
            if name in names[:place]:
                self._tell_item(field, place, f"{name} is listed already")

    def _tell_item(self, field: str, place: int, sentence: str) -> None:
        self._problems.append(self._as_written(Problem((field, place), sentence)))

    def _tell(self, path: tuple[str | int, ...], sentence: str) -> None:
        self._problems.append(Problem(path, sentence))

    def _as_written(self, problem: Problem) -> Problem:
        """Return a problem with its place in this file, of which the base's items are no part."""
        match problem.path:
            case (str(field), int(place), *rest) if field in model.LISTS:
                own_place = place - len(self._below.get(field, ()))
                return Problem((field, own_place, *rest), problem.sentence)
            case _:
                return problem
