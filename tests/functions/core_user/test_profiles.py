"""The search for users: criteria, and nobody found by what the searcher may not see."""

import pytest

from coursewire.contracts.core_user import profiles as c
from coursewire.contracts.errors import InvalidParameter, MoodleError
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import Criterion
from coursewire.functions.core_user import profiles as bodies
from coursewire.store import preferences as preference_rows
from coursewire.store import users
from tests.support import making
from tests.support.refusals import refused
from tests.support.sites import TestSite


def search(site: TestSite, *criteria: tuple[str, str], user: int = 2) -> c.FoundUsers:
    asked = [Criterion(key=key, value=value) for key, value in criteria]
    return bodies.get_users(site.call(user), c.GetUsers(criteria=asked))


def names(site: TestSite, *criteria: tuple[str, str], user: int = 2) -> list[str]:
    return [found.fullname for found in search(site, *criteria, user=user).users]


@pytest.fixture
def people(site: TestSite) -> TestSite:
    making.user(site, "ann", firstname="Ann", lastname="Alder", idnumber="S-1")
    making.user(site, "ben", firstname="Ben", lastname="Birch", idnumber="s-1", auth="nologin")
    making.user(site, "zoe", firstname="Zoë", lastname="Ünlü")
    return site


class TestCriteria:
    @pytest.mark.parametrize(
        ("key", "value", "expected"),
        [
            ("id", "3", ["Ann Alder"]),
            ("id", " 3abc", ["Ann Alder"]),
            ("id", "abc", []),
            ("id", "-3", []),
            ("id", "9" * 25, []),
            ("username", "ann", ["Ann Alder"]),
            ("username", " ANN! ", ["Ann Alder"]),
            ("username", "an%", []),
            ("username", "", []),
            ("idnumber", "S-1", ["Ann Alder"]),
            ("idnumber", "", []),
            ("auth", "nologin", ["Ben Birch"]),
            ("auth", "nope", []),
            ("lastname", "ALDER", ["Ann Alder"]),
            ("lastname", "<b>Alder</b>", ["Ann Alder"]),
            ("lastname", "%i%", ["Ben Birch"]),
            ("lastname", "_lder", ["Ann Alder"]),
            ("lastname", "ü%", ["Zoë Ünlü"]),
            ("firstname", "zoë", ["Zoë Ünlü"]),
            ("email", "ANN@school.example", ["Ann Alder"]),
            ("email", "%@school.example", ["Ann Alder", "Ben Birch", "Zoë Ünlü"]),
            ("email", " ann@school.example\n", ["Ann Alder"]),
            ("idnumber", "S-1 ", []),
        ],
    )
    def test_a_value_is_cleaned_and_compared_as_its_key_says(
        self, people: TestSite, key: str, value: str, expected: list[str]
    ) -> None:
        assert names(people, (key, value)) == expected

    def test_all_criteria_must_be_met(self, people: TestSite) -> None:
        assert names(people, ("firstname", "a%"), ("lastname", "%der")) == ["Ann Alder"]
        assert names(people, ("firstname", "a%"), ("lastname", "%ch")) == []

    def test_an_unknown_key_is_left_out_with_a_warning(self, people: TestSite) -> None:
        found = search(people, ("city", "Leeds"), ("lastname", "Alder"))
        assert [user.fullname for user in found.users] == ["Ann Alder"]
        assert found.warnings is not UNSET
        (warning,) = found.warnings
        assert (warning.item, warning.warningcode) == ("city", "invalidfieldparameter")
        assert "Leeds" not in warning.message

    def test_with_unknown_keys_alone_everybody_is_found(self, people: TestSite) -> None:
        assert len(names(people, ("Username", "ann"))) == 5

    @pytest.mark.parametrize("key", ["username", "city"])
    def test_a_key_that_stands_twice_is_refused(self, people: TestSite, key: str) -> None:
        with refused(MoodleError, "keyalreadyset"):
            search(people, (key, "a"), (key, "b"))

    @pytest.mark.parametrize("pattern", ["x" * 256, "%" * 17, "_%" * 9])
    def test_in_8_a_wild_pattern_is_refused(self, people: TestSite, pattern: str) -> None:
        with refused(InvalidParameter):
            search(people, ("email", pattern))

    @pytest.mark.parametrize("pattern", ["x" * 255, "%" * 16])
    def test_in_8_a_pattern_up_to_the_limits_is_searched_for(
        self, people: TestSite, pattern: str
    ) -> None:
        search(people, ("email", pattern))

    def test_a_site_with_odd_user_names_finds_them(self, people: TestSite) -> None:
        making.setting(people, "extendedusernamechars", value=True)
        making.user(people, "cünï+x", email="x@school.example")
        assert names(people, ("username", "CÜNÏ+X")) == ["Cünï+X Person"]


class TestSight:
    def test_a_user_who_must_change_the_password_may_search(self, people: TestSite) -> None:
        preference_rows.put(people.session, 3, {"auth_forcepasswordchange": "1"})
        assert names(people, ("id", "3"), user=3) == ["Ann Alder"]

    def test_who_may_see_nobody_finds_oneself_alone(self, people: TestSite) -> None:
        assert names(people, ("email", "%"), user=3) == ["Ann Alder"]

    @pytest.mark.parametrize("key", ["username", "auth", "idnumber"])
    def test_nobody_is_found_by_what_the_searcher_may_not_see(
        self, people: TestSite, key: str
    ) -> None:
        viewer = making.user_with(people, "viewer", "moodle/user:viewdetails")
        value = {"username": "ann", "auth": "manual", "idnumber": "S-1"}[key]
        assert names(people, ("lastname", "alder"), user=viewer) == ["Ann Alder"]
        assert names(people, (key, value), ("lastname", "alder"), user=viewer) == []

    def test_a_hidden_address_finds_nobody(self, people: TestSite) -> None:
        viewer = making.user_with(people, "viewer", "moodle/user:viewdetails")
        users.change(people.session, 4, {"maildisplay": 1})
        assert names(people, ("email", "%n@school.example"), user=viewer) == ["Ben Birch"]

    def test_deleted_users_are_not_found(self, people: TestSite) -> None:
        users.change(people.session, 3, {"deleted": 1})
        assert names(people, ("lastname", "alder")) == []

    def test_the_suspended_and_the_guest_are_found(self, people: TestSite) -> None:
        users.change(people.session, 3, {"suspended": 1})
        assert names(people, ("id", "3")) == ["Ann Alder"]
        assert names(people, ("id", "1")) == ["Guest user  "]
