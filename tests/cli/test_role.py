"""Roles by commands: what they allow, where they are given, and by whom they are held."""

import pytest

from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite


def test_a_role_allows_what_is_named(placed: Command) -> None:
    made = placed("role", "create", "ws", "--capability", "webservice/rest:use").out
    assert made == "Made the role ws: it allows 1 capability and is given in system.\n"
    shown = placed("role", "show", "ws", "--json").json
    assert shown["permissions"] == [
        {"capability": "webservice/rest:use", "permission": "allow", "where": "the whole site"}
    ]
    assert shown["levels"] == ["system"]
    listed = {role["shortname"]: role for role in placed("role", "list", "--json").json}
    assert listed["ws"]["capabilities"] == 1
    assert len(listed) == 9


def test_a_role_is_given_where_its_levels_allow_it(placed: Command, site: TestSite) -> None:
    making.user(site, "ann")
    making.course(site, "ALG")
    making.category(site, "Science")
    placed("role", "create", "local", "--level", "course", "--level", "category")
    assert "not given in the whole site" in placed.refused("role", "assign", "local", "ann")
    assert (
        "holds local in course" in placed("role", "assign", "local", "ann", "--course", "ALG").out
    )
    again = placed("role", "assign", "local", "ann", "--course", "ALG").out
    assert "held already" in again
    placed("role", "assign", "local", "ann", "--category", "Science")
    assert len(placed("user", "show", "ann", "--json").json["roles"]) == 2
    placed("role", "unassign", "local", "ann", "--course", "ALG")
    assert "does not hold" in placed.refused("role", "unassign", "local", "ann", "--course", "ALG")
    assert {r["shortname"]: r["users"] for r in placed("role", "list", "--json").json}["local"] == 1


def test_the_guest_is_given_no_role(placed: Command) -> None:
    told = placed.refused("role", "assign", "manager", "guest")
    assert "the guest account stands for nobody" in told
    assert placed("user", "show", "guest", "--json").json["roles"] == []


def test_a_capability_is_set_in_one_place(placed: Command, site: TestSite) -> None:
    making.course(site, "ALG")
    placed(
        "role",
        "grant",
        "student",
        "moodle/course:view",
        "--permission",
        "prevent",
        "--course",
        "ALG",
    )
    shown = placed("role", "show", "student").out
    (line,) = [line for line in shown.splitlines() if line.startswith("moodle/course:view ")]
    assert line.split(maxsplit=2)[1:] == ["prevent", "course 2"]
    placed(
        "role",
        "grant",
        "student",
        "moodle/course:view",
        "--permission",
        "inherit",
        "--course",
        "ALG",
    )
    assert "moodle/course:view " not in placed("role", "show", "student").out


def test_roles_are_shown_to_a_person(placed: Command) -> None:
    placed("role", "create", "ws", "--name", "Web service", "--may-assign", "student")
    lines = placed("role", "list").out.splitlines()
    assert lines[0].split() == [
        "short",
        "name",
        "name",
        "archetype",
        "allows",
        "given",
        "in",
        "users",
    ]
    assert lines[-1].split() == ["ws", "Web", "service", "0", "system", "0"]
    shown = placed("role", "show", "ws").out
    assert "may give    student\n" in shown
    assert "it says nothing about any" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "studen"), "did you mean 'student'"),
        (("create", "student"), "exists already"),
        (
            ("create", "x", "--capability", "webservice/rest:us"),
            "did you mean 'webservice/rest:use'",
        ),
        (("create", "x", "--archetype", "dean"), "'dean' is no archetype"),
        (("grant", "student", "no/such:thing"), "no capability 'no/such:thing'"),
        (("assign", "manager", "nobody"), "no user 'nobody'"),
        (
            ("assign", "manager", "admin", "--course", "NONE"),
            "no course with the short name 'NONE'",
        ),
        (
            ("assign", "manager", "admin", "--course", "NONE"),
            "call core_course_get_courses --format table",
        ),
        (("assign", "manager", "admin", "--category", "NONE"), "no categories"),
        (("assign", "manager", "admin", "--category", "NONE"), "call core_course_get_categories"),
        (("unassign", "manager", "admin"), "coursewire user show admin"),
        (("assign", "manager", "admin", "--category", "Twice"), "2 categories"),
    ],
)
def test_a_refusal_says_what_was_wrong(
    placed: Command, site: TestSite, arguments: tuple[str, ...], told: str
) -> None:
    making.category(site, "Twice")
    making.category(site, "Twice")
    assert told in placed.refused("role", *arguments)
    assert placed("role", "list", "--json").json[-1]["shortname"] == "frontpage"


def test_two_places_at_once_are_wrong_usage(placed: Command) -> None:
    options = ("--course", "A", "--category", "B")
    placed.refused("role", "assign", "manager", "admin", *options, code=2)
