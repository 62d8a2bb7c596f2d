"""Lists of commands live with times that no calendar has."""

import pytest

from tests.cli.conftest import Command
from tests.support import far_times
from tests.support.far_times import FAR_TIMES
from tests.support.sites import TestSite

LISTS = (
    "user list",
    "user show anna",
    "service list",
    "service show reports",
    "token list",
    "token list --all",
    "token check {handle}",
    "token hygiene",
    "audit list",
)


@pytest.mark.parametrize("far", FAR_TIMES)
def test_every_list_lives_with_a_far_off_time(placed: Command, site: TestSite, far: int) -> None:
    handle = far_times.at(site, far).handle
    for line in LISTS:
        told = placed(*line.format(handle=handle).split(), code=None)
        # Some findings have an exit code of their own.
        assert told.code in (0, 1), line
        assert not told.err.startswith("error: "), line


def test_an_end_that_has_passed_is_told_even_where_no_calendar_has_it(
    placed: Command, site: TestSite
) -> None:
    handle = far_times.at(site, -(2**53)).handle
    assert "before the year 1" in placed("token", "check", handle, code=1).out
