"""Check that the lock files fit pyproject.toml, carry hashes and name no index; or rewrite them."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)
ADDRESS = re.compile(r"://|--(?:extra-)?index-url|--find-links|--trusted-host")
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
    "--quiet",
)


# Installed into environments of their own, so these agree with nothing but themselves.
APART = ("moodle-dl",)


def wanted(project: dict[str, Any]) -> dict[str, list[str]]:
    """What each lock file must hold: the development lock holds all, so it is solved first."""
    base: list[str] = project["project"]["dependencies"]
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    server = base + extras["server"] + extras["postgres"]
    build: list[str] = project["build-system"]["requires"] + ["editables"]
    groups: dict[str, list[str]] = project["dependency-groups"]
    return {
        "dev": server + build + groups["dev"],
        "base": base,
        "server": server,
        "build": build,
        **{name: groups[name] for name in APART},
    }


def pins(text: str) -> dict[str, Version]:
    return {canonicalize_name(m["name"]): Version(m["version"]) for m in PIN.finditer(text)}


def problems(name: str, requirements: list[str], text: str) -> Iterator[str]:
    """Yield what is wrong with one lock file."""
    pinned = pins(text)
    for requirement in map(Requirement, requirements):
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{name}.lock lacks {requirement.name}"
        elif version not in requirement.specifier:
            yield f"{name}.lock pins {requirement.name} {version}, not {requirement.specifier}"
    if ADDRESS.search(text):
        yield f"{name}.lock names an index; write it with `make lock`"
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    for entry in entries:
        if "--hash=sha256:" not in entry:
            yield f"{name}.lock has no hash for {entry.splitlines()[0]}"


def disagreements(locks: dict[str, str]) -> Iterator[str]:
    """Yield pins of the smaller locks that differ from the development lock."""
    tested = pins(locks["dev"])
    for name, text in locks.items():
        for package, version in pins(text).items():
            if name not in APART and tested.get(package) != version:
                yield f"{name}.lock pins {package} {version}, dev.lock {tested.get(package)}"


def write(name: str, requirements: list[str], options: list[str]) -> None:
    target = LOCKS / f"{name}.lock"
    constraint = [] if name in {"dev", *APART} else ["--constraint", str(LOCKS / "dev.lock")]
    uv = [sys.executable, "-m", "uv", "pip", "compile", "-", "-o", str(target)]
    given = "\n".join(requirements)
    subprocess.run(
        [*uv, *OPTIONS, *constraint, *options], input=given, text=True, check=True, cwd=ROOT
    )


def main(arguments: list[str]) -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contents = wanted(project)
    if arguments[:1] == ["--write"]:
        LOCKS.mkdir(exist_ok=True)
        for name, requirements in contents.items():
            write(name, requirements, arguments[1:])
    locks = {name: (LOCKS / f"{name}.lock").read_text() for name in contents}
    found = [p for name, needs in contents.items() for p in problems(name, needs, locks[name])]
    found += disagreements(locks)
    for problem in found:
        print(f"requirements: {problem}", file=sys.stderr)
    if found:
        print("Run `make lock` and commit requirements/.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
