"""Groups: changed and deleted, each refusal once, in the order of the rules."""

from typing import Any

import pytest
from msgspec import structs

from coursewire.contracts.core_group import groups as c
from coursewire.contracts.errors import (
    DatabaseWrite,
    InvalidParameter,
    MissingRecord,
    MoodleError,
    NoPermission,
)
from coursewire.contracts.parts import CourseId
from coursewire.domain import group_members
from coursewire.functions.core_group import groups as bodies
from coursewire.store import audit as audit_rows
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, Classroom


def new(courseid: int, name: str, **values: Any) -> c.NewGroup:
    return c.NewGroup(courseid=courseid, name=name, **{"description": "", **values})


def create(room: Classroom, *news: c.NewGroup, user: int | None = None) -> list[c.CreatedGroup]:
    return bodies.create_groups(room.call(user), c.CreateGroups(groups=list(news)))


def read(room: Classroom, *ids: int, user: int | None = None) -> list[c.Group]:
    return bodies.get_groups(room.call(user), c.GroupIds(groupids=list(ids)))


def update(room: Classroom, *changes: c.GroupChange, user: int | None = None) -> None:
    bodies.update_groups(room.call(user), c.UpdateGroups(groups=list(changes)))


def delete(room: Classroom, *ids: int, user: int | None = None) -> None:
    bodies.delete_groups(room.call(user), c.GroupIds(groupids=list(ids)))


def listed(room: Classroom, user: int | None = None) -> list[c.CourseGroup]:
    return bodies.get_course_groups(room.call(user), CourseId(courseid=room.course))


class TestUpdate:
    @pytest.fixture
    def red(self, classroom: Classroom) -> int:
        sent = new(classroom.course, "Red", description="d", idnumber="R", enrolmentkey="k")
        return create(classroom, sent)[0].id

    def test_what_is_absent_stays(self, classroom: Classroom, red: int) -> None:
        update(classroom, c.GroupChange(id=red, name=" Crimson "), user=classroom.teacher)
        (shown,) = read(classroom, red)
        assert (shown.name, shown.description, shown.idnumber, shown.enrolmentkey) == (
            "Crimson",
            "d",
            "R",
            "k",
        )

    def test_the_format_returns_to_html_when_absent(self, classroom: Classroom, red: int) -> None:
        update(
            classroom, c.GroupChange(id=red, name="Red", description="**x**", descriptionformat=4)
        )
        update(classroom, c.GroupChange(id=red, name="Red"))
        assert read(classroom, red)[0].description == "**x**"

    def test_the_last_of_two_changes_of_one_group_stays(
        self, classroom: Classroom, red: int
    ) -> None:
        update(classroom, c.GroupChange(id=red, name="One"), c.GroupChange(id=red, name="Two"))
        assert read(classroom, red)[0].name == "Two"

    def test_a_blank_name_is_refused(self, classroom: Classroom, red: int) -> None:
        with refused(InvalidParameter):
            update(classroom, c.GroupChange(id=red, name=" "))

    def test_an_unknown_id_is_a_bad_parameter(self, classroom: Classroom) -> None:
        with refused(InvalidParameter):
            update(classroom, c.GroupChange(id=UNKNOWN, name="x"))

    def test_a_taken_name_is_refused_as_it_was_sent(self, classroom: Classroom, red: int) -> None:
        create(classroom, new(classroom.course, "Blue"))
        with refused(InvalidParameter):
            update(classroom, c.GroupChange(id=red, name="Blue"))
        update(classroom, c.GroupChange(id=red, name="Blue "))
        assert read(classroom, red)[0].name == "Blue"

    def test_a_name_freed_earlier_in_the_call_can_be_taken(
        self, classroom: Classroom, red: int
    ) -> None:
        blue = create(classroom, new(classroom.course, "Blue", idnumber="B"))[0].id
        update(
            classroom,
            c.GroupChange(id=red, name="Green", idnumber="G"),
            c.GroupChange(id=blue, name="Red", idnumber="R"),
            c.GroupChange(id=red, name="Blue", idnumber="B"),
        )
        shown = [(group.name, group.idnumber) for group in read(classroom, red, blue)]
        assert shown == [("Blue", "B"), ("Red", "R")]

    def test_a_name_given_earlier_in_the_call_is_taken(
        self, classroom: Classroom, red: int
    ) -> None:
        blue = create(classroom, new(classroom.course, "Blue"))[0].id
        with unchanged(classroom.site.session), refused(InvalidParameter):
            update(classroom, c.GroupChange(id=red, name="New"), c.GroupChange(id=blue, name="New"))

    def test_a_taken_idnumber_is_refused(self, classroom: Classroom, red: int) -> None:
        create(classroom, new(classroom.course, "Blue", idnumber="B"))
        with refused(MoodleError, "idnumbertaken"):
            update(classroom, c.GroupChange(id=red, name="Red", idnumber=" B "))
        update(classroom, c.GroupChange(id=red, name="Red", idnumber="R"))

    @pytest.mark.parametrize(
        ("sent", "stored"),
        [("03", 3), ("1 ", 1), (" 2", 2), ("+1", 1), ("1.0", 1), ("1e0", 1), ("0", 0)],
    )
    def test_visibility_is_a_number_as_moodle_reads_it(
        self, classroom: Classroom, red: int, sent: str, stored: int
    ) -> None:
        update(classroom, c.GroupChange(id=red, name="Red", visibility=sent))
        assert read(classroom, red)[0].visibility == stored

    @pytest.mark.parametrize(
        "sent", ["", "x", "1x", "4", "-1", "1_0", "٣", "1.5", "9" * 30, "1e999", "0" * 65]
    )
    def test_any_other_visibility_is_refused(
        self, classroom: Classroom, red: int, sent: str
    ) -> None:
        with refused(InvalidParameter):
            update(classroom, c.GroupChange(id=red, name="Red", visibility=sent))

    def test_a_hidden_kind_ends_participation_for_good(
        self, classroom: Classroom, red: int
    ) -> None:
        update(classroom, c.GroupChange(id=red, name="Red", visibility="3", participation=True))
        assert read(classroom, red)[0].participation is False
        update(classroom, c.GroupChange(id=red, name="Red", visibility="0"))
        assert read(classroom, red)[0].participation is False

    def test_visibility_and_participation_are_settled_by_a_member(
        self, classroom: Classroom, red: int
    ) -> None:
        group_members.add(classroom.call(), [(red, classroom.ann)])
        with refused(InvalidParameter):
            update(classroom, c.GroupChange(id=red, name="Red", visibility="1"))
        with refused(InvalidParameter):
            update(classroom, c.GroupChange(id=red, name="Red", participation=False))
        update(classroom, c.GroupChange(id=red, name="Red", visibility="0", participation=True))

    def test_checks_of_the_group_come_before_rights(self, classroom: Classroom, red: int) -> None:
        with refused(InvalidParameter):
            update(classroom, c.GroupChange(id=red, name="Red", visibility="9"), user=classroom.ann)
        with refused(NoPermission):
            update(
                classroom,
                c.GroupChange(id=red, name="Red", description="x", descriptionformat=9),
                user=classroom.ann,
            )
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            update(classroom, c.GroupChange(id=red, name="Red"), user=classroom.stranger)

    def test_a_format_is_checked_with_a_description_only(
        self, classroom: Classroom, red: int
    ) -> None:
        with refused(MoodleError, "formatnotsupported"):
            update(
                classroom, c.GroupChange(id=red, name="Red", description="x", descriptionformat=9)
            )
        update(classroom, c.GroupChange(id=red, name="Red", description="", descriptionformat=9))
        shown = read(classroom, red)[0]
        assert (shown.description, shown.descriptionformat) == ("", 9)

    def test_a_format_beyond_its_column_cannot_be_stored(
        self, classroom: Classroom, red: int
    ) -> None:
        with refused(DatabaseWrite):
            update(classroom, c.GroupChange(id=red, name="Red", descriptionformat=40_000))

    @pytest.mark.parametrize(
        ("field", "limit"), [("name", 254), ("idnumber", 100), ("enrolmentkey", 50)]
    )
    def test_texts_have_limits(
        self, classroom: Classroom, red: int, field: str, limit: int
    ) -> None:
        change = c.GroupChange(id=red, name="Red")
        with refused(DatabaseWrite):
            update(classroom, structs.replace(change, **{field: "x" * (limit + 1)}))


class TestDelete:
    def test_memberships_and_places_in_groupings_go_too(self, classroom: Classroom) -> None:
        school = classroom.school
        red = school.group(classroom.course, "Red", [classroom.ann])
        school.grouping(classroom.course, "All", [red])
        delete(classroom, red, red, UNKNOWN, user=classroom.teacher)
        with refused(MissingRecord):
            read(classroom, red)
        assert audit_rows.records(classroom.site.session, limit=1)[0].target == f"group {red}"

    def test_unknown_ids_are_passed_over_before_any_check(self, classroom: Classroom) -> None:
        with unchanged(classroom.site.session):
            delete(classroom, UNKNOWN, user=classroom.stranger)

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom) -> None:
        red = classroom.school.group(classroom.course, "Red")
        with refused(NoPermission):
            delete(classroom, red, user=classroom.ann)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            delete(classroom, red, user=classroom.stranger)

    def test_an_id_is_never_given_twice(self, classroom: Classroom) -> None:
        red = classroom.school.group(classroom.course, "Red")
        delete(classroom, red)
        assert classroom.school.group(classroom.course, "Red") > red


@pytest.mark.parametrize("place", [0, 1, 2])
class TestAllOrNothing:
    """AUTHZ-4: one bad item, first, in the middle or last, leaves no trace of the others."""

    def test_creation(self, classroom: Classroom, place: int) -> None:
        items = [new(classroom.course, name) for name in ("Red", "Blue")]
        items.insert(place, new(classroom.course, "Bad", visibility=9))
        with unchanged(classroom.site.session), refused(InvalidParameter):
            create(classroom, *items)

    def test_change(self, classroom: Classroom, place: int) -> None:
        ids = [classroom.school.group(classroom.course, name) for name in ("Red", "Blue")]
        items = [c.GroupChange(id=key, name=f"New {key}") for key in ids]
        items.insert(place, c.GroupChange(id=UNKNOWN, name="Bad"))
        with unchanged(classroom.site.session), refused(InvalidParameter):
            update(classroom, *items)

    def test_deletion(self, classroom: Classroom, place: int) -> None:
        other = classroom.school.course("BIO")
        ids = [classroom.school.group(classroom.course, name) for name in ("Red", "Blue")]
        ids.insert(place, classroom.school.group(other, "Foreign"))
        with (
            unchanged(classroom.site.session),
            refused(MoodleError, "errorcoursecontextnotvalid"),
        ):
            delete(classroom, *ids, user=classroom.teacher)


def test_nothing_to_do_writes_nothing(classroom: Classroom) -> None:
    with unchanged(classroom.site.session):
        assert create(classroom) == []
        update(classroom)
        delete(classroom)
