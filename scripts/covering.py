"""Which tests run a line of the package, so that a change of that line is tried with them first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as Xml

from coverage import CoverageData

# How many lines above one belong to its statement at most: a statement counts where it begins.
_REACH = 12
# So many at most: the others come with all tests of the area.
_MOST = 200

# The tests that run each line of a file.
Lines = Mapping[int, Sequence[str]]


class Notes(NamedTuple):
    """Where a run of tests writes which lines each test ran, and how long each took."""

    folder: Path

    @property
    def options(self) -> list[str]:
        """Return what pytest is told for it."""
        coverage = ["--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
        return [*coverage, f"--junit-xml={self._times}", "-o", "junit_family=xunit1"]

    @property
    def environ(self) -> dict[str, str]:
        """Return what the run finds in its environment."""
        return {"COVERAGE_FILE": str(self._lines)}

    @property
    def _lines(self) -> Path:
        return self.folder / "coverage"

    @property
    def _times(self) -> Path:
        return self.folder / "times.xml"

    def read(self, modules: Mapping[str, Path]) -> "Covering":
        """Return what a run has noted of modules that lie at these places."""
        took = {
            f"{case.attrib['file']}::{case.attrib['name']}": float(case.attrib["time"])
            for case in Xml.parse(self._times).iter("testcase")  # noqa: S314 - pytest's own
        }
        data = CoverageData(str(self._lines))
        data.read()
        return Covering(
            {
                module: {
                    line: _in_order(contexts, took)
                    for line, contexts in data.contexts_by_lineno(str(place)).items()
                }
                for module, place in modules.items()
            }
        )


class Covering(NamedTuple):
    """The tests that run each line of each module, the quickest first."""

    modules: Mapping[str, Lines]

    def tests(self, module: str, line: int) -> Sequence[str]:
        """Return the quickest tests that run a line; none when it runs only as it is imported."""
        lines = self.modules.get(module, {})
        start = next((at for at in range(line, line - _REACH, -1) if lines.get(at)), None)
        return [] if start is None else lines[start][:_MOST]


def _in_order(contexts: Sequence[str], took: Mapping[str, float]) -> list[str]:
    """Return the tests among contexts like `tests/a.py::test_b[c]|run`, the quickest first."""
    named = {context.rpartition("|")[0] for context in contexts}
    return sorted(named & took.keys(), key=lambda name: (took[name], name))
