"""AUTHZ-3: every id parameter is judged by the object that it names, not by the caller's course."""

from typing import Any

import msgspec
import pytest

from coursewire.contracts.errors import Refusal
from coursewire.functions.binding import AnyBound
from coursewire.functions.core_course import FUNCTIONS as CORE_COURSE
from coursewire.functions.core_group import FUNCTIONS as CORE_GROUP
from tests.support.refusals import unchanged
from tests.support.school import Classroom

GET_COURSES = "core_course_get_courses"
BOUND: dict[str, AnyBound] = {
    bound.contract.name: bound
    for bound in (*CORE_GROUP, *CORE_COURSE)
    if bound in CORE_GROUP or bound.contract.name == GET_COURSES
}
CONTEXT, ENROLMENT, LOGIN = "errorcoursecontextnotvalid", "invalidparameter", "requireloginerror"

# Function, parameters with names of objects in them (`own_…`, `foreign_…`), and the refusal.
CASES: list[tuple[str, dict[str, Any], str]] = [
    (
        "create_groups",
        {"groups": [{"courseid": "foreign_course", "name": "X", "description": ""}]},
        CONTEXT,
    ),
    ("get_groups", {"groupids": ["own_group", "foreign_group"]}, CONTEXT),
    ("get_course_groups", {"courseid": "foreign_course"}, CONTEXT),
    (
        "update_groups",
        {"groups": [{"id": "own_group", "name": "X"}, {"id": "foreign_group", "name": "X"}]},
        CONTEXT,
    ),
    ("delete_groups", {"groupids": ["own_group", "foreign_group"]}, CONTEXT),
    ("get_group_members", {"groupids": ["own_group", "foreign_group"]}, CONTEXT),
    (
        "add_group_members",
        {"members": [{"groupid": "foreign_group", "userid": "student"}]},
        CONTEXT,
    ),
    ("add_group_members", {"members": [{"groupid": "own_group", "userid": "stranger"}]}, ENROLMENT),
    (
        "delete_group_members",
        {"members": [{"groupid": "foreign_group", "userid": "stranger"}]},
        CONTEXT,
    ),
    (
        "create_groupings",
        {"groupings": [{"courseid": "foreign_course", "name": "X", "description": ""}]},
        CONTEXT,
    ),
    ("get_groupings", {"groupingids": ["own_grouping", "foreign_grouping"]}, CONTEXT),
    ("get_course_groupings", {"courseid": "foreign_course"}, CONTEXT),
    (
        "update_groupings",
        {"groupings": [{"id": "foreign_grouping", "name": "X", "description": ""}]},
        CONTEXT,
    ),
    ("delete_groupings", {"groupingids": ["own_grouping", "foreign_grouping"]}, CONTEXT),
    (
        "assign_grouping",
        {"assignments": [{"groupingid": "foreign_grouping", "groupid": "own_group"}]},
        CONTEXT,
    ),
    (
        "unassign_grouping",
        {"unassignments": [{"groupingid": "foreign_grouping", "groupid": "foreign_group"}]},
        CONTEXT,
    ),
    ("get_activity_allowed_groups", {"cmid": "foreign_activity"}, LOGIN),
    ("get_activity_groupmode", {"cmid": "foreign_activity"}, LOGIN),
]


def filled(value: Any, objects: dict[str, int]) -> Any:
    """The parameters with ids in place of names."""
    if isinstance(value, dict):
        return {key: filled(item, objects) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, objects) for item in value]
    return objects.get(value, value)


@pytest.fixture
def objects(classroom: Classroom) -> dict[str, int]:
    """What stands in the teacher's course, and what in one that the teacher cannot enter."""
    school, own, foreign = classroom.school, classroom.course, classroom.school.course("BIO")
    school.enrol(classroom.stranger, foreign)
    group = school.group(foreign, "Foreign", [classroom.stranger])
    return {
        "student": classroom.ann,
        "stranger": classroom.stranger,
        "foreign_course": foreign,
        "foreign_group": group,
        "foreign_grouping": school.grouping(foreign, "Foreign", [group]),
        "foreign_activity": school.activity(foreign),
        "own_group": school.group(own, "Own"),
        "own_grouping": school.grouping(own, "Own"),
    }


def run(room: Classroom, function: str, params: dict[str, Any]) -> Any:
    """The answer of a body to the teacher."""
    bound = BOUND[function]
    return bound.body(room.call(room.teacher), msgspec.convert(params, bound.contract.params))


@pytest.mark.parametrize(
    ("function", "params", "code"),
    CASES,
    ids=[f"{function}-{number}" for number, (function, _, _) in enumerate(CASES)],
)
def test_a_foreign_object_is_refused(
    classroom: Classroom,
    objects: dict[str, int],
    function: str,
    params: dict[str, Any],
    code: str,
) -> None:
    with unchanged(classroom.site.session), pytest.raises(Refusal) as caught:
        run(classroom, f"core_group_{function}", filled(params, objects))
    assert caught.value.errorcode == code


def test_a_foreign_course_is_refused(classroom: Classroom, objects: dict[str, int]) -> None:
    with pytest.raises(Refusal) as caught:
        run(classroom, GET_COURSES, {"options": {"ids": [objects["foreign_course"]]}})
    assert caught.value.errorcode == CONTEXT


def test_groups_of_a_user_are_kept_back_in_a_foreign_course(
    classroom: Classroom, objects: dict[str, int]
) -> None:
    asked = {"userid": classroom.stranger, "courseid": objects["foreign_course"]}
    answer = run(classroom, "core_group_get_course_user_groups", asked)
    assert answer.groups == []
    assert [warning.warningcode for warning in answer.warnings] == ["1"]
    everywhere = run(classroom, "core_group_get_course_user_groups", {"userid": classroom.stranger})
    assert everywhere.groups == []


def test_every_function_is_here() -> None:
    tried = {f"core_group_{function}" for function, _, _ in CASES}
    apart = {"core_group_get_course_user_groups", GET_COURSES}
    assert tried | apart == set(BOUND)
