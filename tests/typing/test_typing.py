"""Both type checkers accept and reject the lines of this folder as marked."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CHECKED = [f"tests/typing/{name}.py" for name in ("functions", "client_calls", "client_open")]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a checker as a program of this interpreter, from the root."""
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_mypy_agrees_with_the_marks() -> None:
    done = run("mypy", "--strict", *CHECKED)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_pyright_agrees_with_the_marks() -> None:
    done = run("pyright", "-p", "tests/typing/pyrightconfig.json")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_without_its_mark_a_line_is_an_error(tmp_path: Path) -> None:
    """The marks are needed: taken away, mypy reports each of those lines and no other."""
    source = (HERE / "functions.py").read_text("utf-8")
    marked = [n for n, line in enumerate(source.splitlines(), 1) if "# type: ignore" in line]
    bare = tmp_path / "bare.py"
    bare.write_text(source.replace("# type: ignore", "# was:"), "utf-8")
    done = run("mypy", "--strict", "--no-error-summary", "--hide-error-context", str(bare))
    reported = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    assert reported == set(marked), done.stdout
