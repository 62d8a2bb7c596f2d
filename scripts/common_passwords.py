"""Check the list of common passwords against the package that it is copied from; or write it.

The package (zxcvbn, for development only) keeps them in the order of how often they are used. It
is not a dependency at run time: of all it brings, only this list is wanted (SUP-1).
"""

import sys
from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # has no types

LIST = Path(__file__).resolve().parent.parent / "src/coursewire/domain/common_passwords.txt"


def content() -> str:
    """Return what the file must hold: a password a line, the most common first."""
    words: list[str] = FREQUENCY_LISTS["passwords"]
    return "".join(f"{word}\n" for word in words)


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        LIST.write_text(content(), encoding="utf-8")
    if LIST.read_text(encoding="utf-8") != content():
        told = "differs from the package; run `python -m scripts.common_passwords --write`"
        print(f"{LIST.name} {told}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
