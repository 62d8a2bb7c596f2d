"""Fail when a tracked file is a secret, is large, or names an index or a lock with addresses."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 500_000
# Data that others made and that we copy whole.
COPIED = re.compile(r"tests/conformance/|src/coursewire/contracts/functions\.json$")
SECRETS = {
    "a private key": re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}"),
    "a key of a cloud account": re.compile(rb"\bAKIA[0-9A-Z]{16}\b"),
    "a personal token": re.compile(rb"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
}
INDEX = re.compile(rb"--(?:extra-)?index-url[ =]\S|\"resolved\": *\"https?:")
UNWANTED = re.compile(
    r"(^|/)(\.env|package-lock\.json|id_(rsa|ed25519)|keys\.json|testkit\.key)$"
    r"|\.(sqlite|db|pem|pyc)$|\.sqlite3([.-]\w+)?$"
)


def tracked(root: Path) -> list[str]:
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name and (root / name).is_file()]


def problems(root: Path, names: list[str]) -> Iterator[str]:
    for name in names:
        if UNWANTED.search(name):
            yield f"{name}: files of this kind do not belong in the repository"
        if COPIED.match(name):
            continue
        content = (root / name).read_bytes()
        if len(content) > LARGEST:
            yield f"{name}: {len(content)} bytes, more than {LARGEST}"
        for what, pattern in SECRETS.items():
            if pattern.search(content):
                yield f"{name}: holds {what}"
        if INDEX.search(content):
            yield f"{name}: names a package index"


def main() -> int:
    found = list(problems(ROOT, tracked(ROOT)))
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
