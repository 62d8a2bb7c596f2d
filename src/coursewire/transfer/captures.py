"""From calls that were made to a scenario: ids that came out of a call get names."""

from typing import Any, NamedTuple, cast

import msgspec

from coursewire.transfer.differences import is_id
from coursewire.transfer.scenario import Scenario, Step

# Values that must be new on a site; they get the run's mark, so that a scenario can be replayed.
NEW = frozenset({"shortname", "idnumber", "username", "email"})
MARK = "${run}"


class Seen(NamedTuple):
    """An id that stood in an answer: of which noun, in which call, where."""

    noun: str
    step: int
    place: str


class Captures:
    """Gathers calls and their answers; tokens never come in."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._seen: dict[str, list[Seen]] = {}
        self._marked: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._steps)

    def take(self, function: str, params: dict[str, Any], answer: object) -> None:
        """Take one call in."""
        created = "_create_" in function
        known = self._replaced(function, params, "", created=created)
        self._steps.append(Step(call=function, params=known))
        self._look(function, answer, "$", "")

    def scenario(self) -> Scenario:
        """Return what was gathered."""
        return Scenario(calls=tuple(self._steps))

    def _replaced(
        self,
        function: str,
        value: Any,  # noqa: ANN401 - JSON
        key: str,
        *,
        created: bool,
    ) -> Any:  # noqa: ANN401
        if isinstance(value, dict):
            pairs = cast("dict[str, Any]", value).items()
            return {
                name: self._replaced(function, item, name, created=created) for name, item in pairs
            }
        if isinstance(value, list):
            items = cast("list[object]", value)
            return [self._replaced(function, item, key, created=created) for item in items]
        text = str(value)
        if created and key in NEW and text and text not in self._marked:
            name, at_sign, host = text.partition("@")
            self._marked[text] = f"{name}{MARK}{at_sign}{host}"
        return self._marked.get(text) or self._named(function, key, text) or value

    def _named(self, function: str, key: str, text: str) -> str:
        """Return the name of an id that came out of an earlier call, giving it one."""
        if not text.isdigit() or not (is_id(key) or key in ("value", "values")):
            return ""
        noun = _noun(function, key)
        fitting = [seen for seen in self._seen.get(text, []) if seen.noun == noun]
        if not fitting:
            return ""
        seen = fitting[-1]
        step = self._steps[seen.step]
        name = next((name for name, place in step.save.items() if place == seen.place), "")
        if not name:
            taken = {name for each in self._steps for name in each.save}
            numbers = (f"{noun}{number}" if number else noun for number in range(10_000))
            name = next(name for name in numbers if name not in taken)
            save = {**step.save, name: seen.place}
            self._steps[seen.step] = msgspec.structs.replace(step, save=save)
        return f"${{{name}}}"

    def _look(self, function: str, value: Any, place: str, key: str) -> None:  # noqa: ANN401
        if isinstance(value, dict):
            for name, item in cast("dict[str, Any]", value).items():
                self._look(function, item, f"{place}.{name}", name)
        elif isinstance(value, list):
            for index, item in enumerate(cast("list[object]", value)):
                self._look(function, item, f"{place}.{index}", key)
        elif isinstance(value, int) and not isinstance(value, bool) and value > 0 and is_id(key):
            seen = Seen(_noun(function, key), len(self._steps) - 1, place)
            # The call that made a thing names it, not those that show it later.
            if all(old.noun != seen.noun for old in self._seen.get(str(value), [])):
                self._seen.setdefault(str(value), []).append(seen)


def _noun(function: str, key: str) -> str:
    """Return what an id is of: `courseid` of a course, `id` of what the function is about."""
    plain = key.removesuffix("s").removesuffix("id")
    if plain and key not in ("value", "values", "parent"):
        return plain
    last = function.rpartition("_")[2]
    return "category" if last == "categories" else last.removesuffix("s")
