"""AUTHZ-3: an id of a course, category or activity is judged where that thing itself stands."""

from typing import Any

import msgspec
import pytest

from coursewire.contracts.errors import Refusal
from coursewire.domain import contexts
from coursewire.functions.binding import AnyBound
from coursewire.functions.core_course import FUNCTIONS
from coursewire.store import activities
from tests.support import making
from tests.support.refusals import unchanged
from tests.support.school import Classroom

BOUND: dict[str, AnyBound] = {bound.contract.name: bound for bound in FUNCTIONS}
CONTEXT, LOGIN = "errorcoursecontextnotvalid", "requireloginerror"
NO_CATEGORY = "cannotviewcategory"
KEPT = ("moodle/category:manage", "moodle/course:create", "moodle/course:delete")

# Function, parameters with names of objects in them (`own_…`, `foreign_…`), and the refusal.
# The caller teaches the own course and keeps the own category; the foreign ones are hidden.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("get_courses", {"options": {"ids": ["foreign_course"]}}, CONTEXT),
    ("get_contents", {"courseid": "foreign_course"}, CONTEXT),
    ("get_course_module", {"cmid": "foreign_activity"}, LOGIN),
    ("get_course_module_by_instance", {"module": "forum", "instance": "foreign_instance"}, LOGIN),
    ("delete_courses", {"courseids": ["foreign_course"]}, LOGIN),
    (
        "create_courses",
        {
            "courses": [
                {"fullname": "A", "shortname": "A", "categoryid": "own_category"},
                {"fullname": "B", "shortname": "B", "categoryid": "foreign_category"},
            ]
        },
        "nopermissions",
    ),
    (
        "create_categories",
        {"categories": [{"name": "Below", "parent": "foreign_category"}]},
        "nopermissions",
    ),
    ("create_categories", {"categories": [{"name": "Top", "parent": 0}]}, "nopermissions"),
    (
        "update_categories",
        {"categories": [{"id": "own_category", "name": "X"}, {"id": "foreign_category"}]},
        NO_CATEGORY,
    ),
    (
        "update_categories",
        {"categories": [{"id": "own_category", "parent": "seen_category"}]},
        "nopermissions",
    ),
    ("delete_categories", {"categories": [{"id": "foreign_category"}]}, NO_CATEGORY),
    (
        "delete_categories",
        {"categories": [{"id": "own_category", "newparent": "seen_category"}]},
        "youcannotdeletecategory",
    ),
]
# Function, parameters, and where the answer would have what is foreign.
LEFT_OUT: list[tuple[str, dict[str, Any], str]] = [
    ("get_courses_by_field", {"field": "id", "value": "foreign_course"}, "courses"),
    ("get_courses_by_field", {"field": "shortname", "value": "BIO"}, "courses"),
    ("get_courses_by_field", {"field": "category", "value": "foreign_category"}, "courses"),
    ("search_courses", {"criterianame": "search", "criteriavalue": "BIO"}, "courses"),
    ("get_categories", {"criteria": [{"key": "id", "value": "foreign_category"}]}, ""),
]


def filled(value: Any, objects: dict[str, int], key: str = "") -> Any:
    """The parameters with ids in place of names."""
    if isinstance(value, dict):
        return {name: filled(item, objects, name) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, objects) for item in value]
    found = objects.get(value, value)
    return str(found) if key == "value" else found


@pytest.fixture
def objects(classroom: Classroom) -> dict[str, int]:
    """What the teacher keeps, and what the teacher cannot enter."""
    school = classroom.school
    own, seen = school.category("Own"), school.category("Seen")
    foreign = making.category(classroom.site, "Foreign", visible=0)
    course = school.course("BIO", foreign, visible=0)
    school.course("OWN", own)
    making.role(classroom.site, "keeper", KEPT)
    place = contexts.get(classroom.site.session, contexts.CATEGORY, own)
    making.assign(classroom.site, "keeper", classroom.teacher, place)
    cmid = school.activity(course)
    activity = activities.get(classroom.site.session, cmid)
    assert activity is not None
    return {
        "own_course": classroom.course,
        "own_category": own,
        "seen_category": seen,
        "foreign_course": course,
        "foreign_category": foreign,
        "foreign_activity": cmid,
        "foreign_instance": activity.instance,
    }


def run(room: Classroom, function: str, params: dict[str, Any]) -> Any:
    """The answer of a body to the teacher."""
    bound = BOUND[f"core_course_{function}"]
    return bound.body(room.call(room.teacher), msgspec.convert(params, bound.contract.params))


@pytest.mark.parametrize(
    ("function", "params", "code"),
    REFUSED,
    ids=[f"{function}-{number}" for number, (function, _, _) in enumerate(REFUSED)],
)
def test_a_foreign_object_is_refused(
    classroom: Classroom,
    objects: dict[str, int],
    function: str,
    params: dict[str, Any],
    code: str,
) -> None:
    with unchanged(classroom.site.session), pytest.raises(Refusal) as caught:
        run(classroom, function, filled(params, objects))
    assert caught.value.errorcode == code


@pytest.mark.parametrize(
    ("function", "params", "key"),
    LEFT_OUT,
    ids=[f"{function}-{number}" for number, (function, _, _) in enumerate(LEFT_OUT)],
)
def test_a_foreign_object_is_left_out(
    classroom: Classroom,
    objects: dict[str, int],
    function: str,
    params: dict[str, Any],
    key: str,
) -> None:
    answer = run(classroom, function, filled(params, objects))
    assert (getattr(answer, key) if key else answer) == []


def test_a_foreign_course_is_not_changed(classroom: Classroom, objects: dict[str, int]) -> None:
    changes = [{"id": objects["foreign_course"], "fullname": "Mine now"}]
    with unchanged(classroom.site.session):
        answer = run(classroom, "update_courses", {"courses": changes})
    assert [warning.warningcode for warning in answer.warnings] == [LOGIN]


def test_every_function_is_here() -> None:
    tried = {function for function, _, _ in REFUSED + LEFT_OUT} | {"update_courses"}
    assert {f"core_course_{function}" for function in tried} == set(BOUND)
