"""What a guide tells to type, typed."""

import re
import shlex
from pathlib import Path

from tests.cli.conftest import Command

DOCS = Path(__file__).resolve().parents[2] / "docs"


def lines_of(guide: str, *, around: str) -> list[list[str]]:
    """The `coursewire …` lines of the block of a guide that holds a text, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / guide).read_text("utf-8"), re.DOTALL)
    (block,) = (each for each in blocks if around in each)
    return [shlex.split(line.removeprefix("coursewire ")) for line in block.splitlines()]


def test_a_token_made_part_by_part_works(placed: Command) -> None:
    placed("webservices", "on")
    placed("protocol", "rest", "on")
    *parts, issue = lines_of("tokens.md", around="token issue --user bot")
    for words in parts:
        placed(*words)
    handle = str(placed(*issue, "--json").json["handle"])
    checked = placed("token", "check", handle, "--function", "core_course_get_courses")
    assert "Nothing stands in the way." in checked.out
