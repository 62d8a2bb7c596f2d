"""Searches for people, and what keeps them quick among many."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from sqlalchemy import text

from coursewire.store import people_search
from coursewire.store.people_search import Sought
from coursewire.store.session import Session
from tests.support import making
from tests.support.sites import TestSite
from tests.support.statements import noted

Search: TypeAlias = Callable[[Session, Sought], list[int]]

SEARCHES: dict[str, Search] = {
    "beside a way in": lambda session, sought: people_search.beside(session, 1, 1, sought, 0, 100),
    "everywhere": lambda session, sought: people_search.everywhere(session, 1, sought, 100),
}


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_a_piece_is_found_by_indexes_alone(site: TestSite, search: Search) -> None:
    """Reading all people once took 0.3 s of a million, thirty times what ten thousand took."""
    sought = Sought(piece="rare", columns=["firstname", "lastname", "email"])
    session = site.session
    with noted(session) as statements:
        search(session, sought)
    (statement,) = statements
    session.execute(text("SET enable_seqscan = off"))
    values = ["%rare%" if kind == "VARCHAR" else 1 for kind in _kinds(statement)]
    plan = "\n".join(row[0] for row in session.driver.execute(f"EXPLAIN {statement}", values))
    assert "Seq Scan on users" not in plan
    for name in ("names", "firstname", "lastname", "email"):
        assert f"ix_users_{name}_pieces" in plan


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_each_piece_is_planned_for_itself(site: TestSite, search: Search) -> None:
    """A plan that had served a rare piece took five times as long for one that many have."""
    for piece in ["rare"] * 12:
        search(site.session, Sought(piece=piece, columns=["lastname", "email"]))
    prepared = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%_folded%'"
    assert site.session.driver.execute(prepared).fetchall() == []


def _kinds(statement: str) -> list[str]:
    """The types of the values of a statement, in their order."""
    return [part.split()[0].strip(",)") for part in statement.split("%s::")[1:]]


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
@pytest.mark.parametrize(
    ("piece", "found"),
    [
        ("ann b", ["ann"]),
        ("NN BEL", ["ann"]),
        ("bell", ["ann"]),
        ("ben", ["ben"]),
        ("n%be", ["ann"]),
        ("a\\%l", []),
        ("x\\", []),
        ("ex_mple", ["ann", "ben"]),
        ("'", []),
    ],
)
def test_pieces_stand_in_whole_names_and_addresses(
    site: TestSite, search: Search, piece: str, found: list[str]
) -> None:
    there = {
        name: making.user(site, name, firstname=name.title(), lastname=last, email=f"{name}@{host}")
        for name, last, host in (("ann", "Bell", "example.org"), ("ben", "Core", "example.com"))
    }
    sought = Sought(piece=piece, columns=["lastname", "email"])
    mine = set(there.values())
    assert [each for each in search(site.session, sought) if each in mine] == [
        there[name] for name in found
    ]
