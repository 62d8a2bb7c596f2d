"""Check the changelog's fragments and its version, or gather the fragments at a release.

python -m scripts.changelog                     check
python -m scripts.changelog --gather 2027-01-31 write them into CHANGELOG.md under that date
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("added", "changed", "fixed", "removed", "security")
FRAGMENT = re.compile(rf"[a-z0-9][a-z0-9-]*\.({'|'.join(KINDS)})\.md")
RELEASE = re.compile(
    r"^## \[(?P<version>[^\]]+)\] - (?P<date>unreleased|\d{4}-\d\d-\d\d)$", re.MULTILINE
)
VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def fragments(root: Path) -> list[Path]:
    return sorted(path for path in (root / "changelog.d").iterdir() if path.name != "README.md")


def problems(root: Path) -> Iterator[str]:
    for path in fragments(root):
        if not FRAGMENT.fullmatch(path.name):
            yield f"changelog.d/{path.name}: name it <name>.<{'|'.join(KINDS)}>.md"
        elif not path.read_text().strip():
            yield f"changelog.d/{path.name} is empty: say what changes for the reader"
    version = VERSION.search((root / "src/coursewire/__init__.py").read_text())
    release = RELEASE.search((root / "CHANGELOG.md").read_text())
    if version is None:
        yield "src/coursewire/__init__.py: no __version__"
    elif release is None:
        yield "CHANGELOG.md: no heading '## [version] - date'"
    elif release["version"] != version[1]:
        yield f"CHANGELOG.md is at {release['version']}, the package at {version[1]}"
    elif release["date"] != "unreleased" and fragments(root):
        yield f"{release['version']} is released: raise __version__ and open a heading for it"


def gathered(root: Path) -> str:
    """The fragments as one section, kinds in Keep a Changelog's order."""
    lines: list[str] = []
    for kind in KINDS:
        texts = [p.read_text().strip() for p in fragments(root) if p.name.endswith(f".{kind}.md")]
        if texts:
            lines += [f"### {kind.capitalize()}", "", *map(_listed, texts), ""]
    return "\n".join(lines)


def _listed(text: str) -> str:
    """One fragment as an item of a list, or as the items that it is written in."""
    return text if text.startswith("- ") else "- " + text.replace("\n", "\n  ")


def gather(root: Path, date: str) -> None:
    """Date the topmost release, put the fragments under it, and delete them."""
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text()
    release = RELEASE.search(text)
    if release is None or release["date"] != "unreleased":
        raise SystemExit("CHANGELOG.md: the topmost release is not 'unreleased'")
    heading = f"## [{release['version']}] - {date}\n\n{gathered(root)}"
    rest = text[release.end() :].lstrip("\n")
    changelog.write_text(text[: release.start()] + heading + ("\n" + rest if rest else ""))
    for path in fragments(root):
        path.unlink()


def main(arguments: list[str]) -> int:
    found = list(problems(ROOT))
    for problem in found:
        print(problem, file=sys.stderr)
    if not found and arguments[:1] == ["--gather"]:
        gather(ROOT, arguments[1])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
