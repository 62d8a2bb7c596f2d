"""Groupings: created, read, changed and deleted, each refusal once."""

from typing import Any

import pytest

from coursewire.contracts.core_group import groupings as c
from coursewire.contracts.errors import (
    DatabaseWrite,
    InvalidParameter,
    InvalidResponse,
    MissingRecord,
    MoodleError,
    NoPermission,
)
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CourseId, CustomFieldValue
from coursewire.domain import courses, custom_fields
from coursewire.functions.core_group import groupings as bodies
from coursewire.store import activities
from coursewire.store import audit as audit_rows
from coursewire.store import courses as course_rows
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, Classroom
from tests.support.web import Web


def new(courseid: int, name: str, **values: Any) -> c.NewGrouping:
    values = {"description": "", "idnumber": "", **values}
    return c.NewGrouping(courseid=courseid, name=name, **values)


def create(
    room: Classroom, *news: c.NewGrouping, user: int | None = None
) -> list[c.CreatedGrouping]:
    return bodies.create_groupings(room.call(user), c.CreateGroupings(groupings=list(news)))


def read(
    room: Classroom, *ids: int, user: int | None = None, groups: bool = False
) -> list[c.Grouping]:
    params = c.GetGroupings(groupingids=list(ids), returngroups=groups)
    return bodies.get_groupings(room.call(user), params)


def listed(room: Classroom, course: int, user: int | None = None) -> list[c.CourseGrouping]:
    return bodies.get_course_groupings(room.call(user), CourseId(courseid=course))


def update(room: Classroom, *changes: c.GroupingChange, user: int | None = None) -> None:
    bodies.update_groupings(room.call(user), c.UpdateGroupings(groupings=list(changes)))


def delete(room: Classroom, *ids: int, user: int | None = None) -> None:
    bodies.delete_groupings(room.call(user), c.DeleteGroupings(groupingids=list(ids)))


def change(key: int, name: str = "All", **values: Any) -> c.GroupingChange:
    return c.GroupingChange(id=key, name=name, **{"description": "", **values})


@pytest.fixture
def every(classroom: Classroom) -> int:
    return classroom.school.grouping(classroom.course, "All", idnumber="A")


class TestCreate:
    def test_a_grouping_is_echoed_as_it_was_stored(self, classroom: Classroom) -> None:
        sent = new(classroom.course, " All ", description="<b>d</b>", idnumber=" A ")
        assert create(classroom, sent, user=classroom.teacher) == [
            c.CreatedGrouping(
                id=1,
                courseid=classroom.course,
                name="All",
                description="<b>d</b>",
                descriptionformat=1,
                idnumber="A",
            )
        ]

    def test_without_an_idnumber_it_is_made_and_the_answer_fails(
        self, classroom: Classroom
    ) -> None:
        """AUTHZ-4: the answer is cleaned after the commit."""
        sent = new(classroom.course, "All", idnumber=UNSET)
        with refused(InvalidResponse):
            create(classroom, sent)
        assert [grouping.name for grouping in listed(classroom, classroom.course)] == ["All"]

    def test_a_blank_name_is_refused(self, classroom: Classroom) -> None:
        with refused(InvalidParameter):
            create(classroom, new(classroom.course, " "))

    @pytest.mark.usefixtures("every")
    def test_a_name_is_refused_only_as_it_was_sent(self, classroom: Classroom) -> None:
        with refused(InvalidParameter):
            create(classroom, new(classroom.course, "All"), user=classroom.ann)
        made = create(classroom, new(classroom.course, "All "), new(classroom.course, "all"))
        assert [grouping.name for grouping in made] == ["All", "all"]

    def test_an_unknown_course_is_a_missing_record(self, classroom: Classroom) -> None:
        with refused(MissingRecord):
            create(classroom, new(UNKNOWN, "All"))

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom) -> None:
        with refused(NoPermission):
            create(classroom, new(classroom.course, "All", descriptionformat=3), user=classroom.ann)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            create(classroom, new(classroom.course, "All"), user=classroom.stranger)

    def test_an_unknown_format_is_refused(self, classroom: Classroom) -> None:
        with refused(MoodleError, "formatnotsupported"):
            create(classroom, new(classroom.course, "All", descriptionformat=3))

    @pytest.mark.usefixtures("every")
    def test_a_taken_idnumber_is_refused(self, classroom: Classroom) -> None:
        with refused(MoodleError, "idnumbertaken"):
            create(classroom, new(classroom.course, "More", idnumber=" A"))
        # Groups have their own.
        assert classroom.school.group(classroom.course, "Red", idnumber="A")

    @pytest.mark.parametrize("idnumber", ["", "0"])
    def test_no_idnumber_and_zero_are_never_taken(
        self, classroom: Classroom, idnumber: str
    ) -> None:
        pair = [new(classroom.course, name, idnumber=idnumber) for name in ("One", "Two")]
        assert len(create(classroom, *pair)) == 2

    @pytest.mark.parametrize(("field", "limit"), [("name", 255), ("idnumber", 100)])
    def test_texts_have_limits(self, classroom: Classroom, field: str, limit: int) -> None:
        sent = {"name": "All", field: "x" * limit}
        assert create(classroom, new(classroom.course, **sent))
        with refused(DatabaseWrite):
            create(classroom, new(classroom.course, **{"name": "B", field: "y" * (limit + 1)}))

    def test_one_record_tells_who_made_what(self, classroom: Classroom) -> None:
        create(classroom, new(classroom.course, "All"), user=classroom.teacher)
        record = audit_rows.records(classroom.site.session, limit=1)[0]
        assert (record.action, record.actor_id) == ("grouping.create", classroom.teacher)
        assert record.target == f"grouping 1 of course {classroom.course}"


class TestRead:
    def test_names_are_raw_and_descriptions_formatted(self, classroom: Classroom) -> None:
        sent = new(classroom.course, "A & B", description="1 < 2", descriptionformat=2)
        (made,) = create(classroom, sent)
        (shown,) = read(classroom, made.id)
        assert (shown.name, shown.description) == ("A & B", "1 &lt; 2")
        assert shown.descriptionformat == 1
        assert shown.customfields == []
        assert shown.groups is UNSET

    def test_groups_come_by_id_where_there_are_any(self, classroom: Classroom) -> None:
        school = classroom.school
        zed = school.group(classroom.course, "Zed & co", visibility=3)
        abe = school.group(classroom.course, "Abe")
        full = school.grouping(classroom.course, "Full", [abe, zed])
        empty = school.grouping(classroom.course, "Empty")
        shown = read(classroom, empty, full, empty, user=classroom.teacher, groups=True)
        assert [grouping.groups for grouping in (shown[0], shown[2])] == [UNSET, UNSET]
        groups = shown[1].groups
        assert groups is not UNSET
        assert [(group.id, group.name) for group in groups] == [(zed, "Zed & co"), (abe, "Abe")]

    def test_custom_fields_are_read_back(self, classroom: Classroom) -> None:
        custom_fields.define(classroom.call(), "grouping", "level", "Level")
        values = [CustomFieldValue(shortname="level", value="2")]
        (made,) = create(classroom, new(classroom.course, "All", customfields=values))
        assert made.customfields == values
        fields = read(classroom, made.id)[0].customfields
        assert fields is not UNSET
        assert [(field.shortname, field.value) for field in fields] == [("level", "2")]

    def test_unknown_ids_are_missing_records(self, classroom: Classroom, every: int) -> None:
        with refused(MissingRecord):
            read(classroom, UNKNOWN)
        with refused(NoPermission):
            read(classroom, every, UNKNOWN, user=classroom.ann)

    def test_what_is_wrong_with_one_is_told_before_what_is_wrong_with_the_next(
        self, web: Web, classroom: Classroom, every: int
    ) -> None:
        """A group with a format that there is none of cannot be shown (functions.md 1.5)."""
        odd = classroom.school.group(classroom.course, "Odd", description="text")
        holder = classroom.school.grouping(classroom.course, "Holder", [odd])
        token = web.token()
        change = {"id": odd, "name": "Odd", "descriptionformat": 9}
        assert web.call("core_group_update_groups", token, groups=[change]).json is None

        def code(*ids: int) -> str:
            answer = web.call(
                "core_group_get_groupings", token, groupingids=list(ids), returngroups=True
            )
            return answer.error[1]

        assert code(every, holder, UNKNOWN) == "codingerror"
        assert code(UNKNOWN, holder) == "invalidrecordunknown"

    def test_a_grouping_is_judged_in_its_own_course(self, classroom: Classroom, every: int) -> None:
        """AUTHZ-3."""
        foreign = classroom.school.grouping(classroom.school.course("BIO"), "Foreign")
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            read(classroom, every, foreign, user=classroom.teacher)

    @pytest.mark.usefixtures("every")
    def test_a_course_lists_its_groupings_by_name(self, classroom: Classroom) -> None:
        create(classroom, new(classroom.course, "abe"), new(classroom.course, "Abe & co"))
        shown = listed(classroom, classroom.course, classroom.teacher)
        assert [grouping.name for grouping in shown] == ["Abe & co", "All", "abe"]

    def test_an_unknown_course_is_a_missing_record(self, classroom: Classroom) -> None:
        with refused(MissingRecord):
            listed(classroom, UNKNOWN)

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom) -> None:
        with refused(NoPermission):
            listed(classroom, classroom.course, classroom.ann)


class TestUpdate:
    def test_an_absent_idnumber_stays_and_an_empty_one_is_cleared(
        self, classroom: Classroom, every: int
    ) -> None:
        update(classroom, change(every, "Each", description="d"), user=classroom.teacher)
        shown = read(classroom, every)[0]
        assert (shown.name, shown.description, shown.idnumber) == ("Each", "d", "A")
        update(classroom, change(every, "Each", idnumber=""))
        assert read(classroom, every)[0].idnumber == ""

    def test_a_blank_name_and_an_unknown_id_are_bad_parameters(
        self, classroom: Classroom, every: int
    ) -> None:
        with refused(InvalidParameter):
            update(classroom, change(every, " "))
        with refused(InvalidParameter):
            update(classroom, change(UNKNOWN, "x"))

    def test_a_taken_name_is_refused_before_rights(self, classroom: Classroom, every: int) -> None:
        classroom.school.grouping(classroom.course, "More")
        with refused(InvalidParameter):
            update(classroom, change(every, "More"), user=classroom.ann)
        update(classroom, change(every, " More"))
        assert read(classroom, every)[0].name == "More"

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom, every: int) -> None:
        with refused(NoPermission):
            update(classroom, change(every, descriptionformat=9), user=classroom.ann)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            update(classroom, change(every), user=classroom.stranger)

    def test_the_format_is_always_checked(self, classroom: Classroom, every: int) -> None:
        with refused(MoodleError, "formatnotsupported"):
            update(classroom, change(every, descriptionformat=9))

    def test_a_taken_idnumber_is_refused(self, classroom: Classroom, every: int) -> None:
        other = classroom.school.grouping(classroom.course, "More", idnumber="M")
        with refused(MoodleError, "idnumbertaken"):
            update(classroom, change(every, idnumber="M"))
        update(classroom, change(other, "More", idnumber="X"), change(every, idnumber="M"))
        assert read(classroom, every)[0].idnumber == "M"

    @pytest.mark.parametrize(("field", "limit"), [("name", 255), ("idnumber", 100)])
    def test_texts_have_limits(
        self, classroom: Classroom, every: int, field: str, limit: int
    ) -> None:
        with refused(DatabaseWrite):
            update(classroom, change(every, **{"name": "B", field: "y" * (limit + 1)}))


class TestDelete:
    def test_groups_stay_and_users_of_the_grouping_do_without(self, classroom: Classroom) -> None:
        school, session = classroom.school, classroom.site.session
        red = school.group(classroom.course, "Red")
        grouping = school.grouping(classroom.course, "All", [red])
        talk = school.activity(classroom.course, groupingid=grouping)
        course_rows.change(session, classroom.course, {"defaultgroupingid": grouping})
        delete(classroom, grouping, grouping, UNKNOWN, user=classroom.teacher)
        with refused(MissingRecord):
            read(classroom, grouping)
        activity = activities.get(session, talk)
        assert activity is not None
        assert activity.groupingid == 0
        assert courses.require(session, classroom.course).defaultgroupingid == 0
        assert audit_rows.records(session, limit=1)[0].action == "grouping.delete"

    def test_unknown_ids_are_passed_over_before_any_check(self, classroom: Classroom) -> None:
        with unchanged(classroom.site.session):
            delete(classroom, UNKNOWN, user=classroom.stranger)

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom, every: int) -> None:
        with refused(NoPermission):
            delete(classroom, every, user=classroom.ann)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            delete(classroom, every, user=classroom.stranger)


@pytest.mark.parametrize("place", [0, 1, 2])
class TestAllOrNothing:
    """AUTHZ-4: one bad item, first, in the middle or last, leaves no trace of the others."""

    def test_creation(self, classroom: Classroom, place: int) -> None:
        items = [new(classroom.course, name) for name in ("One", "Two")]
        items.insert(place, new(classroom.course, "Bad", descriptionformat=9))
        with unchanged(classroom.site.session), refused(MoodleError, "formatnotsupported"):
            create(classroom, *items)

    def test_change(self, classroom: Classroom, place: int) -> None:
        ids = [classroom.school.grouping(classroom.course, name) for name in ("One", "Two")]
        items = [change(key, f"New {key}") for key in ids]
        items.insert(place, change(UNKNOWN, "Bad"))
        with unchanged(classroom.site.session), refused(InvalidParameter):
            update(classroom, *items)

    def test_deletion(self, classroom: Classroom, place: int) -> None:
        other = classroom.school.course("BIO")
        ids = [classroom.school.grouping(classroom.course, name) for name in ("One", "Two")]
        ids.insert(place, classroom.school.grouping(other, "Foreign"))
        with unchanged(classroom.site.session), refused(MoodleError, "errorcoursecontextnotvalid"):
            delete(classroom, *ids, user=classroom.teacher)
