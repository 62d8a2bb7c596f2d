"""docs/reference/requirements.md: each requirement of the security specification and its tests."""

from pathlib import Path

from scripts.requirements import LIST, ROOT, carried, read

HEAD = """\
# Requirements and their tests

Written by `make reference` from the names and marks of the tests; do not edit. What each
requirement says stands in the specification of security. Repeat one of these tests with
`.venv/bin/pytest 'FILE::TEST'`, at its night size with `COURSEWIRE_TEST_SIZE=night` before it.
"""


def page(root: Path = ROOT, listed: Path = LIST) -> str:
    """Return the page."""
    found, tests = read(listed), carried(root)
    reasons: dict[str, str] = found["without a test"] or {}
    lines = [HEAD]
    for number in found["ids"]:
        lines.append(f"\n## {number}\n\n")
        lines.extend(f"- `{name}`\n" for name in dict.fromkeys(tests.get(number, [])))
        if number in reasons:
            lines.append(f"- no test yet: {reasons[number]}\n")
    return "".join(lines)
