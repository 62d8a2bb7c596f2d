"""Who has a connection while all are given up: it is closed once it comes back."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from coursewire.store.database import Database

GIVEN_UP: list[Callable[[Database], None]] = [Database.doubt, Database.close]


@pytest.mark.parametrize("give_up", GIVEN_UP, ids=["doubt", "close"])
def test_a_connection_that_comes_back_late_is_closed(
    site_address: str, give_up: Callable[[Database], None]
) -> None:
    database = Database(site_address)
    with database.session() as session:
        driver = session.driver
        give_up(database)
        assert session.scalar(text("SELECT 1")) == 1
    with pytest.raises(session.driver_error, match="closed"):
        driver.execute("SELECT 1")
    database.close()


def test_one_that_comes_back_in_time_is_used_again(site_address: str) -> None:
    database = Database(site_address)
    database.doubt()
    with database.session() as session:
        driver = session.driver
    with database.session() as session:
        assert session.driver is driver
    database.close()
