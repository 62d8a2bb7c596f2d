"""What can be wrong with a site file: where it stands, and one sentence."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

# Keys and positions from the root of the file: ("users", 3, "email").
Path = tuple[str | int, ...]


class Problem(Struct, frozen=True):
    """One thing that is wrong."""

    path: Path
    sentence: str

    @property
    def field(self) -> str:
        """The place as one writes it: `users[3].email`."""
        parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path]
        return "".join(parts).removeprefix(".")


class BadSiteFile(Exception):
    """A site file cannot be used; the text is one line for each problem."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


def one_line(name: str, line: int | None, problem: Problem) -> str:
    """Return what a person needs to find and mend a problem."""
    places: Sequence[str] = [
        name,
        *([f"line {line}"] if line else []),
        *([problem.field] if problem.path else []),
    ]
    return f"{', '.join(places)}: {problem.sentence}"
