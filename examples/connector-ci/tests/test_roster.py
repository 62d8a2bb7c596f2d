"""Reading the CSV file."""

import pytest

from roster_connector import roster
from tests.conftest import HEAD

GOOD = "bob,Bob,Birch,bob@school.example,MATH,Red"


def test_a_row_is_read() -> None:
    [row] = roster.read([HEAD, GOOD])
    assert (row.username, row.course, row.group) == ("bob", "MATH", "Red")


def test_a_group_may_be_empty() -> None:
    assert roster.read([HEAD, "bob,Bob,Birch,b@x.example,MATH,"])[0].group == ""


def test_spaces_do_not_count() -> None:
    assert roster.read([HEAD, " bob ,Bob,Birch,b@x.example,MATH,"])[0].username == "bob"


def test_no_rows_are_no_error() -> None:
    assert roster.read([HEAD]) == []


@pytest.mark.parametrize("column", roster.COLUMNS)
def test_a_missing_column_is_named(column: str) -> None:
    head = ",".join(name for name in roster.COLUMNS if name != column)
    with pytest.raises(roster.BadRoster, match=column):
        roster.read([head])


@pytest.mark.parametrize("place", range(5))
def test_an_empty_value_is_named_with_its_line(place: int) -> None:
    values = GOOD.split(",")
    values[place] = ""
    with pytest.raises(roster.BadRoster, match=f"line 2: {roster.COLUMNS[place]}"):
        roster.read([HEAD, ",".join(values)])


def test_capitals_in_a_user_name_are_refused() -> None:
    with pytest.raises(roster.BadRoster, match="capitals"):
        roster.read([HEAD, GOOD.replace("bob", "Bob", 1)])
