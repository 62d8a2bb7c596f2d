"""Check the list of error codes by function against what tests have seen; or write it.

Seen are the outcomes of the matrix (every function as everybody about everything) and the
conformance cases. What the gate and the decoding answer for every function is left out.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coursewire.contracts import error_codes
from coursewire.functions.catalogue import BUILT_IN

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "src/coursewire/contracts/error_codes.json"
MATRIX = ROOT / "tests/rules/matrix.json"
RECORDINGS = ROOT / "tests/conformance/recordings"
_REFUSED = re.compile(r"^refused [^ ;]*/([a-z_]+)")
_WARNED = re.compile(r"; warns ([^;]+)")
_CODE = re.compile(r"[a-z][a-z_]+")


def seen() -> dict[str, list[str]]:
    """The codes of each function, those of every function left out."""
    known = {bound.contract.name for bound in BUILT_IN}
    found: dict[str, set[str]] = {}
    for function, code in (*_of_matrix(), *_of_recordings()):
        if function in known and _CODE.fullmatch(code) and code not in error_codes.ALWAYS:
            found.setdefault(function, set()).add(code)
    return {name: sorted(found[name]) for name in sorted(found)}


def _of_matrix() -> Iterator[tuple[str, str]]:
    table: dict[str, dict[str, dict[str, str]]] = json.loads(MATRIX.read_text())
    for function, rows in table.items():
        for line in {line for row in rows.values() for line in row.values()}:
            if refused := _REFUSED.match(line):
                yield function, refused[1]
            for warned in _WARNED.findall(line):
                yield from ((function, code) for code in warned.split())


def _of_recordings() -> Iterator[tuple[str, str]]:
    for path in sorted(RECORDINGS.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case: dict[str, Any] = json.loads(line)
            error = case.get("expect", {}).get("error")
            if error and case.get("function"):
                yield case["function"], str(error.get("errorcode"))


def written() -> str:
    return json.dumps(seen(), indent=1) + "\n"


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        FILE.write_text(written(), encoding="utf-8")
    if FILE.read_text(encoding="utf-8") != written():
        told = "is not what was seen; run `python -m scripts.error_codes --write`"
        print(f"{FILE.name} {told}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
