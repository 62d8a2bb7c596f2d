"""The groups of groupings: put in and taken out, each refusal once."""

import pytest

from coursewire.contracts.core_group import grouping_groups as c
from coursewire.contracts.errors import MissingRecord, MoodleError, NoPermission
from coursewire.functions.core_group import grouping_groups as bodies
from coursewire.store import audit as audit_rows
from coursewire.store import groupings as rows
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, Classroom

Pair = tuple[int, int]


def items(pairs: tuple[Pair, ...]) -> list[c.GroupingGroup]:
    return [c.GroupingGroup(groupingid=grouping, groupid=group) for grouping, group in pairs]


def assign(room: Classroom, *pairs: Pair, user: int | None = None) -> None:
    bodies.assign_grouping(room.call(user), c.AssignGrouping(assignments=items(pairs)))


def unassign(room: Classroom, *pairs: Pair, user: int | None = None) -> None:
    bodies.unassign_grouping(room.call(user), c.UnassignGrouping(unassignments=items(pairs)))


def linked(room: Classroom, *groupings: int) -> set[Pair]:
    return rows.pairs(room.site.session, groupings)


@pytest.fixture
def red(classroom: Classroom) -> int:
    return classroom.school.group(classroom.course, "Red")


@pytest.fixture
def every(classroom: Classroom) -> int:
    return classroom.school.grouping(classroom.course, "All")


class TestAssign:
    def test_a_group_is_put_in_once(self, classroom: Classroom, every: int, red: int) -> None:
        assign(classroom, (every, red), (every, red), user=classroom.teacher)
        assert linked(classroom, every) == {(every, red)}
        record = audit_rows.records(classroom.site.session, limit=1)[0]
        assert (record.action, record.target) == ("grouping.assign", f"grouping {every}")

    def test_what_is_there_is_passed_over_before_rights(
        self, classroom: Classroom, every: int, red: int
    ) -> None:
        assign(classroom, (every, red))
        with unchanged(classroom.site.session):
            assign(classroom, (every, red), user=classroom.stranger)

    def test_unknown_groupings_and_groups_are_missing_records(
        self, classroom: Classroom, every: int, red: int
    ) -> None:
        with refused(MissingRecord):
            assign(classroom, (UNKNOWN, red), user=classroom.ann)
        with refused(MissingRecord):
            assign(classroom, (every, UNKNOWN), user=classroom.ann)

    def test_who_does_not_manage_groups_is_refused(
        self, classroom: Classroom, every: int, red: int
    ) -> None:
        with refused(NoPermission):
            assign(classroom, (every, red), user=classroom.ann)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            assign(classroom, (every, red), user=classroom.stranger)

    def test_the_course_of_the_grouping_decides(self, classroom: Classroom, red: int) -> None:
        """AUTHZ-3: not the course of the group; and groups of other courses can be put in."""
        other = classroom.school.course("BIO")
        foreign_grouping = classroom.school.grouping(other, "Foreign")
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            assign(classroom, (foreign_grouping, red), user=classroom.teacher)
        assign(classroom, (foreign_grouping, red))
        assert linked(classroom, foreign_grouping) == {(foreign_grouping, red)}


class TestUnassign:
    def test_a_group_is_taken_out(self, classroom: Classroom, every: int, red: int) -> None:
        blue = classroom.school.group(classroom.course, "Blue")
        assign(classroom, (every, red), (every, blue))
        unassign(classroom, (every, red), (every, red), user=classroom.teacher)
        assert linked(classroom, every) == {(every, blue)}
        record = audit_rows.records(classroom.site.session, limit=1)[0]
        assert (record.action, record.target) == ("grouping.unassign", f"grouping {every}")

    def test_what_is_not_there_is_passed_over_before_rights(
        self, classroom: Classroom, every: int, red: int
    ) -> None:
        with unchanged(classroom.site.session):
            unassign(classroom, (every, red), user=classroom.stranger)

    def test_unknown_groupings_and_groups_are_missing_records(
        self, classroom: Classroom, every: int, red: int
    ) -> None:
        with refused(MissingRecord):
            unassign(classroom, (UNKNOWN, red), user=classroom.ann)
        with refused(MissingRecord):
            unassign(classroom, (every, UNKNOWN), user=classroom.ann)

    def test_who_does_not_manage_groups_is_refused(
        self, classroom: Classroom, every: int, red: int
    ) -> None:
        assign(classroom, (every, red))
        with refused(NoPermission):
            unassign(classroom, (every, red), user=classroom.ann)


@pytest.mark.parametrize("place", [0, 1, 2])
class TestAllOrNothing:
    """AUTHZ-4: one bad item, first, in the middle or last, leaves no trace of the others."""

    def test_putting_in(self, classroom: Classroom, every: int, place: int) -> None:
        pairs = [
            (every, classroom.school.group(classroom.course, name)) for name in ("Red", "Blue")
        ]
        pairs.insert(place, (every, UNKNOWN))
        with unchanged(classroom.site.session), refused(MissingRecord):
            assign(classroom, *pairs)

    def test_taking_out(self, classroom: Classroom, every: int, place: int) -> None:
        pairs = [
            (every, classroom.school.group(classroom.course, name)) for name in ("Red", "Blue")
        ]
        assign(classroom, *pairs)
        pairs.insert(place, (UNKNOWN, pairs[0][1]))
        with unchanged(classroom.site.session), refused(MissingRecord):
            unassign(classroom, *pairs)
