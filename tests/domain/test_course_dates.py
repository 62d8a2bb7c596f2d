"""Days begin by the clock of the caller, whatever stands in the account as its time zone."""

from datetime import UTC, datetime

import pytest

from coursewire.domain import course_dates
from coursewire.domain.site import ADMIN_ID
from coursewire.store import settings as rows
from coursewire.store import users
from tests.support.sites import TestSite

# 2023-11-14 22:13:20 in UTC.
MIDNIGHT = int(datetime(2023, 11, 14, tzinfo=UTC).timestamp())
HOUR = 3_600


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("99", MIDNIGHT),
        ("America/New_York", MIDNIGHT + 5 * HOUR),
        ("Asia/Tokyo", MIDNIGHT + 15 * HOUR),
        ("2", MIDNIGHT + 22 * HOUR),
        ("-3.5", MIDNIGHT + 3 * HOUR + HOUR // 2),
        ("0.0", MIDNIGHT),
        ("Mars/Phobos", MIDNIGHT),
        ("Europe", MIDNIGHT),
        ("", MIDNIGHT),
        ("../etc/passwd", MIDNIGHT),
        ("inf", MIDNIGHT),
    ],
)
def test_a_day_begins_by_the_zone_of_the_caller(site: TestSite, zone: str, midnight: int) -> None:
    users.change(site.session, ADMIN_ID, {"timezone": zone})
    assert course_dates.today(site.call()) == midnight


def test_an_odd_zone_of_the_site_is_utc(site: TestSite) -> None:
    rows.put(site.session, "timezone", '"Nowhere"')
    assert course_dates.today(site.call()) == MIDNIGHT
