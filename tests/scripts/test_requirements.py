"""Every requirement has a test that carries its id, or a reason why not yet."""

import re
from pathlib import Path

import pytest

from scripts import requirements

SPECIFICATION = requirements.ROOT.parent / "shared/spec/security.md"
MADE = """
import pytest
pytestmark = pytest.mark.requirement("NET-1", "NET-2")
def test_tok_4_keys(): ...
async def test_in_6(): ...
class TestThings:
    @pytest.mark.requirement("DUR-10")
    def test_limits(self): ...
def test_authz_99_no_such_rule(): ...
def test_auth_4a_a_part_of_a_rule(): ...
def test_ip_1_ip_5_two_rules(): ...
def test_in_the_end_something_else(): ...
"""


@pytest.fixture
def made(tmp_path: Path) -> dict[str, list[str]]:
    """What the tests of a made-up repository carry."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_made.py").write_text(MADE)
    return requirements.carried(tmp_path)


def test_nothing_is_wrong_here() -> None:
    listed, tests = requirements.read(), requirements.carried(requirements.ROOT)
    assert list(requirements.problems(listed, tests)) == []


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="the specification is not beside this clone")
def test_the_ids_are_those_of_the_specification() -> None:
    written = re.findall(r"^\| ([A-Z]+-\d+) \|", SPECIFICATION.read_text(), re.MULTILINE)
    assert requirements.read()["ids"] == written


def test_names_and_markers_carry_ids(made: dict[str, list[str]]) -> None:
    ids = {"NET-1", "NET-2", "TOK-4", "IN-6", "DUR-10", "AUTHZ-99", "AUTH-4", "IP-1", "IP-5"}
    assert set(made) == ids
    assert made["AUTH-4"] == ["tests/test_made.py::test_auth_4a_a_part_of_a_rule"]
    assert made["DUR-10"] == ["tests/test_made.py::test_limits"]


def test_what_is_missing_out_of_date_or_unknown_is_named(made: dict[str, list[str]]) -> None:
    listed = {
        "ids": ["TOK-4", "TOK-5", "TOK-6", "AUTHZ-1"],
        "without a test": {"TOK-4": "later", "TOK-5": "later", "TOK-6": " ", "BAK-1": "later"},
    }
    found = list(requirements.problems(listed, made))
    about = [problem.split()[0].rpartition(":")[2] for problem in found]
    assert about == ["TOK-6", "AUTHZ-1", "TOK-4", "BAK-1", "test_authz_99_no_such_rule"]
