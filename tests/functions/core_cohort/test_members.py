"""core_cohort for membership, bytes in and bytes out, one test per refusal."""

from typing import Any

import pytest

from tests.functions.core_cohort.test_cohorts import FORBIDDEN, MISSING, create, new
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

ADD = "core_cohort_add_cohort_members"
DELETE = "core_cohort_delete_cohort_members"


class People:
    """A cohort, two users, and the administrator's token."""

    def __init__(self, web: Web) -> None:
        self.web, self.admin = web, web.token()
        (self.cohort,) = create(web, self.admin, new("c1"))
        self.ann = making.user(web.site, "ann", lastname="Zed")
        self.bob = making.user(web.site, "bob", lastname="Able")

    def add(self, *members: dict[str, Any], token: str = "") -> Any:
        return self.web.call(ADD, token or self.admin, members=list(members))

    def member(self, user_id: int, **other: Any) -> dict[str, Any]:
        return {
            "cohorttype": other.get("cohort", {"type": "id", "value": self.cohort}),
            "usertype": other.get("user", {"type": "id", "value": user_id}),
        }

    def members(self) -> list[int]:
        (listed,) = self.web.call(
            "core_cohort_get_cohort_members", self.admin, cohortids=[self.cohort]
        ).json
        found: list[int] = listed["userids"]
        return found


@pytest.fixture
def people(web: Web) -> People:
    return People(web)


def test_users_are_added_and_listed_by_name(people: People) -> None:
    by_name = people.member(
        0,
        cohort={"type": "idnumber", "value": "c1"},
        user={"type": "username", "value": "ann"},
    )
    assert people.add(by_name, people.member(people.bob)).json == {"warnings": []}
    assert people.members() == [people.bob, people.ann]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"cohort": {"type": "name", "value": "x"}}, "1"),
        ({"user": {"type": "email", "value": "x"}}, "1"),
        ({"cohort": {"type": "id", "value": "98765"}}, "2"),
        ({"cohort": {"type": "idnumber", "value": "none"}}, "2"),
        ({"user": {"type": "id", "value": "98765"}}, "2"),
        ({"user": {"type": "username", "value": "nobody"}}, "2"),
        # How something is named is looked at before what is named.
        (
            {"cohort": {"type": "id", "value": "98765"}, "user": {"type": "email", "value": "x"}},
            "1",
        ),
        ({"cohort": {"type": "id", "value": "abc"}, "user": {"type": "email", "value": "x"}}, "1"),
    ],
)
def test_what_leads_nowhere_is_a_warning_and_the_rest_goes_on(
    people: People, other: dict[str, Any], code: str
) -> None:
    answer = people.add(people.member(people.ann, **other), people.member(people.bob)).json
    assert [warning["warningcode"] for warning in answer["warnings"]] == [code]
    assert people.members() == [people.bob]


def test_who_is_there_already_is_a_warning(people: People) -> None:
    people.add(people.member(people.ann))
    (warning,) = people.add(people.member(people.ann)).json["warnings"]
    assert warning["warningcode"] == "3"


@pytest.mark.parametrize(
    "value", ["abc", "", " ", "1.0", "1e0", "0x1", "1 1", "٣", "9" * 19, "9" * 5000]
)
def test_an_id_that_is_no_number_is_an_error(people: People, value: str) -> None:
    for named in ("cohort", "user"):
        wrong = people.member(people.ann, **{named: {"type": "id", "value": value}})
        error = people.add(people.member(people.bob), wrong).error
        assert error == ("core\\exception\\moodle_exception", "Error")
    assert people.members() == []


@pytest.mark.parametrize("written", ["{}", " {} ", "\n{}", "+{}", "00{}"])
def test_an_id_may_be_written_in_any_way(people: People, written: str) -> None:
    cohort = {"type": "id", "value": written.format(people.cohort)}
    user = {"type": "id", "value": written.format(people.ann)}
    answer = people.add(people.member(0, cohort=cohort, user=user))
    assert answer.json == {"warnings": []}
    assert people.members() == [people.ann]


@pytest.mark.parametrize("value", ["-1", "0", "-0"])
def test_a_number_that_is_no_id_leads_nowhere(people: People, value: str) -> None:
    for named in ("cohort", "user"):
        wrong = people.member(people.ann, **{named: {"type": "id", "value": value}})
        (warning,) = people.add(wrong).json["warnings"]
        assert warning["warningcode"] == "2"


def test_authz_4_a_missing_right_undoes_all(people: People, site: TestSite) -> None:
    category = making.category(site, "Science")
    place = {"type": "id", "value": category}
    (there,) = create(people.web, people.admin, new("c2", categorytype=place))
    assistant = making.user_with(site, "assistant", "webservice/rest:use")
    making.role(site, "assigner", ["moodle/cohort:assign"])
    making.assign(site, "assigner", assistant, making.context(site, 40, category))
    token = people.web.token(assistant)
    allowed = people.member(people.ann, cohort={"type": "id", "value": there})
    assert people.add(allowed, people.member(people.bob), token=token).error == FORBIDDEN
    assert people.members() == []
    assert people.add(allowed, token=token).json == {"warnings": []}


def test_without_the_right_nobody_is_removed(people: People, site: TestSite) -> None:
    people.add(people.member(people.ann))
    other = people.web.token(making.user_with(site, "other", "webservice/rest:use"))
    gone = {"cohortid": people.cohort, "userid": people.ann}
    assert people.web.call(DELETE, other, members=[gone]).error == FORBIDDEN
    assert people.members() == [people.ann]


def test_users_are_removed_and_strangers_are_no_error(people: People) -> None:
    people.add(people.member(people.ann))
    gone = [{"cohortid": people.cohort, "userid": user} for user in (people.ann, people.bob)]
    assert people.web.call(DELETE, people.admin, members=gone).json is None
    assert people.members() == []


@pytest.mark.parametrize("wrong", ["cohort", "user"])
def test_authz_4_removing_from_or_of_the_unknown_undoes_all(people: People, wrong: str) -> None:
    people.add(people.member(people.ann))
    good = {"cohortid": people.cohort, "userid": people.ann}
    bad = {**good, f"{wrong}id": 98765}
    refused = people.web.call(DELETE, people.admin, members=[good, bad])
    assert refused.error == MISSING
    assert people.members() == [people.ann]


def test_listing_an_unknown_cohort_is_refused(people: People) -> None:
    asked = people.web.call(
        "core_cohort_get_cohort_members", people.admin, cohortids=[people.cohort, 98765]
    )
    assert asked.error == MISSING
