"""AUTHZ-3: each object is judged in its own context, for every id parameter of every function.

A teacher makes a good call about the own course, in which one id after the other is replaced by
that of the like object in a course that the teacher may not enter.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.rules.leaves import changed, leaves, shown
from tests.rules.line import Line
from tests.rules.samples import SAMPLES
from tests.rules.world import FARAWAY, Aim

TEACHER = "editingteacher"
# Parameters that the usual samples leave out.
MORE: dict[str, Callable[[Aim], dict[str, Any]]] = {
    "core_group_get_course_user_groups": lambda aim: {
        "courseid": aim.course, "userid": aim.person, "groupingid": aim.grouping,
    },
    "core_group_get_activity_allowed_groups": lambda aim: {
        "cmid": aim.activity, "userid": aim.person,
    },
    "gradereport_user_get_grade_items": lambda aim: {
        "courseid": aim.course, "userid": 0, "groupid": aim.group,
    },
    "enrol_manual_unenrol_users": lambda aim: {
        "enrolments": [
            {"userid": aim.person, "courseid": aim.course, "roleid": aim.student_role}
        ]
    },
    "enrol_self_enrol_user": lambda aim: {"courseid": aim.course, "instanceid": aim.way_in},
    "core_enrol_get_enrolled_users": lambda aim: {
        "courseid": aim.course, "options": [{"name": "groupid", "value": aim.group}],
    },
    "core_enrol_get_enrolled_users_with_capability": lambda aim: {
        "coursecapabilities": [{"courseid": aim.course, "capabilities": [""]}],
        "options": [{"name": "groupid", "value": aim.group}],
    },
    "core_enrol_search_users": lambda aim: {
        "courseid": aim.course, "contextid": aim.place,
        "search": "", "searchanywhere": 1, "page": 0, "perpage": 20,
    },
    "core_course_get_contents": lambda aim: {
        "courseid": aim.course, "options": [{"name": "cmid", "value": aim.activity}],
    },
    "core_course_update_courses": lambda aim: {
        "courses": [
            {"id": aim.course, "categoryid": aim.category, "defaultgroupingid": aim.grouping}
        ]
    },
    "core_role_assign_roles": lambda aim: {
        "assignments": [
            {
                "roleid": aim.student_role,
                "userid": aim.person,
                "contextlevel": "course",
                "instanceid": aim.course,
            }
        ]
    },
    "core_cohort_search_cohorts": lambda aim: {
        "query": "Cohort", "context": {"contextlevel": "course", "instanceid": aim.course},
    },
}  # fmt: skip
# Answers and writes about an object elsewhere that are as they should be, and why.
AS_SPECIFIED = {
    ("core_course_update_courses", "courses[].defaultgroupingid"): "stored as sent; no group of it",
    ("core_group_assign_grouping", "assignments[].groupid"): "a grouping gathers any groups (1.15)",
    (
        "core_role_assign_roles",
        "assignments[].userid",
    ): "anybody can be given a role in one's place",
    ("core_role_unassign_roles", "unassignments[].userid"): "somebody without a role there",
    ("enrol_self_enrol_user", "courseid"): "the course is open to everybody",
    ("core_course_get_courses_by_field", "value"): "the public part of a visible course",
    ("core_course_search_courses", "criteriavalue"): "the public part of a visible course",
    ("core_user_get_course_user_profiles", "userlist[].userid"): "they need not be enrolled",
    ("core_grades_update_grades", "grades[].studentid"): "enrolment is not checked",
    ("core_completion_override_activity_completion_status", "userid"): "nor is it here",
    (
        "core_course_update_courses",
        "courses[].categoryid",
    ): "the right to move counts in the course",
}
CASES = [
    *((name, make) for name, make in SAMPLES.items()),
    *((name, make) for name, make in MORE.items()),
]
NAMES = [*SAMPLES, *(f"{name} in another way" for name in MORE)]


@pytest.mark.parametrize(("function", "make"), CASES, ids=NAMES)
def test_authz_3_a_foreign_object_gives_and_changes_nothing(
    line: Line, function: str, make: Callable[[Aim], dict[str, Any]]
) -> None:
    own, foreign = (make(line.world.aims[name]) for name in ("own course", "other course"))
    elsewhere = dict(leaves(foreign))
    for path, value in leaves(own):
        if elsewhere[path] == value:
            continue
        done = line.run(TEACHER, function, changed(own, path, elsewhere[path]))
        where = (shown(path), done.line)
        if (function, shown(path)) not in AS_SPECIFIED:
            assert FARAWAY not in done.text, where
            assert done.written == (), where


def test_authz_3_the_ids_of_most_functions_are_replaced(line: Line) -> None:
    """The test above is not empty: ids are found, and their number is known."""
    found = {
        (function, shown(path))
        for function, make in CASES
        for path, value in leaves(make(line.world.aims["own course"]))
        if dict(leaves(make(line.world.aims["other course"])))[path] != value
    }
    assert len(found) >= 90
