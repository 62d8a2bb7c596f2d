"""Fail when a copy of the shared material differs from its original, where that is at hand.

The originals lie in a folder `shared` beside the repository. Where there is no such folder there
is nothing to compare with, and nothing is said.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

KIT = ("conformance", "tests/conformance")
KIT_FILES = ("README.md", "replay.py", "site.yaml", "site-2.yaml", "recordings/**/*")
CONTRACTS = ("spec/functions.json", "src/coursewire/contracts/functions.json")
VECTORS = ("spec/security.md", "tests/domain/address_vectors.jsonl")


def vectors(security: str) -> str:
    """The rows of the appendix with the allow-list vectors, one JSON object a line."""
    appendix = security.partition("\n## Appendix A.")[2]
    return "".join(f"{line}\n" for line in appendix.splitlines() if line.startswith("{"))


def differences(shared: Path, root: Path) -> Iterator[str]:
    """Yield the paths of copies that are missing, different, or without an original."""
    original, copy = shared / KIT[0], root / KIT[1]
    for pattern in KIT_FILES:
        names = {
            path.relative_to(folder)
            for folder in (original, copy)
            for path in folder.glob(pattern)
            if path.is_file()
        }
        for name in sorted(names):
            if content(original / name) != content(copy / name):
                yield f"{KIT[1]}/{name}"
    if content(shared / CONTRACTS[0]) != content(root / CONTRACTS[1]):
        yield CONTRACTS[1]
    security = content(shared / VECTORS[0]) or b""
    if vectors(security.decode()).encode() != content(root / VECTORS[1]):
        yield VECTORS[1]


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def main() -> int:
    if not SHARED.is_dir():
        return 0
    found = list(differences(SHARED, ROOT))
    for name in found:
        print(f"{name} differs from its original under {SHARED.name}/", file=sys.stderr)
    if found:
        print("Copy it again; copies are never edited.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
