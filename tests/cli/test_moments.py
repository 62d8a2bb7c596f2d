"""Times as people write and read them."""

from datetime import UTC, datetime

import pytest

from coursewire.cli import moments
from coursewire.cli.common import Failure


def seconds(year: int, month: int, day: int, *time: int) -> int:
    hour, minute, second = (*time, 0, 0, 0)[:3]
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("never", 0),
        ("2027-03-31", seconds(2027, 3, 31, 23, 59, 59)),
        ("2028-02-29", seconds(2028, 2, 29, 23, 59, 59)),
        ("20270331", seconds(2027, 3, 31, 23, 59, 59)),
        ("2027-03-31T18:00", seconds(2027, 3, 31, 18)),
        ("2027-03-31T18:00:30Z", seconds(2027, 3, 31, 18, 0, 30)),
        ("2027-03-31 18:00+02:00", seconds(2027, 3, 31, 16)),
    ],
)
def test_an_end_is_read(written: str, end: int) -> None:
    assert moments.until(written) == end


@pytest.mark.parametrize(
    "written",
    ["", "Never", "0", "31.03.2027", "2027-02-31", "2027-13-01", "in 90 days", "2027-3-1"],
)
def test_what_is_no_end_is_refused(written: str) -> None:
    with pytest.raises(Failure, match="is not an end date") as refused:
        moments.until(written)
    assert refused.value.code == 2


@pytest.mark.parametrize(
    ("written", "found"),
    [("0", 0), ("90", 90), ("90s", 90), ("10m", 600), ("24h", 86_400), ("7d", 604_800)],
)
def test_a_duration_is_read(written: str, found: int) -> None:
    assert moments.duration(written) == found


@pytest.mark.parametrize("written", ["", "h", "-1h", "1.5h", "1w", "²", "9" * 10])
def test_what_is_no_duration_is_refused(written: str) -> None:
    with pytest.raises(Failure, match="is not a duration"):
        moments.duration(written)


@pytest.mark.parametrize("written", ["9999-12-31T23:59-23:00", "0001-01-01T00:00+10:00"])
def test_an_end_that_utc_has_no_date_for_is_refused(written: str) -> None:
    with pytest.raises(Failure, match="is not an end date: in UTC it is be") as refused:
        moments.until(written)
    assert refused.value.code == 2
    assert "years 1 to 9999" in refused.value.remedy


def test_times_are_written_in_utc() -> None:
    time = seconds(2027, 3, 31, 18, 5)
    assert moments.day(time) == "2027-03-31"
    assert moments.minute(time) == "2027-03-31 18:05 UTC"
    assert (moments.day(0), moments.minute(0, "no end")) == ("never", "no end")
    assert moments.minute(time * 1000) == "beyond the year 9999"
