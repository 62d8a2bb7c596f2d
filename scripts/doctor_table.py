"""Writes the tables of docs/doctor.md from the doctor's model of the order of checks.

`python -m scripts.doctor_table` writes them; a test fails while they are not what it would write.
"""

from collections.abc import Iterator
from pathlib import Path

from coursewire.doctor.outside.causes import CAUSES
from coursewire.doctor.outside.deduction import inseparable

PAGE = Path(__file__).resolve().parent.parent / "docs" / "doctor.md"


def rewritten(page: str) -> str:
    """The page with its tables as they should be."""
    for name, lines in (("inseparable", _sets()), ("causes", _causes())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        if not rest or end not in rest:
            msg = f"the page has no table between {begin} and {end}"
            raise LookupError(msg)
        page = f"{before}{begin}\n\n" + "\n".join(lines) + f"\n\n{end}{after}"
    return page


def _sets() -> Iterator[str]:
    yield "| set | probes and what they answered |"
    yield "|---|---|"
    for causes, seen in inseparable():
        if len(causes) > 1:
            yield f"| {', '.join(f'`{cause}`' for cause in causes)} | {seen} |"


def _causes() -> Iterator[str]:
    yield "| check | cause | what is so | what to do | where |"
    yield "|---|---|---|---|---|"
    for cause in CAUSES:
        where = f"`{cause.path}`" if cause.path else ""
        yield f"| {cause.row} | `{cause.name}` | {cause.fact} | {cause.fix} | {where} |"


def main() -> None:
    PAGE.write_text(rewritten(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
