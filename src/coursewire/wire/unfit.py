"""How the wire says which value, where in a tree, does not fit its contract."""

from collections.abc import Iterable

from coursewire.text.counted import some

_LONGEST_QUOTE = 60
_MOST_NAMES = 10


class Unfit(Exception):
    """A value does not fit; on its way up the exception gathers the keys above it."""

    def __init__(self, problem: str, *path: str | int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = list(reversed(path))

    def reason(self) -> str:
        """Return the place from the top, and the problem: `groups[1].courseid: …`."""
        if not self.path:
            return self.problem
        steps = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in reversed(self.path))
        return "".join(steps).removeprefix(".") + ": " + self.problem


def quoted(value: object) -> str:
    """Quote a value for the log, shortened."""
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"


def names(keys: Iterable[object]) -> str:
    """List names for the log, shortened."""
    return some([quoted(key) for key in keys], _MOST_NAMES)
