"""What type checkers must make of contracts and bodies; a marked line must be rejected.

mypy and pyright report a mark that is not needed, so a line that they come to accept is a failure.
"""

from typing import TypeVar, assert_type

from msgspec import UNSET, Struct, UnsetType

from coursewire.contracts.core_course.courses import Course
from coursewire.contracts.core_grades import update_grades
from coursewire.contracts.core_group import groups as c
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CourseId
from coursewire.domain.call import Call
from coursewire.functions.binding import Bound

P = TypeVar("P", bound=Struct)
R = TypeVar("R")


def answer(function: Function[P, R], params: P) -> R:
    """Stand for a client: the contract alone tells what comes back."""
    raise NotImplementedError(function, params)


def an_answer_has_the_type_of_its_contract() -> None:
    assert_type(answer(c.get_groups, c.GroupIds(groupids=[1])), list[c.Group])
    assert_type(answer(c.get_course_groups, CourseId(courseid=1)), list[c.CourseGroup])
    assert_type(update_grades.returns, type[int] | None)


def the_params_must_be_those_of_the_contract() -> None:
    answer(c.get_groups, CourseId(courseid=1))  # type: ignore[misc]  # pyright: ignore[reportArgumentType]


def fields_have_python_types(group: c.Group, course: Course) -> None:
    assert_type(group.id, int)
    assert_type(group.enrolmentkey, str | None)
    assert_type(course.idnumber, str | UnsetType)
    assert_type(course.showcompletionconditions, bool | None)
    group.name = "Red"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def params_are_made_by_name() -> None:
    c.NewGroup(courseid=1, name="Red", description="")
    c.NewGroup(courseid=1, name="Red", description="", idnumber=UNSET)
    c.NewGroup(1, "Red", "")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    c.NewGroup(courseid="1", name="Red", description="")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    c.NewGroup(name="Red", description="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def fitting(call: Call, params: c.GroupIds) -> list[c.Group]:
    raise NotImplementedError(call, params)


def other_params(call: Call, params: CourseId) -> list[c.Group]:
    raise NotImplementedError(call, params)


def other_answer(call: Call, params: c.GroupIds) -> list[Course]:
    raise NotImplementedError(call, params)


def no_answer(call: Call, params: c.GroupIds) -> None:
    raise NotImplementedError(call, params)


FITTING = (Bound(c.get_groups, fitting), Bound(c.delete_groups, no_answer))
OTHER_PARAMS = Bound(c.get_groups, other_params)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
OTHER_ANSWER = Bound(c.get_groups, other_answer)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
NO_ANSWER = Bound(c.get_groups, no_answer)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
