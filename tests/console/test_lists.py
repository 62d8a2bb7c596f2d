"""Columns of lists that a person leaves out, and how the choice stays."""

import re

import pytest

from coursewire.console.forms import Form
from coursewire.console.tables import Column, columns_of
from tests.support.console import Browser

COLUMNS = [("Name", "name"), ("E-mail", ""), ("State", ""), ("", "")]


@pytest.mark.parametrize(
    ("hide", "expected"),
    [
        ("", [(2, False, "2"), (3, False, "3")]),
        ("3", [(2, False, "2,3"), (3, True, None)]),
        ("2,3", [(2, True, "3"), (3, True, "2")]),
        ("1,4,9,x,-2,<b>", [(2, False, "2"), (3, False, "3")]),
    ],
)
def test_every_named_column_but_the_first_may_be_left_out(
    hide: str, expected: list[tuple[int, bool, str | None]]
) -> None:
    found = columns_of(Form([("hide", hide)]), COLUMNS)
    assert [column.words for column in found] == ["E-mail", "State"]
    assert [(each.number, each.is_hidden, each.turned) for each in found] == expected
    assert isinstance(found[0], Column)


def test_the_choice_shows_in_the_table_and_stays_in_links_and_filters(browser: Browser) -> None:
    page = browser.get("/console/users?hide=3,5&sort=username").body.decode()
    assert re.search(r'<table class="list cards hide-3 hide-5">', page)
    assert ">Show E-mail</a>" in page
    assert ">Hide Name</a>" in page
    assert '<input type="hidden" name="hide" value="3,5">' in page
    (head,) = re.findall(r'<th scope="col"[^>]*><a href="([^"]+)">User name', page)
    assert "hide=3%2C5" in head


def test_what_is_no_column_changes_nothing(browser: Browser) -> None:
    page = browser.get("/console/users?hide=1,99,%22%3E").body.decode()
    assert '<table class="list cards">' in page
    assert '">"' not in page
