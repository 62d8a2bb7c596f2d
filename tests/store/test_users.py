"""Searches for users: the same on both engines, whatever case, wildcards and backslashes do."""

import pytest

from coursewire.store import users
from tests.support import making
from tests.support.sites import TestSite


def found(site: TestSite, **patterns: str) -> list[str]:
    ids = users.search(site.session, {}, patterns, 100)
    return [record.username for record in users.of_ids(site.session, ids).values()]


@pytest.fixture
def people(site: TestSite) -> TestSite:
    making.user(site, "zoe", firstname="Zoë", lastname="ÜNLÜ", email="Zoe@School.example")
    making.user(site, "ann", lastname="A_B", email="ann@other.example")
    making.user(site, "ben", lastname="AxB", email="ben%@other.example")
    making.user(site, "cat", lastname="back\\slash")
    return site


@pytest.mark.parametrize("pattern", ["ünlü", "ÜNLÜ", "%NL%", "_nl_", "ünlü%"])
def test_a_pattern_folds_case_beyond_ascii(people: TestSite, pattern: str) -> None:
    assert found(people, lastname=pattern) == ["zoe"]


def test_accents_are_letters_of_their_own(people: TestSite) -> None:
    assert found(people, lastname="unlu") == []


def test_a_wildcard_after_a_backslash_stands_for_itself(people: TestSite) -> None:
    assert found(people, lastname="a\\_b") == ["ann"]
    assert found(people, lastname="a_b") == ["ann", "ben"]


def test_no_more_are_found_than_asked_for(people: TestSite) -> None:
    first = users.search(people.session, {}, {"lastname": "%"}, 2)
    assert len(first) == 2
    assert first == users.search(people.session, {}, {"lastname": "%"}, 100)[:2]


@pytest.mark.parametrize("pattern", ["back\\\\slash", "back%", "BACK\\\\SLASH"])
def test_a_doubled_backslash_is_one(people: TestSite, pattern: str) -> None:
    assert found(people, lastname=pattern) == ["cat"]


@pytest.mark.parametrize("pattern", ["a\\", "\\", "%\\", "a\\\\\\"])
def test_a_backslash_at_the_end_is_no_database_error(people: TestSite, pattern: str) -> None:
    assert found(people, lastname=pattern) == []


def test_deleted_users_are_never_found(people: TestSite) -> None:
    record = users.by_username(people.session, "ann")
    assert record is not None
    users.change(people.session, record.id, {"deleted": 1})
    assert found(people, email="ann@%") == []


def test_users_come_by_id(people: TestSite) -> None:
    assert found(people, email="%example%") == ["admin", "zoe", "ann", "ben", "cat"]


def test_a_change_of_a_name_moves_what_it_is_found_by(people: TestSite) -> None:
    record = users.by_username(people.session, "zoe")
    assert record is not None
    users.change(people.session, record.id, {"lastname": "ÉTOILE"})
    assert found(people, lastname="étoile") == ["zoe"]
    assert found(people, lastname="ünlü") == []


def test_values_are_found_exactly(people: TestSite) -> None:
    records = users.with_values(
        people.session, "email", ["Zoe@School.example", "ANN@other.example"]
    )
    assert [record.username for record in records] == ["zoe"]


def test_long_lists_are_read_in_pieces(people: TestSite) -> None:
    assert list(users.of_ids(people.session, range(-20_000, 20_000))) == [1, 2, 3, 4, 5, 6]
    assert users.taken_usernames(people.session, [f"user{n}" for n in range(40_000)]) == set()
    assert users.taken_emails(people.session, ["ZOE@school.EXAMPLE", "x@y.example"]) == {
        "zoe@school.example"
    }
