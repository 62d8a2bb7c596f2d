"""Groups: created and read, each refusal once, in the order of the rules."""

from typing import Any

import pytest

from coursewire.contracts.core_group import groups as c
from coursewire.contracts.errors import (
    CodingError,
    DatabaseWrite,
    InvalidParameter,
    MissingRecord,
    MoodleError,
    NoPermission,
)
from coursewire.contracts.parts import CourseId, CustomField, CustomFieldValue
from coursewire.domain import custom_fields
from coursewire.functions.core_group import groups as bodies
from coursewire.store import audit as audit_rows
from coursewire.text.settings import TextSettings
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


class TestCreate:
    def test_a_group_is_echoed_as_it_was_stored(self, classroom: Classroom) -> None:
        sent = new(
            classroom.course,
            " Red ",
            description="<p>x</p>",
            descriptionformat=2,
            enrolmentkey="key",
            idnumber=" R-1 ",
        )
        assert create(classroom, sent, user=classroom.teacher) == [
            c.CreatedGroup(
                id=1,
                courseid=classroom.course,
                name="Red",
                description="<p>x</p>",
                descriptionformat=2,
                enrolmentkey="key",
                idnumber="R-1",
                visibility=0,
                participation=True,
            )
        ]

    def test_a_key_that_was_not_sent_reads_back_as_null(self, classroom: Classroom) -> None:
        (made,) = create(classroom, new(classroom.course, "Red"))
        assert made.enrolmentkey == ""
        assert read(classroom, made.id)[0].enrolmentkey is None

    def test_a_blank_name_is_refused(self, classroom: Classroom) -> None:
        with unchanged(classroom.site.session), refused(InvalidParameter):
            create(classroom, new(classroom.course, " \t"))

    def test_a_no_break_space_is_a_name(self, classroom: Classroom) -> None:
        assert create(classroom, new(classroom.course, "\u00a0"))[0].name == "\u00a0"

    def test_a_name_is_refused_only_as_it_was_sent(self, classroom: Classroom) -> None:
        create(classroom, new(classroom.course, "Red"))
        with refused(InvalidParameter):
            create(classroom, new(classroom.course, "Red"))
        made = create(classroom, new(classroom.course, "Red "), new(classroom.course, "red"))
        assert [group.name for group in made] == ["Red", "red"]

    def test_a_name_is_taken_within_its_course_only(self, classroom: Classroom) -> None:
        other = classroom.school.course("BIO")
        assert len(create(classroom, new(classroom.course, "Red"), new(other, "Red"))) == 2

    def test_a_name_twice_in_one_call_keeps_nothing(self, classroom: Classroom) -> None:
        with unchanged(classroom.site.session), refused(InvalidParameter):
            create(classroom, new(classroom.course, "Red"), new(classroom.course, "Red"))

    def test_names_are_looked_at_before_rights(self, classroom: Classroom) -> None:
        create(classroom, new(classroom.course, "Red"))
        with refused(InvalidParameter):
            create(classroom, new(classroom.course, "Red"), user=classroom.ann)
        with refused(InvalidParameter):
            create(classroom, new(classroom.course, ""), user=classroom.ann)

    def test_rights_are_looked_at_before_the_rest(self, classroom: Classroom) -> None:
        with refused(NoPermission):
            create(classroom, new(classroom.course, "Red", visibility=9), user=classroom.ann)

    def test_a_course_that_cannot_be_entered_is_refused(self, classroom: Classroom) -> None:
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            create(classroom, new(classroom.course, "Red"), user=classroom.stranger)

    def test_an_unknown_course_is_refused_in_the_same_way(self, classroom: Classroom) -> None:
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            create(classroom, new(UNKNOWN, "Red"))

    @pytest.mark.parametrize("number", [3, 5, -1, 9])
    def test_an_unknown_format_is_refused(self, classroom: Classroom, number: int) -> None:
        with refused(MoodleError, "formatnotsupported"):
            create(classroom, new(classroom.course, "Red", descriptionformat=number))

    @pytest.mark.parametrize("number", [-1, 4])
    def test_an_unknown_visibility_is_refused(self, classroom: Classroom, number: int) -> None:
        with refused(InvalidParameter):
            create(classroom, new(classroom.course, "Red", visibility=number))

    @pytest.mark.parametrize(
        ("visibility", "participation"), [(0, True), (1, True), (2, False), (3, False)]
    )
    def test_hidden_kinds_do_not_participate(
        self, classroom: Classroom, visibility: int, participation: bool
    ) -> None:
        (made,) = create(classroom, new(classroom.course, "Red", visibility=visibility))
        assert made.participation is participation

    def test_a_taken_idnumber_is_refused_after_trimming(self, classroom: Classroom) -> None:
        create(classroom, new(classroom.course, "Red", idnumber="R"))
        with refused(MoodleError, "idnumbertaken"):
            create(classroom, new(classroom.course, "Blue", idnumber=" R "))
        assert create(classroom, new(classroom.course, "Blue", idnumber="r"))

    def test_an_idnumber_twice_in_one_call_keeps_nothing(self, classroom: Classroom) -> None:
        twice = [new(classroom.course, name, idnumber="R") for name in ("Red", "Blue")]
        with unchanged(classroom.site.session), refused(MoodleError, "idnumbertaken"):
            create(classroom, *twice)

    @pytest.mark.parametrize("idnumber", ["", "0"])
    def test_no_idnumber_and_zero_are_never_taken(
        self, classroom: Classroom, idnumber: str
    ) -> None:
        twice = [new(classroom.course, name, idnumber=idnumber) for name in ("Red", "Blue")]
        assert [group.idnumber for group in create(classroom, *twice)] == [idnumber, idnumber]

    @pytest.mark.parametrize(
        ("field", "limit"), [("name", 254), ("idnumber", 100), ("enrolmentkey", 50)]
    )
    def test_texts_have_limits_in_characters(
        self, classroom: Classroom, field: str, limit: int
    ) -> None:
        sent = {"name": "Red", field: "é" * limit}
        assert create(classroom, new(classroom.course, **sent))
        with refused(DatabaseWrite):
            create(
                classroom,
                new(classroom.course, **{**sent, "name": "Blue", field: "x" * (limit + 1)}),
            )

    def test_custom_fields_are_echoed_and_known_ones_kept(self, classroom: Classroom) -> None:
        custom_fields.define(classroom.call(), "group", "room", "Room & floor")
        sent = [
            CustomFieldValue(shortname="none", value="1"),
            CustomFieldValue(shortname="room", value="A < 1"),
        ]
        (made,) = create(classroom, new(classroom.course, "Red", customfields=sent))
        assert made.customfields == sent
        assert read(classroom, made.id)[0].customfields == [
            CustomField(
                name="Room &amp; floor",
                shortname="room",
                type="text",
                valueraw="A < 1",
                value="A &lt; 1",
            )
        ]

    def test_the_site_course_takes_groups_too(self, classroom: Classroom) -> None:
        assert create(classroom, new(1, "Everybody"))[0].courseid == 1

    def test_one_record_tells_who_made_what(self, classroom: Classroom) -> None:
        made = create(
            classroom,
            new(classroom.course, "Red"),
            new(classroom.course, "Blue"),
            user=classroom.teacher,
        )
        record = audit_rows.records(classroom.site.session, limit=1)[0]
        assert record.action == "group.create"
        assert record.actor_id == classroom.teacher
        assert record.target == f"group {made[0].id}-{made[1].id} of course {classroom.course}"
        assert record.outcome == "ok"


class TestRead:
    def test_the_order_asked_for_and_repeats_are_kept(self, classroom: Classroom) -> None:
        red, blue = (
            group.id
            for group in create(
                classroom, new(classroom.course, "Red"), new(classroom.course, "Blue")
            )
        )
        assert [group.id for group in read(classroom, blue, red, blue)] == [blue, red, blue]

    def test_texts_are_shown_formatted(self, classroom: Classroom) -> None:
        sent = new(classroom.course, "A & B < C", description="1 < 2", descriptionformat=2)
        (made,) = create(classroom, sent)
        (shown,) = read(classroom, made.id)
        assert shown.name == "A &amp; B &lt; C"
        assert (shown.description, shown.descriptionformat) == ("1 &lt; 2", 1)

    def test_raw_texts_are_shown_as_stored(self, classroom: Classroom) -> None:
        (made,) = create(
            classroom, new(classroom.course, "A & B", description="1 < 2", descriptionformat=2)
        )
        call = classroom.site.call(text=TextSettings(raw=True))
        (shown,) = bodies.get_groups(call, c.GroupIds(groupids=[made.id]))
        assert (shown.name, shown.description, shown.descriptionformat) == ("A & B", "1 < 2", 2)

    def test_embedded_files_get_an_address(self, classroom: Classroom) -> None:
        text = '<img src="@@PLUGINFILE@@/pic.png" alt="p" />'
        (made,) = create(classroom, new(classroom.course, "Red", description=text))
        (shown,) = read(classroom, made.id)
        assert f"/group/description/{made.id}/pic.png" in shown.description

    def test_an_unknown_id_is_a_missing_record(self, classroom: Classroom) -> None:
        with refused(MissingRecord):
            read(classroom, UNKNOWN)

    def test_each_id_is_judged_before_the_next(self, classroom: Classroom) -> None:
        (made,) = create(classroom, new(classroom.course, "Red"))
        with refused(NoPermission):
            read(classroom, made.id, UNKNOWN, user=classroom.ann)

    def test_a_group_is_judged_in_its_own_course(self, classroom: Classroom) -> None:
        """AUTHZ-3."""
        other = classroom.school.course("BIO")
        mine, foreign = (
            group.id for group in create(classroom, new(classroom.course, "Red"), new(other, "Red"))
        )
        assert read(classroom, mine, user=classroom.teacher)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            read(classroom, mine, foreign, user=classroom.teacher)

    def test_visibility_hides_nothing_from_who_manages_groups(self, classroom: Classroom) -> None:
        (made,) = create(classroom, new(classroom.course, "Red", visibility=3))
        manager = classroom.school.holder(
            "manager1", "moodle/course:view", "moodle/course:managegroups"
        )
        assert read(classroom, made.id, user=manager)[0].visibility == 3

    def test_a_text_of_a_format_that_is_none_fails(self, classroom: Classroom) -> None:
        (made,) = create(classroom, new(classroom.course, "Red"))
        update(classroom, c.GroupChange(id=made.id, name="Red", descriptionformat=9))
        assert read(classroom, made.id)[0].descriptionformat == 9
        update(classroom, c.GroupChange(id=made.id, name="Red", description="x"))
        update(classroom, c.GroupChange(id=made.id, name="Red", descriptionformat=9))
        with refused(CodingError):
            read(classroom, made.id)
        # The groups are shown one after the other: the first that is wrong decides.
        with refused(CodingError):
            read(classroom, made.id, UNKNOWN)
        with refused(MissingRecord):
            read(classroom, UNKNOWN, made.id)


class TestCourseList:
    def test_names_are_in_byte_order(self, classroom: Classroom) -> None:
        create(classroom, *(new(classroom.course, name) for name in ("abe", "Zed", "Äbe", "Abe")))
        assert [group.name for group in listed(classroom)] == ["Abe", "Zed", "abe", "Äbe"]

    def test_hidden_groups_are_shown_to_their_members_only(self, classroom: Classroom) -> None:
        viewer = classroom.school.holder(
            "viewer", "moodle/course:view", "moodle/course:managegroups"
        )
        classroom.school.enrol(viewer, classroom.course)
        for name, visibility in (("all", 0), ("members", 1), ("own", 2), ("none", 3)):
            classroom.school.group(classroom.course, name, visibility=visibility)
            classroom.school.group(classroom.course, f"my {name}", [viewer], visibility=visibility)
        shown = [group.name for group in listed(classroom, viewer)]
        assert shown == ["all", "my all", "my members", "my own"]
        assert len(listed(classroom, classroom.teacher)) == 8

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom) -> None:
        with refused(NoPermission):
            listed(classroom, classroom.ann)

    def test_an_unknown_course_cannot_be_entered(self, classroom: Classroom) -> None:
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            bodies.get_course_groups(classroom.call(), CourseId(courseid=UNKNOWN))
