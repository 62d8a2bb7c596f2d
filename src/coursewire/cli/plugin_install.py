"""`coursewire plugin install`: a package whose bytes are known beforehand, by their hash."""

import hashlib
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from coursewire.cli.common import Failure, out

_HASH = re.compile(r"^sha256:[0-9a-f]{64}$")
_PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*$")
_WITHIN = 600
# Packages are for all who run the program, as whoever installs one with pip would have it.
_SHARED = 0o022


def register(commands: typer.Typer) -> None:
    """Add the command."""
    commands.command()(install)


def install(
    package: Annotated[str, typer.Argument(help="A wheel's path, or NAME==VERSION.")],
    hashes: Annotated[
        list[str] | None, typer.Option("--hash", help="sha256:… of the wheel; may be repeated.")
    ] = None,
) -> None:
    """Install a plugin's package beside Coursewire, if its bytes have the hash that is given.

    Its dependencies are not installed: a plugin needs nothing but Coursewire. On a site it does
    nothing before `coursewire plugin enable`.
    """
    given = hashes or []
    for each in given:
        if not _HASH.match(each):
            msg = f"{each!r} is no hash; write --hash sha256: and 64 hex digits"
            raise Failure(msg, 2)
    path = Path(package)
    requirement = _wheel(path, given) if package.endswith(".whl") else _named(package, given)
    _pip(requirement)
    out.print(f"{package} is installed. Next: coursewire plugin list", markup=False)
    out.print("A server that runs must be restarted before it knows the plugin.")


def _wheel(path: Path, given: list[str]) -> str:
    """Return the line of a requirements file for a wheel with the right bytes."""
    if not path.is_file():
        msg = f"there is no file {path}"
        raise Failure(msg)
    found = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    if not given:
        msg = f"the hash of {path.name} must be given, as its publisher tells it"
        raise Failure(msg, 2, remedy=f"this file has {found}; compare, then say --hash {found}")
    if found not in given:
        msg = f"{path.name} is not what was expected: it has {found}"
        raise Failure(msg, remedy="fetch it again from its publisher; do not install this file")
    return f"{path.resolve().as_uri()} --hash={found}"


def _named(package: str, given: list[str]) -> str:
    if not _PINNED.match(package):
        msg = f"{package!r} is neither a wheel (a path that ends in .whl) nor NAME==VERSION"
        raise Failure(msg, 2)
    if not given:
        msg = f"the hash of {package} must be given"
        raise Failure(msg, 2, remedy="add --hash sha256:… as its publisher tells it")
    return " ".join((package, *(f"--hash={each}" for each in given)))


def _pip(requirement: str) -> None:
    """Run pip, which compares the hash once more."""
    try:
        version("pip")
    except PackageNotFoundError as problem:
        msg = "pip is not there to install packages with"
        raise Failure(msg, remedy="python -m ensurepip") from problem
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text(requirement + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:"]
        command += ["--require-hashes", "-r", str(file)]
        done = subprocess.run(  # noqa: S603 - the arguments are checked above
            command, capture_output=True, text=True, timeout=_WITHIN, check=False, umask=_SHARED
        )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        msg = f"pip could not install it: {lines[-1] if lines else 'no reason given'}"
        raise Failure(msg)
