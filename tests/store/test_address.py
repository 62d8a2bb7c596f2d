"""OPS-4: what is secret in the address of a database is found and masked, wherever it stands."""

import pytest

from coursewire.store.address import holds_secret, masked

BEFORE = "postgresql+psycopg://"

SECRET = [
    ("cw:canary@db/site", "cw:***@db/site"),
    ("cw:canary@[::1]:5432/site", "cw:***@[::1]:5432/site"),
    # The driver takes these for passwords, and so must we.
    ("cw:cana/ry@db/site", "cw:***@db/site"),
    ("cw:cana?ry@db/site", "cw:***@db/site"),
    ("cw:cana#ry@db/site", "cw:***@db/site"),
    ("cw:can@ary@db/site", "cw:***@db/site"),
    ("db/site?user=cw&password=canary", "db/site?user=cw&password=***"),
    ("db/site?password=canary&user=cw", "db/site?password=***&user=cw"),
    ("cw:canary@db/site?sslpassword=canary", "cw:***@db/site?sslpassword=***"),
    ("db/site?pass%77ord=canary", "db/site?pass%77ord=***"),
    ("db/site?PassWord=canary", "db/site?PassWord=***"),
    ("db/site?password+=canary", "db/site?password+=***"),
    ("db/site?user=cw&user=a?b&password=can?ary", "db/site?user=cw&user=a?b&password=***"),
    ("db/site?oauth_client_secret=canary", "db/site?oauth_client_secret=***"),
    ("db/site?scram_client_key=canary", "db/site?scram_client_key=***"),
    ("db/site?conninfo=password%3Dcanary", "db/site?conninfo=***"),
]


@pytest.mark.parametrize(("address", "shown"), SECRET)
def test_ops_4_a_secret_of_the_address_is_found_and_masked(address: str, shown: str) -> None:
    assert holds_secret(BEFORE + address)
    assert masked(BEFORE + address) == BEFORE + shown


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sqlite:////srv/a:b@c/site.sqlite3",
        "postgresql+psycopg://db/site",
        "postgresql+psycopg://cw@db:5432/site",
        "postgresql+psycopg://cw:@db/site",
        "postgresql+psycopg://cw@/site?host=/run/postgresql&passfile=/etc/cw.pgpass&sslkey=/k",
        "postgresql+psycopg://cw@db/site?password=",
        "no address at all",
    ],
)
def test_ops_4_an_address_without_a_secret_is_shown_as_it_is(address: str) -> None:
    assert not holds_secret(address)
    assert masked(address) == address
