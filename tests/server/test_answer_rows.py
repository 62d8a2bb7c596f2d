"""Calls that would return too much are refused with the limit named, before rows are read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from coursewire.domain import cohorts, enrolments
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.site import ADMIN_ID, SITE_COURSE
from coursewire.store import group_members
from coursewire.wire.limits import Limits
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import web

MANY = 5
TOO_LARGE = "answertoolarge"


class Place(NamedTuple):
    """What a site has MANY of."""

    course: int
    category: int
    groups: list[int]
    people: list[int]
    cohorts: list[int]
    way: int


def furnished(site: TestSite) -> Place:
    """A site of which every list has MANY rows."""
    call = site.call()
    category = making.category(site, "Here")
    course = making.course(site, "C", category=category)
    for number in range(MANY - 1):
        making.course(site, f"C{number}", category=category, idnumber=f"{number}")
    people = [
        making.user(site, f"person{number}", firstname="Zed", idnumber="same")
        for number in range(MANY)
    ]
    for person in people:
        making.enrol(site, person, course)
    groups = [making.group(site, course, f"group {number}") for number in range(MANY)]
    for number in range(MANY):
        making.grouping(site, course, f"grouping {number}")
    with call.transaction():
        pairs = [(groups[number // 3], person) for number, person in enumerate(people)]
        group_members.add_many(site.session, pairs, 0)
    gathered = [cohorts.create(call, NewCohort(name=f"{n}", idnumber=f"{n}")) for n in range(MANY)]
    cohorts.add_members(call, gathered[0], people[:3])
    cohorts.add_members(call, gathered[1], people[3:])
    # A way into the course that nobody uses.
    way = enrolments.add_instance(call, course, enrolments.SELF)
    return Place(course, category, groups, people, gathered, way)


def option(**values: object) -> list[dict[str, object]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def criterion(**values: object) -> list[dict[str, object]]:
    return [{"key": name, "value": value} for name, value in values.items()]


@dataclass(frozen=True)
class Case:
    """A function, what it is asked, and how many rows it then has."""

    function: str
    asked: Callable[[Place], dict[str, Any]]
    rows: int = MANY


SEARCH = {"search": "", "searchanywhere": 1, "page": 0, "perpage": 1000}
CASES = {
    "people by a pattern": Case(
        "core_user_get_users", lambda _: {"criteria": criterion(firstname="ze%")}
    ),
    "people by a value": Case(
        "core_user_get_users", lambda _: {"criteria": criterion(idnumber="same")}
    ),
    "people by values": Case(
        "core_user_get_users_by_field", lambda _: {"field": "idnumber", "values": ["same"]}
    ),
    "people of a course": Case("core_enrol_get_enrolled_users", lambda it: {"courseid": it.course}),
    "people of a course, a long page": Case(
        "core_enrol_get_enrolled_users",
        lambda it: {"courseid": it.course, "options": option(limitnumber=1000)},
    ),
    "people with a capability": Case(
        "core_enrol_get_enrolled_users",
        lambda it: {
            "courseid": it.course,
            "options": option(withcapability="moodle/course:viewparticipants"),
        },
    ),
    "people with each of some capabilities": Case(
        "core_enrol_get_enrolled_users_with_capability",
        lambda it: {"coursecapabilities": [{"courseid": it.course, "capabilities": ["", ""]}]},
        2 * MANY,
    ),
    "people of a course by a piece": Case(
        "core_enrol_search_users",
        lambda it: {"courseid": it.course, **SEARCH},
    ),
    "people beside a way into a course": Case(
        "core_enrol_get_potential_users",
        lambda it: {"courseid": it.course, "enrolid": it.way, **SEARCH},
        MANY + 1,
    ),
    "people who are graded": Case(
        "core_grades_get_gradable_users", lambda it: {"courseid": it.course}
    ),
    # All but the guest: the administrator as well.
    "people of the site": Case(
        "core_enrol_get_enrolled_users", lambda _: {"courseid": SITE_COURSE}, MANY + 1
    ),
    # The course of the site as well.
    "all courses": Case("core_course_get_courses", lambda _: {}, MANY + 1),
    "courses by no field": Case("core_course_get_courses_by_field", lambda _: {}, MANY + 1),
    "courses of a category": Case(
        "core_course_get_courses_by_field", lambda it: {"field": "category", "value": it.category}
    ),
    "courses by words": Case(
        "core_course_search_courses",
        lambda _: {"criterianame": "search", "criteriavalue": "c", "perpage": 0},
    ),
    # The one that every site has as well.
    "all categories": Case("core_course_get_categories", lambda _: {}, 2),
    "groups of a course": Case("core_group_get_course_groups", lambda it: {"courseid": it.course}),
    "groupings of a course": Case(
        "core_group_get_course_groupings", lambda it: {"courseid": it.course}
    ),
    "members of groups": Case(
        "core_group_get_group_members", lambda it: {"groupids": it.groups[:2]}
    ),
    "all cohorts": Case("core_cohort_get_cohorts", lambda _: {"cohortids": []}),
    "cohorts by a text": Case(
        "core_cohort_search_cohorts",
        lambda _: {"query": "", "context": {"contextlevel": "system"}, "includes": "all"},
    ),
    "members of cohorts": Case(
        "core_cohort_get_cohort_members", lambda it: {"cohortids": it.cohorts[:2]}
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_in_9_what_has_too_many_rows_is_refused_with_the_limit_named(
    site: TestSite, name: str
) -> None:
    case, place = CASES[name], furnished(site)
    with web(site, limits=Limits(rows=case.rows)) as enough:
        token = enough.token()
        answer = enough.call(case.function, token, **case.asked(place))
        assert "errorcode" not in answer.json, answer.json
    with web(site, limits=Limits(rows=case.rows - 1)) as narrow:
        refusal = narrow.call(case.function, token, **case.asked(place)).json
        assert refusal["errorcode"] == TOO_LARGE, refusal
        assert f"more than {case.rows - 1} " in refusal["message"]


def test_in_9_a_page_of_many_is_answered(site: TestSite) -> None:
    place = furnished(site)
    with web(site, limits=Limits(rows=2)) as narrow:
        asked: dict[str, Any] = {
            "courseid": place.course,
            "options": option(limitfrom=1, limitnumber=2),
        }
        people = narrow.call("core_enrol_get_enrolled_users", narrow.token(), **asked).json
        assert [person["id"] for person in people] == place.people[1:3]


def test_in_9_grades_count_by_person_and_item(site: TestSite) -> None:
    place = furnished(site)
    making.activity(site, place.course, "assign")
    with web(site, limits=Limits(rows=MANY - 1)) as narrow:
        token = narrow.token()
        asked: dict[str, Any] = {"courseid": place.course}
        refusal = narrow.call("gradereport_user_get_grade_items", token, **asked).json
        assert refusal["errorcode"] == TOO_LARGE, refusal


@pytest.mark.parametrize("field", ["idnumber", "email", "username"])
def test_nobody_is_looked_for_by_nothing(site: TestSite, field: str) -> None:
    """As many people as there are may have nothing in a field; none is found by it."""
    furnished(site)
    with web(site, limits=Limits(rows=1)) as narrow:
        token = narrow.token(ADMIN_ID)
        found = narrow.call("core_user_get_users", token, criteria=criterion(**{field: ""})).json
        assert found["users"] == []


def test_nobody_is_looked_up_by_an_empty_value(site: TestSite) -> None:
    for name in ("ann", "ben"):
        making.user(site, name, idnumber="")
    with web(site, limits=Limits(rows=1)) as narrow:
        asked: dict[str, Any] = {"field": "idnumber", "values": ["", "0"]}
        answer = narrow.call("core_user_get_users_by_field", narrow.token(ADMIN_ID), **asked)
        assert answer.json == []
