"""The product as its users install it: an environment with what the server needs, nothing more.

Packages of developers beside it, and an editable installation, cost every start a third more.
"""

import subprocess
import sys
import venv
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_LOCKS = ("requirements/build.lock", "requirements/server.lock")
_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq", "--python")


def command(folder: Path) -> Path:
    """Install the product into a new environment in the folder; return its command."""
    place = folder / "installed"
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    locks = [part for lock in _LOCKS for part in ("-r", lock)]
    _pip(python, "--require-hashes", "--only-binary", ":all:", *locks)
    _pip(python, "--no-deps", "--no-build-isolation", ".")
    return place / "bin" / "coursewire"


def _pip(python: Path, *arguments: str) -> None:
    subprocess.run([*_PIP, str(python), "install", *arguments], cwd=_ROOT, check=True)
