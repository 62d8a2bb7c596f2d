"""A database that tests borrow is, for each of them, what a new copy would be."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection, sql

from tests.support.lending import MOST_CHANGED, Lent, NotAsBefore
from tests.support.postgres import Cluster

SCHEMA = """
CREATE TABLE course (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, tags text[]);
CREATE TABLE "group" (id serial PRIMARY KEY, course_id integer REFERENCES course);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE 'courses stay'; END $$;
INSERT INTO course (name, tags)
  VALUES ('b', '{x,"y, z"}'), ('a', NULL), (E'it''s \\\\ \\n"q"', '{}');
CREATE TRIGGER stay BEFORE DELETE ON course FOR EACH ROW EXECUTE FUNCTION refuse();
"""
ALL = 'SELECT * FROM course, (SELECT count(*) FROM "group") AS groups'


@pytest.fixture
def address(postgres: Cluster) -> Iterator[str]:
    with postgres.fresh() as made:
        with psycopg.connect(made.replace("+psycopg", "")) as db:
            db.execute(SCHEMA)
        yield made


@pytest.fixture
def lent(address: str) -> Iterator[Lent]:
    found = Lent(address)
    yield found
    found.close()


@pytest.fixture
def db(address: str) -> Iterator[Connection]:
    """A test's own connection, which it forgets to close."""
    connection = psycopg.connect(address.replace("+psycopg", ""), autocommit=True)
    yield connection
    connection.close()


def again(address: str) -> Connection:
    return psycopg.connect(address.replace("+psycopg", ""), autocommit=True)


def test_rows_are_put_back_in_their_order(address: str, lent: Lent, db: Connection) -> None:
    before = db.execute(ALL).fetchall()
    db.execute("UPDATE course SET name = name || '!' WHERE name = 'b'")
    db.execute("INSERT INTO course (name) VALUES ('new')")
    db.execute('INSERT INTO "group" (course_id) VALUES (1), (4)')
    lent.put_back()
    with again(address) as later:
        assert later.execute(ALL).fetchall() == before


def test_it_is_put_back_again_and_again(address: str, lent: Lent) -> None:
    for _ in range(3):
        with again(address) as db:
            assert db.execute("SELECT count(*) FROM course").fetchone() == (3,)
            db.execute("INSERT INTO course (name) VALUES ('new')")
        lent.put_back()


def test_numbers_go_on_where_they_did(address: str, lent: Lent, db: Connection) -> None:
    for _ in range(3):
        db.execute("INSERT INTO course (name) VALUES (gen_random_uuid())")
    db.execute('INSERT INTO "group" (course_id) VALUES (1)')
    lent.put_back()
    with again(address) as later:
        made = later.execute("INSERT INTO course (name) VALUES ('n') RETURNING id").fetchone()
        first = later.execute('INSERT INTO "group" (course_id) VALUES (1) RETURNING id').fetchone()
    assert (made, first) == ((4,), (1,))


def test_who_is_still_connected_is_not_any_more(lent: Lent, db: Connection) -> None:
    db.execute("BEGIN")
    db.execute("INSERT INTO course (name) VALUES ('half done')")
    lent.put_back()
    with pytest.raises(psycopg.OperationalError):
        db.execute("COMMIT")


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE course ADD COLUMN summary text",
        "ALTER TABLE course DROP CONSTRAINT course_name_key",
        "ALTER TABLE course DISABLE TRIGGER stay",
        "CREATE INDEX named ON course (name)",
        "CREATE TABLE more (id integer)",
        "CREATE SCHEMA second",
        'TRUNCATE "group"',
        'DROP TABLE "group"',
        "GRANT SELECT ON course TO PUBLIC",
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NULL; END $$",
    ],
)
def test_what_was_altered_is_not_lent_again(lent: Lent, db: Connection, change: str) -> None:
    db.execute(change.encode())
    with pytest.raises(NotAsBefore):
        lent.put_back()


def test_settings_of_a_database_are_seen(address: str, lent: Lent, db: Connection) -> None:
    name = sql.Identifier(address.rpartition("/")[2])
    db.execute(sql.SQL("ALTER DATABASE {} SET statement_timeout = 5").format(name))
    with pytest.raises(NotAsBefore):
        lent.put_back()


def test_many_rows_are_not_removed_one_by_one(lent: Lent, db: Connection) -> None:
    many = MOST_CHANGED + 1
    db.execute("INSERT INTO course (name) SELECT i::text FROM generate_series(1, %s) AS i", [many])
    with pytest.raises(NotAsBefore):
        lent.put_back()


def test_a_copy_is_lent_until_it_cannot_be_put_back(postgres: Cluster) -> None:
    def prepare(address: str) -> None:
        with again(address) as db:
            db.execute(SCHEMA)

    template = postgres.template("borrowed", prepare)
    with postgres.lent(template) as first, postgres.lent(template) as beside:
        assert first != beside
    with postgres.lent(template) as address:
        assert address in {first, beside}
        with again(address) as db:
            db.execute('DROP TABLE "group"')
    with postgres.lent(template) as other, again(other) as db:
        assert other != address
        assert db.execute('SELECT count(*) FROM "group"').fetchone() == (0,)
