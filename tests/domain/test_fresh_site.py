"""A fresh site has its people, roles, category and course under the ids that everybody expects."""

import pytest

from coursewire.domain import contexts, fresh_site, roles
from coursewire.domain.fresh_site import NewSite
from coursewire.store import courses, users
from coursewire.store.problems import UnusableDatabase
from tests.support.sites import MADE, TestSite


def test_ids_are_those_that_clients_expect(site: TestSite) -> None:
    named = [role.shortname for role in roles.everything(site.session)]
    assert named == [
        "manager",
        "coursecreator",
        "editingteacher",
        "teacher",
        "student",
        "guest",
        "user",
        "frontpage",
    ]
    people = users.of_ids(site.session, [1, 2, 3])
    assert [person.username for person in people.values()] == ["guest", "admin"]
    home = courses.get(site.session, 1)
    assert home is not None
    assert (home.category, home.format, home.fullname) == (0, "site", "My Learning Site")
    assert contexts.system(site.session).path == "/1"
    assert contexts.get(site.session, contexts.CATEGORY, 1).depth == 2


def test_a_second_site_in_one_database_is_refused(site: TestSite) -> None:
    with pytest.raises(UnusableDatabase, match="holds a site already"):
        fresh_site.create(site.session, NewSite(), MADE)


def test_the_next_ids_follow(site: TestSite) -> None:
    call = site.call()
    with call.transaction():
        role_id = roles.create(call, roles.NewRole(shortname="reader"))
    assert role_id == 9
